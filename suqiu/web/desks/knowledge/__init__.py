"""The knowledge desk: found, read, written, kept in date 知识台."""
