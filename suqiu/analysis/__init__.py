"""Orders to facts: clocks, measures, trends."""

from suqiu.analysis.cases import cases
from suqiu.analysis.catalogue import Entry, catalogue, describe
from suqiu.analysis.changes import trend_facts
from suqiu.analysis.evaluate import evaluate
from suqiu.analysis.measures import ALL as MEASURES
from suqiu.analysis.measures.measure import Mean
from suqiu.analysis.spread import spread
from suqiu.analysis.timelines import timelines
from suqiu.analysis.trends import daily

__all__ = [
    "MEASURES",
    "Entry",
    "Mean",
    "cases",
    "catalogue",
    "daily",
    "describe",
    "evaluate",
    "spread",
    "timelines",
    "trend_facts",
]
