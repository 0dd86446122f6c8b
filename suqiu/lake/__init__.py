"""The columnar store and its engine: tables by name, written whole or not at all."""

from suqiu.lake.store import Lake
from suqiu.lake.writing import TableWriter

__all__ = ["Lake", "TableWriter"]
