"""The first page: the way to one's desk, and in a demo the way through the house 首页."""
