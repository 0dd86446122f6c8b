"""One order to claims: what it says, about what, where, for whom."""
