"""The probes, one question a file; to add one, add a file here: docs/how-to/add-an-indicator.md."""
