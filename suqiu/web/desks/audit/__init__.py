"""The audit desk: who read, changed and exported what, and whether the record of it is whole 审计台."""
