"""The call-back desk: whom to call next, what they say, and what follows from it 回访."""
