"""Outside formats to orders: mapped, checked, redacted."""
