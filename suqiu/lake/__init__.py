"""The columnar store and its engine: tables by name, written whole or not at all."""

from suqiu.lake.stage_book import StageBook
from suqiu.lake.store import Lake
from suqiu.lake.writing import TableWriter, fingerprint, replacing

__all__ = ["Lake", "StageBook", "TableWriter", "fingerprint", "replacing"]
