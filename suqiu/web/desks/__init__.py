"""The pages of those who work here, one folder a desk 工作台。."""
