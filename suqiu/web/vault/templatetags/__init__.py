"""Tags of the vault."""
