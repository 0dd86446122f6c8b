"""How good is a component: pure measurement of results against truth."""
