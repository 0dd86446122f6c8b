"""What probes look at: the forms that a centre handed in, still in date, and its operational measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis

from suqiu.domain.evidence import Fact
from suqiu.domain.finding import Backing
from suqiu.standard.catalogue import Scenario


@dataclass(frozen=True)
class Evidence:
    """All evidence of one assessment, ready to be asked 证据集.

    Attributes:
        residents: permanent residents of the area served; None where not stated.
        first, last: the period, both inclusive.
        as_of: the day on which things are in date or not.
        tables: by form name, reduced to what may leave the centre; a form that is missing or expired is absent.
        backings: what each of these forms counts as.
        facts: operational measures for the whole period, by measure id.
        scenarios: the standard's scenarios.
        parameters: numbers of the profile.
    """

    residents: int | None
    first: date
    last: date
    as_of: date
    tables: Mapping[str, ibis.Table]
    backings: Mapping[str, Backing]
    facts: Mapping[str, Fact]
    scenarios: tuple[Scenario, ...]
    parameters: Mapping[str, float]
