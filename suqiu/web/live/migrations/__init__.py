"""Changes of this capability's tables."""
