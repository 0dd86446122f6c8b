"""A step as the flow's reasoning sees it: without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from suqiu.domain.order import StepKind


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to an order, in what decisions, clocks and derived columns look at 已发生环节.

    Attributes:
        kind, at, actor, department, until, data: as in `models.Step`.
        person: a person of the hotline or a unit did it, no machine and no citizen.
        parent: primary key of the order merged into; None for every other kind.
    """

    kind: StepKind
    at: datetime
    actor: str
    person: bool = True
    department: str = ""
    until: datetime | None = None
    parent: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
