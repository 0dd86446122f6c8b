"""What an order names: places, times, amounts, parties, objects, demands and actions asked for."""

from suqiu.reading.extract.extractor import Extractor
from suqiu.reading.extract.kinds import Kind

__all__ = ["Extractor", "Kind"]
