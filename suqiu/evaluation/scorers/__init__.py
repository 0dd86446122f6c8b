"""Each measure of a component's results, once, over plain arrays."""
