"""From one version of a standard to the next: what became of every indicator, and what may be carried over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from suqiu.datafiles.file_fault import FaultLog, FileFault, nearest
from suqiu.datafiles.located_yaml import Entry, read_mapping
from suqiu.domain.errors import InvalidInput
from suqiu.domain.finding import Finding, Verdict
from suqiu.domain.text import Text
from suqiu.standard import reading_parts as parts
from suqiu.standard.catalogue import Catalogue, Indicator
from suqiu.standard.standard_files import LOOK

#: Its name in the folder of the new version.
SUCCESSION = "succession.yaml"
#: What decides a verdict: with any of it changed, an old finding says nothing of the new demand.
_DECIDES = ("unit", "direction", "census", "accepts", "probe", "question", "floor", "target")


class Relation(StrEnum):
    """What became of an indicator 沿革关系."""

    SAME = "same"
    NARROWER = "narrower"
    WIDER = "wider"
    SPLIT = "split"
    MERGED = "merged"
    NONE = "none"


class Carry(StrEnum):
    """Which findings on the old indicator hold for the new 结论沿用."""

    ALL = "all"
    MET = "met"
    NOTHING = "nothing"


#: What may be carried: a demand met stays met where less or a piece of it is asked, and nothing more is known.
_MAY_CARRY = {
    Relation.SAME: frozenset(Carry),
    Relation.NARROWER: frozenset({Carry.MET, Carry.NOTHING}),
    Relation.SPLIT: frozenset({Carry.MET, Carry.NOTHING}),
    Relation.WIDER: frozenset({Carry.NOTHING}),
    Relation.MERGED: frozenset({Carry.NOTHING}),
    Relation.NONE: frozenset({Carry.NOTHING}),
}


@dataclass(frozen=True, slots=True)
class Link:
    """What became of one indicator 指标沿革.

    Attributes:
        old: its id in the old version.
        relation: `narrower` asks less than before, `wider` more; `none` has no successor.
        new: ids in the new version.
        carry: which findings hold on.
        why: in words; None where nothing changed.
    """

    old: str
    relation: Relation
    new: tuple[str, ...]
    carry: Carry
    why: Text | None


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of every indicator of a version 版本沿革.

    Attributes:
        version: the old version.
        links: one for each of its indicators.
    """

    version: str
    links: tuple[Link, ...]


def predecessor(folder: Path) -> str | None:
    """Return the version that a folder's succession starts from; None where there is none, or none to be read."""
    entry = read_mapping(folder / SUCCESSION, SUCCESSION, FaultLog(LOOK))
    version = None if entry is None else entry.plain("from")
    return version if isinstance(version, str) else None


def check_succession(folder: Path, old: Catalogue, new: Catalogue) -> list[FileFault]:
    """Return every fault of `succession.yaml`: what it forgets, names twice, reuses or wrongly carries."""
    return _read(folder, old, new)[1]


def load_succession(folder: Path, old: Catalogue, new: Catalogue) -> Succession:
    """Read `succession.yaml` of the new version's folder.

    Raises:
        InvalidInput: it has faults; the first is named, with how many more there are.
    """
    found, faults = _read(folder, old, new)
    if found is not None and not faults:
        return found
    first = faults[0]
    raise InvalidInput(
        "standard.bad_succession",
        Text("{file}第{line}行：{message}（共{count}处）", "{file} line {line}: {message} ({count} in all)").fill(
            file=first.file, line=first.line or 1, message=first.message, count=len(faults)
        ),
        first.hint,
    )


def carry(findings: Iterable[Finding], succession: Succession) -> tuple[Finding, ...]:
    """Return what old findings say of the new version: as they are, under the new ids, each saying where it is from."""
    links = {link.old: link for link in succession.links}
    carried = []
    for finding in findings:
        link = links.get(finding.subject)
        holds = link is not None and (
            link.carry is Carry.ALL or (link.carry is Carry.MET and finding.verdict is Verdict.MET)
        )
        if link is None or not holds:
            continue
        said = Text("沿用{version}版{old}的结论：{message}", "carried from {old} of {version}: {message}").fill(
            version=succession.version, old=link.old, message=finding.message
        )
        carried += [replace(finding, subject=id_, message=said) for id_ in link.new]
    return tuple(carried)


def unchanged(old: Catalogue) -> str:
    """Return a succession file in which every indicator stays the same: where a draft begins."""
    lines = [
        "# 指标沿革 What became of every indicator of the version before.",
        "# as: same 不变, narrower 要求减少, wider 要求增加, split 拆分, merged 合并, none 取消",
        "# carry: all 全部沿用, met 仅达到的沿用, nothing 不沿用; all but `same` also say why: {zh: …, en: …}",
        f'from: "{old.version}"',
        "links:",
        *(f"  - {{old: {one.id}, as: same, new: [{one.id}], carry: all}}" for one in old.indicators),
    ]
    return "\n".join(lines) + "\n"


