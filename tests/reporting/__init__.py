"""Reports: no number without a fact."""
