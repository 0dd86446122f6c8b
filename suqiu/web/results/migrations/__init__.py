"""The history of this capability's tables."""
