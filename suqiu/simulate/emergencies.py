"""Simulated emergencies: invented sayings of callers in trouble, plain, misheard, and buried in long texts.

They tell how many emergencies the cues of `suqiu.reading.urgency` hear. The sayings come in two lots: one
that guided the writing of the cues, and one that was written apart from them and must not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from suqiu.domain.order import Urgency
from suqiu.simulate.chance import Chance
from suqiu.simulate.phrases import Strict
from suqiu.simulate.words import Words


class Lot(StrEnum):
    """What a saying may be used for 用途."""

    GUIDING = "guiding"
    HELD = "held"


class Manner(StrEnum):
    """How a saying reaches the hotline 表达方式."""

    PLAIN = "plain"  # as it was said
    MISHEARD = "misheard"  # one character has become another that sounds alike
    SLURRED = "slurred"  # one character has become another that sounds nearly alike
    HALTING = "halting"  # with fillers, as people speak who are upset
    BURIED = "buried"  # deep in a long text about other things


@dataclass(frozen=True, slots=True)
class Saying:
    """One simulated call, and what it should be taken for 模拟说法.

    Attributes:
        kind: the kind of emergency; for a calm saying, the kind that it only sounds like.
        urgency: how urgent it truly is.
        lot: whether it guided the cues or is held out.
        manner: how it was put.
        text: what the order says.
    """

    kind: str
    urgency: Urgency
    lot: Lot
    manner: Manner
    text: str


class _Kind(Strict):
    name: str
    urgency: Urgency
    guiding: tuple[str, ...]
    calm_guiding: tuple[str, ...]


#: The kind of calm sayings that sound like no emergency in particular.
CALM = "calm"


def sayings(words: Words, manner: Manner = Manner.PLAIN, seed: int = 0) -> tuple[Saying, ...]:
    """Return every shipped saying once, put in one manner; the same for the same seed.

    Args:
        words: the simulator's words: homophones, fillers, and what else callers tell.
        manner: how to put them.
        seed: chooses characters, fillers and surroundings.
    """
    source = _read("emergencies.yaml")
    sounds = source.pop("near") if manner is Manner.SLURRED else words.homophones
    source.pop("near", None)
    told = [(CALM, Urgency.NORMAL, Lot.GUIDING, line) for line in source.pop(CALM)]
    kinds = {id_: _Kind.model_validate(entry) for id_, entry in source.items()}
    for id_, kind in kinds.items():
        told += [(id_, kind.urgency, Lot.GUIDING, line) for line in kind.guiding]
        told += [(id_, Urgency.NORMAL, Lot.GUIDING, line) for line in kind.calm_guiding]
    for id_, lines in _read("emergencies_fresh.yaml").items():
        usual = kinds[id_].urgency if id_ in kinds else Urgency.EMERGENCY
        told += [(id_, Urgency.NORMAL if id_ == CALM else usual, Lot.HELD, line) for line in lines]
    chance = Chance()
    chance.restart(np.random.default_rng(seed))
    return tuple(
        Saying(id_, urgency, lot, manner, _put(line, manner, sounds, chance)) for id_, urgency, lot, line in told
    )


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(files("suqiu.simulate").joinpath(name).read_text(encoding="utf-8"))
    return content


def _put(line: str, manner: Manner, sounds: Mapping[str, str], chance: Chance) -> str:
    if manner in (Manner.MISHEARD, Manner.SLURRED):
        places = [at for at, character in enumerate(line) if character in sounds]
        if not places:
            return line
        at = chance.pick(places)
        return line[:at] + sounds[line[at]] + line[at + 1 :]
    if manner is Manner.HALTING:
        at = chance.whole(0, len(line) // 2)
        return f"喂，{line[:at]}，呃，{line[at:]}"
    if manner is Manner.BURIED:
        before = "".join(chance.pick(_SURROUNDINGS) for _ in range(4))
        after = "".join(chance.pick(_SURROUNDINGS) for _ in range(2))
        return f"{before}{line}。{after}"
    return line


#: What callers tell besides, none of it urgent.
_SURROUNDINGS = (
    "我在这个小区住了十几年，一直按时交物业费。",
    "之前也打过热线，登记的人让我等回复。",
    "门口的路灯有两盏不太亮，楼道里的声控灯也旧了。",
    "社区的工作人员来过一趟，记了电话就走了。",
    "我说话有点乱，麻烦你们记一下。",
    "具体是哪个部门负责，我也说不清楚。",
    "绿化带的树叶该修剪了，快递柜也放得不合适。",
    "公交车的班次比以前少了，上班要等很长时间。",
)
