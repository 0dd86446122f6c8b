"""One order to claims: what it says, about what, where, for whom."""

from suqiu.reading.learning import learn
from suqiu.reading.pipeline import Reader, load_reader

__all__ = ["Reader", "learn", "load_reader"]
