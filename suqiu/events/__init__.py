"""Many orders to events: repeats, bursts, and the life of each."""

from suqiu.events.discovery import discover
from suqiu.events.duplicates import find_repeats
from suqiu.events.ledger import Life, carry_over, lives

__all__ = ["Life", "carry_over", "discover", "find_repeats", "lives"]
