"""What must still be asked while the caller is on the line: rules as data, each with its reason 追问要点."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from suqiu.domain.text import Text

#: Stands for a type that nobody has said.
UNKNOWN = "unknown"
#: More than so many questions at once nobody asks.
_MOST = 3


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the order lacks 追问.

    Attributes:
        id: of the rule.
        ask: what to ask.
        reason: why.
    """

    id: str
    ask: Text
    reason: Text


@dataclass(frozen=True, slots=True)
class _Rule:
    question: Question
    lacks: frozenset[str]
    types: frozenset[str]
    says: re.Pattern[str] | None
    when: str


def missing(text: str, kinds: Collection[str], type_: str | None, *, emergency: bool) -> tuple[Question, ...]:
    """Return what to ask next, the most telling first.

    Args:
        text: what was said so far.
        kinds: of everything that was named; `street` where the street is known.
        type_: of the demand, None where nobody has said.
        emergency: somebody may be in danger: then other things are asked first.
    """
    now = "emergency" if emergency else "calm"
    found = [
        rule.question
        for rule in _rules()
        if rule.when in ("", now)
        and rule.lacks.isdisjoint(kinds)
        and (not rule.types or (type_ or UNKNOWN) in rule.types)
        and (rule.says is None or rule.says.search(text))
    ]
    return tuple(found[:_MOST])


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    source = yaml.safe_load(files("suqiu.web.live").joinpath("questions.yaml").read_text(encoding="utf-8"))
    return tuple(
        _Rule(
            Question(one["id"], Text(**one["ask"]), Text(**one["reason"])),
            frozenset(one["lacks"]),
            frozenset(one.get("types", ())),
            re.compile(one["says"]) if "says" in one else None,
            one.get("when", ""),
        )
        for one in source
    )
