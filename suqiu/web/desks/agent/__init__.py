"""The agent desk: a call is taken down, understood, answered or sent on, by keyboard alone."""
