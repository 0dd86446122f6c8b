"""A believable city's orders, with planted truth in a separate place."""
