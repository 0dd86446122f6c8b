"""Who read, changed and exported what, in a chain that shows every tampering 审计。."""
