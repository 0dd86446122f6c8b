"""Many orders to events: repeats, bursts, and the life of each."""
