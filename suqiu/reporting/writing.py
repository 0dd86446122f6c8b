"""The pen of the analysis report: it knows the evidence and the city."""

from __future__ import annotations

from suqiu.domain.city import City
from suqiu.domain.evidence import Fact
from suqiu.domain.text import Language
from suqiu.reporting import deriving
from suqiu.reporting.document import Column
from suqiu.reporting.evidence import Evidence
from suqiu.reporting.pen import Gap, Pen

__all__ = ["Gap", "Writer"]


class Writer(Pen):
    """Writes one section of the analysis report.

    Attributes:
        evidence: what may be said.
        city: the pack, for thresholds and names.
    """

    def __init__(self, evidence: Evidence, city: City, language: Language) -> None:
        super().__init__(language)
        self.evidence = evidence
        self.city = city

    @property
    def first_day(self) -> Fact:
        """The period's first day."""
        return deriving.period_day(self.evidence, "first")

    @property
    def last_day(self) -> Fact:
        """The period's last day."""
        return deriving.period_day(self.evidence, "last")

    def fact(self, measure: str, dimension: str = "all", key: str = "") -> Fact:
        """Return a fact of the evidence; an absent one says so and may be printed too."""
        return self.made_fact(self.evidence.find(measure, dimension, key))

    def made_fact(self, fact: Fact) -> Fact:
        """Take a fact made here into the document's index, unless the evidence holds it, and return it."""
        return fact if self.evidence.facts.get(fact.fact_id) == fact else super().made_fact(fact)

    def measure_column(self, fact: Fact, width: float = 1.0) -> Column:
        """Return a column of figures that a measure gives its name."""
        return Column((self.name(fact.name),), figures=True, width=width)
