"""The cues by which replies are judged, read from `reply_cues.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from importlib.resources import files
from typing import Any

import yaml

from suqiu.reading.characters import MAX_CHARACTERS


class ClauseKind(StrEnum):
    """What a clause of a reply does 分句类别."""

    BODY = "body"  # says something
    HOLLOW = "hollow"  # greets, thanks, signs
    ECHO = "echo"  # repeats the demand
    TRANSFER = "transfer"  # tells to whom it was passed on
    VAGUE = "vague"  # intends something some day, or says "done" and no more
    DENY = "deny"  # not ours
    HANDOFF = "handoff"  # ask somebody else
    STALL = "stall"  # wait, without a day


@dataclass(frozen=True, slots=True)
class ClauseCue:
    """Ways of saying nothing 空话线索.

    Attributes:
        id: stable code.
        kind: what a clause that says so does.
        says: regular expressions (RE2), any of which is enough.
        exceptions: regular expressions, any of which forbids it.
        longest: characters of the longest clause that it fits.
        note: why it is so.
    """

    id: str
    kind: ClauseKind
    says: tuple[str, ...]
    exceptions: tuple[str, ...]
    longest: int
    note: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign that a reply can be checked 实招线索.

    Attributes:
        id: stable code.
        name: what officials call it.
        says: regular expression (RE2) searched in each clause that is not hollow.
        weight: share of the score; those of one score sum to 1.
        full: clauses with the sign that earn the whole weight.
    """

    id: str
    name: str
    says: str
    weight: float
    full: int


@dataclass(frozen=True, slots=True)
class ReplyCues:
    """Everything that judging replies depends on 答复线索.

    Attributes:
        clauses: tried in this order, the first that fits decides.
        generic: words that fit any matter.
        generic_least, generic_share: a clause with fewer characters, or a smaller share, left is hollow.
        evidence, concreteness: the signs of each score.
        stances: what a clause that withholds an answer does, in words of any kind, by name; regular expressions.
        withholds: the stances that say no, later, or somebody else.
        phrases: regular expressions (RE2) by name: `whole`, `item`, `unit`, `no_unit`, `telephone`.
        promise: regular expression of a clause that says what will be done.
        not_promise: regular expression of clauses that only look so.
        limits: thresholds by name.
        version: changes with any of them.
    """

    clauses: tuple[ClauseCue, ...]
    generic: tuple[str, ...]
    generic_least: int
    generic_share: float
    evidence: tuple[Mark, ...]
    concreteness: tuple[Mark, ...]
    stances: Mapping[str, str]
    withholds: tuple[str, ...]
    phrases: Mapping[str, str]
    promise: str
    not_promise: str
    limits: Mapping[str, float]
    version: str


def shipped_reply_cues() -> ReplyCues:
    """Read the cues that come with the package."""
    return reply_cues(files("suqiu.reading").joinpath("reply_cues.yaml").read_text(encoding="utf-8"))


def reply_cues(source: str) -> ReplyCues:
    """Read cues from YAML.

    Raises:
        KeyError: a part is missing.
    """
    tree = yaml.safe_load(source)
    return ReplyCues(
        clauses=tuple(_clause(entry) for entry in tree["kinds"]),
        generic=tuple(
            sorted({w for line in tree["generic"]["words"] for w in line.split()}, key=lambda w: (-len(w), w))
        ),
        generic_least=int(tree["generic"]["least"]),
        generic_share=float(tree["generic"]["share"]),
        evidence=_marks(tree["marks"]["evidence"]),
        concreteness=_marks(tree["marks"]["concreteness"]),
        stances={entry["id"]: entry["says"] for entry in tree["stances"]},
        withholds=tuple(entry["id"] for entry in tree["stances"] if entry["withholds"]),
        phrases={name: entry["says"] for name, entry in tree["phrases"].items()},
        promise=tree["promise"]["says"],
        not_promise=tree["promise"]["except"],
        limits={name: float(entry["value"]) for name, entry in tree["limits"].items()},
        version=f"reply/{sha256(repr(tree).encode()).hexdigest()[:12]}",
    )


def _clause(entry: Mapping[str, Any]) -> ClauseCue:
    return ClauseCue(
        id=entry["id"],
        kind=ClauseKind(entry["kind"]),
        says=tuple(entry["says"]),
        exceptions=tuple(entry["except"]),
        longest=int(entry.get("longest", MAX_CHARACTERS)),
        note=entry["note"],
    )


def _marks(entries: list[Mapping[str, Any]]) -> tuple[Mark, ...]:
    return tuple(
        Mark(entry["id"], entry["name"], entry["says"], float(entry["weight"]), int(entry["full"])) for entry in entries
    )
