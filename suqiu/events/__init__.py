"""Many orders to events: repeats and bursts."""

from suqiu.events.discovery import discover
from suqiu.events.duplicates import find_repeats

__all__ = ["discover", "find_repeats"]
