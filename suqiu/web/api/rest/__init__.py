"""The REST interface, version 1 接口."""
