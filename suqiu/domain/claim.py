"""What a model, a rule or a person asserts about an order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Aspect(StrEnum):
    """What about an order is asserted 断言方面."""

    TYPE = "type"
    CATEGORY = "category"
    DEPARTMENT = "department"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    URGENCY = "urgency"
    ROUTE = "route"
    FEELING = "feeling"


class Basis(StrEnum):
    """What an assertion rests on 断言依据."""

    RECORDED = "recorded"
    MODEL = "model"
    CATALOGUE = "catalogue"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Claim:
    """One assertion about one order, never a decision 断言.

    Attributes:
        order_id: the order.
        aspect: what is asserted.
        value: the asserted code or id.
        confidence: calibrated share of such claims that are right, 0 to 1; None where nobody has measured.
        rank: 1 for the best claim of its aspect, 2 and 3 for the runners-up.
        basis: record, model, duty catalogue or rule.
        author: the model's or rule's name and version.
        reason: what speaks for it, in a short redacted phrase; None where nothing can be said.
    """

    order_id: str
    aspect: Aspect
    value: str
    confidence: float | None
    rank: int
    basis: Basis
    author: str
    reason: str | None = None
