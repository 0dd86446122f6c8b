"""What one order is about, apart from the words it is put in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from suqiu.domain.order import OrderType, Urgency
from suqiu.simulate.chance import Chance
from suqiu.simulate.phrases import PlaceKind
from suqiu.simulate.places import PlaceBook, Site

_HOURS = ("八点", "九点半", "十点", "十一点", "十二点", "七点多", "六点半")
_LONG = ("半个月", "一个多月", "一周", "两个星期", "三天", "二十多天")
_PLACES = {kind.value: kind for kind in PlaceKind}


class Register(StrEnum):
    """Who wrote the text down, which sets its tone 文体."""

    AGENT = "agent"
    FIRST = "first"
    LETTER = "letter"
    PASSED = "passed"


class Gaps(dict[str, str]):
    """Values for a phrase's gaps, made when first asked for and then kept: demand and reply agree."""

    __slots__ = ("_book", "_chance", "_home")

    def __init__(self, chance: Chance, book: PlaceBook, home: int) -> None:
        super().__init__()
        self._chance = chance
        self._book = book
        self._home = home

    def __missing__(self, gap: str) -> str:
        chance = self._chance
        if gap == "n":
            value = str(chance.whole(2, 30))
        elif gap == "days":
            value = f"{chance.whole(3, 45)}天" if chance.roll() < 0.7 else chance.pick(_LONG)
        elif gap == "money":
            value = money(chance)
        elif gap == "hour":
            value = chance.pick(_HOURS)
        else:
            value = chance.pick(self._book.sites(_PLACES[gap], self._home)).name
        self[gap] = value
        return value


@dataclass(slots=True)
class Matter:
    """What one order is about 诉求事项.

    Attributes:
        leaf: position of its category among the leaves.
        type: kind of demand.
        home: position of the community.
        site: the named place, None where the matter has no place.
        caller: number in the population.
        event: position of the planted event, -1 for none.
        urgency: what it truly is.
        gaps: the values that fill its phrases.
        second: position of the second demand's leaf, -1 for none.
        cue: name of the danger it speaks of, None for none.
        core: its sentences, once written.
        gist: the clause that says what is wrong, for the title.
    """

    leaf: int
    type: OrderType
    home: int
    site: Site | None
    caller: int
    event: int
    urgency: Urgency
    gaps: Gaps
    second: int = -1
    cue: str | None = None
    core: list[str] = field(default_factory=list)
    gist: str = ""


def money(chance: Chance) -> str:
    """Return an amount as people say it, with its unit."""
    roll = chance.roll()
    if roll < 0.4:
        return f"{chance.whole(2, 99) * 100}元"
    if roll < 0.6:
        return f"{chance.whole(50, 9800)}元"
    if roll < 0.8:
        return f"{chance.whole(1, 30)}万元"
    return f"{chance.pick('三四五六七八九')}{chance.pick('百千万')}多块"