def _read(folder: Path, old: Catalogue, new: Catalogue) -> tuple[Succession | None, list[FileFault]]:
    faults = FaultLog(LOOK)
    entry = read_mapping(folder / SUCCESSION, SUCCESSION, faults)
    if entry is None:
        return None, faults.ordered()
    version = entry.text("from")
    if version is not None and version != old.version:
        entry.error(
            "from",
            Text("应为{version}版", "it must be {version}").fill(version=old.version),
            Text("请核对所承接的版本", "check which version it follows"),
        )
    links, seen, from_whom = [], dict[str, int](), dict[str, list[Link]]()
    for part in entry.entries("links"):
        link = _link(part, seen, old, new)
        if link is not None:
            links.append(link)
            for id_ in link.new:
                from_whom.setdefault(id_, []).append(link)
    entry.finish()
    for one in old.indicators:
        if one.id not in seen:
            entry.error(
                "links",
                Text("未说明指标{id}的去向", "what became of {id} is not said").fill(id=one.id),
                Text("请补写一行old: {id}", "add a line with old: {id}").fill(id=one.id),
            )
    _check_successors(entry, old, new, from_whom)
    return (None if version is None else Succession(version, tuple(links))), faults.ordered()


def _link(entry: Entry, seen: dict[str, int], old: Catalogue, new: Catalogue) -> Link | None:
    id_, relation, successors = entry.text("old"), entry.choice("as", Relation), entry.texts("new")
    carried = entry.choice("carry", Carry)
    why = parts.pair(entry, "why") if parts.has(entry, "why") or relation is not Relation.SAME else None
    entry.finish()
    _check_ids(entry, id_, successors, old, new)
    if id_ is None:
        return None
    if id_ in seen:
        entry.error(
            "old",
            Text("{id}重复，首次出现在第{line}行", "{id} repeats; it is first on line {line}").fill(
                id=id_, line=seen[id_]
            ),
            Text("请合并为一行", "make one line of them"),
        )
    seen.setdefault(id_, entry.line)
    if relation is None or carried is None:
        return None
    _check_count(entry, relation, successors)
    link = Link(id_, relation, successors, carried, why)
    _check_carry(entry, link, {one.id: one for one in old.indicators}, {one.id: one for one in new.indicators})
    return link


def _check_ids(entry: Entry, id_: str | None, successors: tuple[str, ...], old: Catalogue, new: Catalogue) -> None:
    named = [("old", id_, old)] if id_ is not None else []
    for key, one, catalogue in [*named, *(("new", one, new) for one in successors)]:
        there = [indicator.id for indicator in catalogue.indicators]
        if one not in there:
            entry.error(
                key,
                Text("{version}版没有指标{id}", "version {version} has no indicator {id}").fill(
                    version=catalogue.version, id=one
                ),
                nearest(str(one), there),
            )


def _check_count(entry: Entry, relation: Relation, successors: tuple[str, ...]) -> None:
    least, most = {Relation.NONE: (0, 0), Relation.SPLIT: (2, 99)}.get(relation, (1, 1))
    if not least <= len(successors) <= most:
        entry.error(
            "new",
            Text("“{relation}”不应有{count}个后继指标", "“{relation}” does not go with {count} successors").fill(
                relation=relation.value, count=len(successors)
            ),
            Text(
                "none没有后继，split至少两个，其余恰好一个",
                "`none` has no successor, `split` two or more, the others just one",
            ),
        )


def _check_carry(entry: Entry, link: Link, old: Mapping[str, Indicator], new: Mapping[str, Indicator]) -> None:
    may = _MAY_CARRY[link.relation]
    if link.carry not in may:
        entry.error(
            "carry",
            Text("“{relation}”不得沿用“{carry}”", "“{relation}” cannot carry “{carry}”").fill(
                relation=link.relation.value, carry=link.carry.value
            ),
            nearest("", sorted(one.value for one in may)),
        )
    if link.carry is not Carry.ALL or link.old not in old:
        return
    for id_ in link.new:
        changed = [key for key in _DECIDES if id_ in new and getattr(old[link.old], key) != getattr(new[id_], key)]
        if changed:
            entry.error(
                "carry",
                Text("{id}的{keys}已变，旧结论不能照搬", "{keys} of {id} changed, so old findings do not hold").fill(
                    id=id_, keys=", ".join(changed)
                ),
                Text("请改为carry: nothing，或改为narrower等关系", "make it carry: nothing, or another relation"),
            )


def _check_successors(entry: Entry, old: Catalogue, new: Catalogue, from_whom: Mapping[str, list[Link]]) -> None:
    """Note ids that are reused for something else, and indicators that several old ones claim to become."""
    former = {one.id for one in old.indicators}
    for one in new.indicators:
        links = from_whom.get(one.id, [])
        if one.id in former and one.id not in {link.old for link in links}:
            entry.error(
                "links",
                Text(
                    "编号{id}曾用于别的指标，不得重用", "the id {id} was another indicator's and cannot be reused"
                ).fill(id=one.id),
                Text("请为新指标另编号", "give the new indicator an id of its own"),
            )
        if len(links) > 1 and any(link.relation is not Relation.MERGED for link in links):
            entry.error(
                "links",
                Text("{id}有多个来源，均应写为merged", "{id} comes of several, so each must be `merged`").fill(
                    id=one.id
                ),
                Text("请核对：{olds}", "check: {olds}").fill(olds=", ".join(link.old for link in links)),
            )
