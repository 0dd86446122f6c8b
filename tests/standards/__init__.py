"""The standards that ship."""
