"""The parts that files of a standard share: texts in both languages, bounds, probes, questions and worked cases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from suqiu.datafiles.file_fault import nearest
from suqiu.datafiles.located_yaml import Entry
from suqiu.domain.finding import Backing, Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Bound, Grade, Origin, ProbeUse, Remedy, WorkedCase

_UNWRITTEN = re.compile(r"\bTODO\b")
#: Stands where a text is wrong, so that what is beside it can still be checked; the fault is noted.
_UNSAID = Text("", "")
#: Wide enough for any unit; a slip of the keyboard is still caught.
FARTHEST = 1e9
#: Where a bound states a number that a text stands behind.
SOURCED = frozenset({Origin.PUBLISHED, Origin.OBSERVED, Origin.DUTY, Origin.OWN})
#: Where a bound states no number of its own.
OPEN = frozenset({Origin.STEP, Origin.USER})


def keys_of(entry: Entry | None) -> tuple[str, ...]:
    """Return the keys as written; none of what is not there."""
    return () if entry is None else tuple(entry.keys())


def has(entry: Entry, key: str) -> bool:
    """Say whether a key is written, whatever its value."""
    return key in keys_of(entry)


def is_well(entry: Entry, before: int) -> bool:
    """Say whether nothing was noted since there were `before` faults."""
    return len(entry.faults.found) == before


def part_of(entry: Entry, key: str) -> Entry | None:
    """Take a mapping that must be there."""
    before = len(entry.faults.found)
    part = entry.entry(key)
    if part is None and is_well(entry, before):
        missing(entry, key)
    return part


def missing(entry: Entry, key: str) -> None:
    """Note that a key that must be there is not."""
    entry.error(
        key,
        Text("缺少“{key}”", "“{key}” is missing").fill(key=key),
        Text("请补填“{key}”", "fill in “{key}”").fill(key=key),
    )


def forbidden(entry: Entry, key: str, why: Text) -> None:
    """Note a key that must not be there."""
    if has(entry, key):
        entry.plain(key)
        entry.error(
            key,
            Text("此处不得有“{key}”：{why}", "“{key}” must not be here: {why}").fill(key=key, why=why),
            Text("请删去“{key}”", "delete “{key}”").fill(key=key),
        )


def pair(entry: Entry, key: str) -> Text | None:
    """Take a text in both languages; one that is still to be written is a fault."""
    part = part_of(entry, key)
    if part is None:
        return None
    zh, en = part.text("zh"), part.text("en")
    part.finish()
    for code, words in (("zh", zh), ("en", en)):
        if words is not None and _UNWRITTEN.search(words):
            part.error(
                code,
                Text("“{key}”的文字尚未撰写", "the text of “{key}” is not written yet").fill(key=key),
                Text("请写出中文和英文", "write it in Chinese and in English"),
            )
    return None if zh is None or en is None else Text(zh, en)


def number(entry: Entry, key: str, low: float = -FARTHEST, high: float = FARTHEST) -> float | None:
    """Take a number where one is written; None where it is absent, null or wrong."""
    if not has(entry, key) or entry.plain(key) is None:
        return None
    return entry.number(key, low, high)


def bound(entry: Entry, key: str) -> Bound | None:
    """Take a floor or target, with the source that its nature asks for."""
    part = part_of(entry, key)
    if part is None:
        return None
    origin, value, source, grade = part.choice("origin", Origin), None, None, None
    if origin in OPEN:
        forbidden(part, "value", Text("这一性质不带数值", "this origin has no value"))
    elif origin is not None:
        value = part.number("value", -FARTHEST, FARTHEST)
    if origin in SOURCED:
        source, grade = part.text("source"), part.choice("grade", Grade)
    elif origin is not None:
        for name in ("source", "grade"):
            forbidden(part, name, Text("这一性质没有来源", "this origin has no source"))
    note = pair(part, "note")
    if origin is not None:
        part.finish()
    if origin is None or (value is None) != (origin in OPEN):
        return None
    return Bound(origin, value, source, grade, note or _UNSAID)


def probe(entry: Entry) -> ProbeUse | None:
    """Take the probe that computes a value."""
    part = part_of(entry, "probe")
    if part is None:
        return None
    name, given = part.text("name"), part.entry("with")
    arguments: dict[str, Any] = {} if given is None else {key: given.plain(key) for key in keys_of(given)}
    part.finish()
    return None if name is None else ProbeUse(name, arguments)


def asked(entry: Entry) -> tuple[ProbeUse | None, Text | None]:
    """Take the probe or the question: exactly one of them."""
    if has(entry, "probe") == has(entry, "question"):
        for key in ("probe", "question"):
            entry.plain(key)
        entry.error(
            "question",
            Text("“probe”和“question”应有且仅有一项", "one of “probe” and “question” is wanted, and only one"),
            Text(
                "由数据计算的填probe，由评估员评判的填question",
                "give the probe where data tell, the question where an assessor does",
            ),
        )
        return None, None
    entry.plain("question" if has(entry, "probe") else "probe")
    return (probe(entry), None) if has(entry, "probe") else (None, pair(entry, "question"))


def accepted(entry: Entry) -> tuple[Backing, ...]:
    """Take the backings that count: one or more."""
    if not has(entry, "accepts"):
        entry.texts("accepts")
        missing(entry, "accepts")
        return ()
    known = [backing.value for backing in Backing]
    words = entry.texts("accepts")
    for word in words:
        if word not in known:
            entry.error(
                "accepts",
                Text("accepts没有“{word}”这一取值", "accepts knows no “{word}”").fill(word=word),
                nearest(word, known),
            )
    if not words:
        entry.error("accepts", Text("accepts为空", "accepts is empty"), nearest("", known))
    return tuple(Backing(word) for word in words if word in known)


def remedy(entry: Entry) -> Remedy | None:
    """Take what closes the gap."""
    part = part_of(entry, "remedy")
    if part is None:
        return None
    days, owner, text = part.whole("effort_days", 1, 5000), pair(part, "owner"), pair(part, "text")
    part.finish()
    return None if days is None or owner is None or text is None else Remedy(text, days, owner)


def cases(entry: Entry, forms: Mapping[str, frozenset[str]] | None) -> tuple[WorkedCase, ...]:
    """Take the worked cases: two or more."""
    before = len(entry.faults.found)
    entries = entry.entries("cases")
    taken = [_case(part, forms) for part in entries]
    if len(entries) < 2 and is_well(entry, before):
        entry.error(
            "cases",
            Text("算例不足两个", "there are fewer than two worked cases"),
            Text("请至少写一个达到、一个未达到的算例", "write at least one that is met and one that is not"),
        )
    return tuple(case for case in taken if case is not None)


def _case(entry: Entry, forms: Mapping[str, frozenset[str]] | None) -> WorkedCase | None:
    name, tables = pair(entry, "name"), dict[str, tuple[Mapping[str, Any], ...]]()
    given = entry.entry("forms")
    if given is not None:
        tables = {form: _rows(given, form, form, forms) for form in keys_of(given)}
    if has(entry, "answers"):
        tables["answers"] = _rows(entry, "answers", "answers", forms)
    target, expect = number(entry, "target"), part_of(entry, "expect")
    entry.finish()
    if expect is None:
        return None
    verdict, value = expect.choice("verdict", Verdict), number(expect, "value")
    if not has(expect, "value"):
        expect.number("value", -FARTHEST, FARTHEST)
    elif verdict is not None and verdict.known and expect.plain("value") is None:
        expect.error(
            "value",
            Text("评定结论为{verdict}时应有数值", "a verdict of {verdict} comes of a value").fill(
                verdict=verdict.value
            ),
            Text("请填写应得的数值", "give the value that must come out"),
        )
    expect.finish()
    return None if verdict is None else WorkedCase(name or _UNSAID, tables, target, verdict.value, value)


def _rows(
    entry: Entry, key: str, form: str, forms: Mapping[str, frozenset[str]] | None
) -> tuple[Mapping[str, Any], ...]:
    if forms is not None and form not in forms:
        entry.plain(key)
        entry.error(
            key,
            Text("没有“{form}”这张表", "there is no form “{form}”").fill(form=form),
            nearest(form, sorted(forms)),
        )
        return ()
    rows = []
    for part in entry.entries(key):
        columns = None if forms is None else sorted(forms[form] | {"times"})
        for column in keys_of(part):
            if columns is not None and column not in columns:
                part.error(
                    column,
                    Text("{form}没有“{column}”这一列", "{form} has no column “{column}”").fill(
                        form=form, column=column
                    ),
                    nearest(column, columns),
                )
        if has(part, "times"):
            part.whole("times", 1, 1_000_000)
        rows.append({column: part.plain(column) for column in keys_of(part)})
    return tuple(rows)
