"""How citizens put their matters: the city's phrases, and the gaps they may have."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from suqiu.domain.order import OrderType


class PlaceKind(StrEnum):
    """What kind of place a matter sits at 事发地类别."""

    ESTATE = "estate"
    ROAD = "road"
    SCHOOL = "school"
    COMPANY = "company"
    SHOP = "shop"
    HOSPITAL = "hospital"
    MARKET = "market"
    VILLAGE = "village"
    BUS = "bus"
    NONE = "none"


#: Every gap that a phrase may have.
SLOTS = frozenset(kind.value for kind in PlaceKind if kind is not PlaceKind.NONE) | {"n", "money", "days", "hour"}

#: Phrases give some gaps with their unit and some without: the filler brings the unit, so that both read well.
_UNITS = (
    (re.compile(r"\{days\}(个工作日|天|日)"), "{days}"),
    (re.compile(r"\{days\}个"), "{n}个"),
    (re.compile(r"\{money\}(多?(?:万元|元|块钱|块|万))"), "{money}"),
    (re.compile(r"\{hour\}(点钟|点多|点|时)"), "{hour}"),
    (re.compile(r"\{bus\}路(公交车?)?"), "{bus}"),
)
_GAP = re.compile(r"\{([^{}]*)\}")


def phrase(line: str) -> str:
    """Check a phrase's gaps and bring it into the filler's form.

    Raises:
        ValueError: a gap is not one of `SLOTS`.
    """
    for pattern, replacement in _UNITS:
        line = pattern.sub(replacement, line)
    unknown = set(_GAP.findall(line)) - SLOTS
    if unknown or line.count("{") != line.count("}"):
        raise ValueError(f"unknown gap {sorted(unknown)} in {line!r}")
    return line


Line = Annotated[str, Field(min_length=1)]
"""A text that is not empty."""


class Strict(BaseModel):
    """A record that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Phrases(Strict):
    """How citizens put the matters of one leaf of the taxonomy, and how departments answer 模拟用语.

    Attributes:
        weight: volume relative to other leaves.
        types: kinds of demand with their relative frequency.
        place: what kind of place such a matter sits at.
        say: the demand in different words.
        ask: what is wished.
        reply: an honest answer.
    """

    weight: Annotated[float, Field(gt=0)]
    types: dict[OrderType, float]
    place: PlaceKind
    say: tuple[Line, ...]
    ask: tuple[Line, ...] = ()
    reply: tuple[Line, ...]

    @field_validator("say", "ask", "reply")
    @classmethod
    def _gaps(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(phrase(line) for line in lines)

    @field_validator("types")
    @classmethod
    def _some(cls, types: dict[OrderType, float]) -> dict[OrderType, float]:
        if not types or min(types.values()) < 0 or sum(types.values()) <= 0:
            raise ValueError("at least one type needs a weight above 0")
        return types

    @field_validator("say", "reply")
    @classmethod
    def _lines(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        if not lines:
            raise ValueError("at least one line is needed")
        return lines
