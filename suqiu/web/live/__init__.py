"""What a call says while it goes on: category, place, urgency, whom it concerns, who told it before 实时研判."""
