"""Replies whose quality is known: good ones, and planted empty, evasive and copied ones.

The simulator's own replies are what a whole city's export needs; these are what a judge of replies is
taught and tested by: each kind in many wordings, between the usual greetings, echoes and thanks, short and long.
The wordings stand in lots that share none; a test leaves out whole wordings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import TypeVar

import numpy as np
import pyarrow as pa
import yaml

from suqiu.simulate.phrases import Line, Strict

T = TypeVar("T")

#: How often a planted reply is stretched with fine words, or answers another citizen's demand.
_LONG_SHARE, _ASTRAY_SHARE = 0.3, 0.2
#: A copied reply is one only when many others have it.
_COPIES = 12


class Quality(StrEnum):
    """What was planted 植入的答复质量."""

    GOOD = "good"
    EMPTY = "empty"
    EVASIVE = "evasive"
    TEMPLATE = "template"


class Matter(Strict):
    """A demand with replies that answer it.

    Attributes:
        gist: what it is about, as an echo names it.
        demand: what the citizen said.
        good: replies that answer it.
    """

    gist: Line
    demand: Line
    good: tuple[Line, ...]


class Lot(Strict):
    """Wordings that share nothing with those of another lot; the file says what each is for."""

    openings: tuple[str, ...]
    closings: tuple[str, ...]
    padding: tuple[Line, ...]
    empty: tuple[Line, ...]
    evasive: tuple[Line, ...]
    template: tuple[Line, ...]
    matters: tuple[Matter, ...]


class _Wordings(Strict):
    units: tuple[Line, ...]
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class PlantedReplies:
    """Demands with replies of known quality.

    Attributes:
        demands, replies: string arrays.
        qualities: `Quality` of each.
        wordings: which wording each was made from, for counting wordings rather than rows.
    """

    demands: pa.Array
    replies: pa.Array
    qualities: tuple[Quality, ...]
    wordings: tuple[str, ...]


def lots() -> tuple[Lot, ...]:
    """Read the wordings that ship with the package."""
    return _wordings().lots


def planted_replies(lot: int, *, rounds: int, seed: int) -> PlantedReplies:
    """Plant replies: every wording of a lot once a round, each time on another demand and in other clothes.

    Args:
        lot: position in `lots()`.
        rounds: how many times each wording is used; copied replies come twelve times as often.
        seed: of all draws; the same seed gives the same replies.
    """
    words, draw = _wordings(), np.random.default_rng([seed, lot])
    chosen = words.lots[lot]
    rows: list[tuple[str, str, Quality, str]] = []
    for _ in range(rounds):
        for matter in chosen.matters:
            for number, good in enumerate(matter.good):
                rows.append(_row(chosen, words.units, matter, good, Quality.GOOD, f"{matter.gist}-{number}", draw))
        for quality, lines, times in (
            (Quality.EMPTY, chosen.empty, 1), (Quality.EVASIVE, chosen.evasive, 1),
            (Quality.TEMPLATE, chosen.template, _COPIES),
        ):  # fmt: skip
            for line in lines * times:
                matter = _pick(chosen.matters, draw)
                rows.append(_row(chosen, words.units, matter, line, quality, line, draw))
        astray = max(1, round(len(chosen.evasive) * _ASTRAY_SHARE))
        rows += [_astray(chosen, words.units, number, draw) for number in range(astray)]
    demands, replies, qualities, wordings = zip(*rows, strict=True)
    return PlantedReplies(pa.array(demands), pa.array(replies), qualities, wordings)


def _row(
    lot: Lot, units: tuple[str, ...], matter: Matter, line: str, quality: Quality, wording: str,
    draw: np.random.Generator,
) -> tuple[str, str, Quality, str]:  # fmt: skip
    """Dress one wording: opening, fine words in some of those that say little, closing."""
    padded = quality in {Quality.EMPTY, Quality.EVASIVE} and draw.random() < _LONG_SHARE
    body = (_pick(lot.padding, draw) if padded else "") + line
    text = _pick(lot.openings, draw) + body + _pick(lot.closings, draw)
    return matter.demand, _filled(text, matter.gist, units, draw), quality, wording


def _astray(lot: Lot, units: tuple[str, ...], number: int, draw: np.random.Generator) -> tuple[str, str, Quality, str]:
    """Answer another demand than the one that was made, without naming either."""
    first, second = draw.choice(len(lot.matters), size=2, replace=False)
    other = lot.matters[int(second)]
    openings = tuple(opening for opening in lot.openings if "{gist}" not in opening)
    longest = max(other.good, key=len)
    text = _pick(openings, draw) + longest + _pick(lot.closings, draw)
    return lot.matters[int(first)].demand, _filled(text, other.gist, units, draw), Quality.EVASIVE, f"astray-{number}"


def _filled(text: str, gist: str, units: tuple[str, ...], draw: np.random.Generator) -> str:
    date = f"{draw.integers(1, 13)}月{draw.integers(1, 29)}日"
    return text.format(gist=gist, date=date, n=draw.integers(2, 30), unit=_pick(units, draw))


def _pick(things: tuple[T, ...], draw: np.random.Generator) -> T:
    return things[int(draw.integers(len(things)))]


def _wordings() -> _Wordings:
    text = files("suqiu.simulate").joinpath("replies.yaml").read_text("utf-8")
    return _Wordings.model_validate(yaml.safe_load(text))
