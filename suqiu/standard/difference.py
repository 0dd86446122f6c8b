"""What changed: between two versions of a standard, and between two results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any, Literal

from suqiu.domain.finding import Finding
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Catalogue
from suqiu.standard.result import Result, Score

#: Where a thing stands in its file is no part of what it says.
_PASSED_OVER = frozenset({"place"})
#: A text is two fields that belong together.
_WHOLE = (Text, Enum)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was 变更.

    Attributes:
        part: `indicator`, `gate`, `level`, … or `result`.
        subject: its id; empty for the whole.
        kind: added, removed or changed.
        field: what of it, such as `target.value`; empty where all of it was added or removed.
        before, after: as text; empty where there is none.
    """

    part: str
    subject: str
    kind: Literal["added", "removed", "changed"]
    field: str
    before: str
    after: str


def difference(old: Catalogue, new: Catalogue) -> tuple[Change, ...]:
    """Return what changed from one version to another, part by part, in order of the old one, then what is new."""
    head = _compared("standard", "", _head(old), _head(new))
    return (
        *head,
        *_listed("level", _by(old.levels, "number"), _by(new.levels, "number")),
        *_listed("rating", _by(old.ratings, "code"), _by(new.ratings, "code")),
        *_listed("domain", _by(old.domains), _by(new.domains)),
        *_listed("indicator", _by(old.indicators), _by(new.indicators)),
        *_listed("gate", _by(old.gates), _by(new.gates)),
        *_listed("profile", _by(old.profiles), _by(new.profiles)),
        *_listed("scenario", _by(old.scenarios), _by(new.scenarios)),
        *_listed("source", _by(old.sources), _by(new.sources)),
    )


def difference_of_results(old: Result, new: Result) -> tuple[Change, ...]:
    """Return what changed from one result of a centre to another: level, scores, gates, findings."""
    was, now = old.scoring, new.scoring
    changes = _compared(
        "result",
        "",
        {"level": was.level, "uncapped": was.uncapped, **_numbers(was.overall)},
        {"level": now.level, "uncapped": now.uncapped, **_numbers(now.overall)},
    )
    domains = [
        {part.id: {"level": part.level, **_numbers(part.score)} for part in scoring.domains} for scoring in (was, now)
    ]
    gates = [{id_: {"state": state.value} for id_, state in scoring.gates} for scoring in (was, now)]
    findings = [{one.subject: _essence(one) for one in result.findings} for result in (old, new)]
    return (
        *changes,
        *_listed("domain", *domains),
        *_listed("gate", *gates),
        *_listed("finding", *findings),
    )


def _numbers(score: Score) -> dict[str, float | None]:
    return {"coverage": score.coverage, "score": score.score, "lower": score.lower, "upper": score.upper}


def _essence(finding: Finding) -> dict[str, Any]:
    value = None if finding.answer is None else finding.answer.value
    return {"verdict": finding.verdict.value, "credit": finding.credit, "value": value}


def _head(catalogue: Catalogue) -> dict[str, Any]:
    return {name: getattr(catalogue, name) for name in ("id", "version", "title", "label", "schema", "issued")}


def _by(things: Iterable[Any], key: str = "id") -> dict[str, Any]:
    return {str(getattr(thing, key)): thing for thing in things}


def _listed(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    changes = []
    for id_, before in old.items():
        if id_ not in new:
            changes.append(Change(part, id_, "removed", "", _name(before), ""))
        else:
            changes += _compared(part, id_, before, new[id_])
    added = [id_ for id_ in new if id_ not in old]
    return [*changes, *(Change(part, id_, "added", "", "", _name(new[id_])) for id_ in added)]


def _compared(part: str, subject: str, old: Any, new: Any) -> list[Change]:
    before, after = dict(_fields("", old)), dict(_fields("", new))
    return [
        Change(part, subject, "changed", path, before.get(path, ""), after.get(path, ""))
        for path in dict.fromkeys([*before, *after])
        if before.get(path, "") != after.get(path, "")
    ]


def _fields(path: str, thing: Any) -> Iterable[tuple[str, str]]:
    """Walk the fields of a thing, those of its parts under a path; what is absent is not walked."""
    if thing is None:
        return
    if is_dataclass(thing) and not isinstance(thing, _WHOLE):
        inner: Iterable[tuple[str, Any]] = (
            (one.name, getattr(thing, one.name)) for one in fields(thing) if one.name not in _PASSED_OVER
        )
    elif isinstance(thing, Mapping):
        inner = ((str(key), value) for key, value in thing.items())
    elif isinstance(thing, tuple) and any(is_dataclass(one) for one in thing):
        inner = ((str(getattr(one, "id", place)), one) for place, one in enumerate(thing, start=1))
    else:
        yield path, _shown(thing)
        return
    for key, value in inner:
        yield from _fields(f"{path}.{key}".lstrip("."), value)


def _shown(thing: Any) -> str:
    if isinstance(thing, Text):
        return f"{thing.zh} / {thing.en}"
    if isinstance(thing, Enum):
        return str(thing.value)
    if isinstance(thing, tuple | list):
        return ", ".join(_shown(one) for one in thing)
    return f"{thing:.12g}" if isinstance(thing, float) else str(thing)


def _name(thing: Any) -> str:
    return _shown(getattr(thing, "name", getattr(thing, "title", "")))
