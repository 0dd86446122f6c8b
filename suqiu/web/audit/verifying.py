"""Whether the chain of audit lines is whole, read from end to end in bounded memory."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from suqiu.domain.text import Text
from suqiu.web.audit import archive
from suqiu.web.audit.anchors import Anchor
from suqiu.web.audit.chain import HEAD_LOST, mark_of, seal_of
from suqiu.web.audit.models import Entry, Head

_AT_A_TIME = 2000
#: So many breaks are told; who has broken more has broken all.
MOST = 1000

PROBLEMS = {
    "edited": Text("内容被改动", "the line was changed"),
    "removed": Text("此处缺少记录", "lines are missing here"),
    "unlinked": Text("与前一条记录不衔接", "it does not follow the line before"),
    "truncated": Text("末尾记录被删除", "lines at the end are missing"),
    "added": Text("末尾有链外记录", "a line stands beyond the end of the chain"),
    "head_missing": Text("链尾登记被删除", "the head of the chain is gone"),
    "head_changed": Text("链尾登记被改动", "the head of the chain was changed"),
    "head_lost": Text(
        "链尾登记曾丢失，之前的末尾记录可能被删除", "the head was lost once: lines before may be missing"
    ),
    "anchor_broken": Text("与留存的锚点不一致", "it does not agree with an anchor that was kept"),
    "anchor_changed": Text("锚点记录被改动", "an anchor was changed"),
}


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the chain does not hold 审计链断点.

    Attributes:
        number: of the line at or after which.
        problem: code, a key of `PROBLEMS`.
    """

    number: int
    problem: str

    @property
    def said(self) -> Text:
        """The problem in words."""
        return PROBLEMS[self.problem]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading the whole chain found 审计链核验结果.

    Attributes:
        count: lines read.
        first, last: their numbers; 0 and 0 when there is none.
        anchors: how many anchors were compared.
        breaks: in the order of lines, at most `MOST`.
    """

    count: int
    first: int
    last: int
    anchors: int
    breaks: tuple[Break, ...]


def read_chain(anchors: Sequence[Anchor] = ()) -> Verdict:
    """Read the chain from its first line to its head, while others may append.

    Args:
        anchors: marks of the head that were kept before; the chain must hold each.
    """
    found: list[Break] = []
    head = Head.objects.filter(pk=1).first()
    wanted = {anchor.number: anchor.mark for anchor in anchors if anchor.genuine}
    found += [Break(anchor.number, "anchor_changed") for anchor in anchors if not anchor.genuine]
    last, before = (head.since_number, head.since_mark) if head is not None else (0, "")
    if head is not None and not hmac.compare_digest(head.seal, seal_of(head)):
        found.append(Break(head.number, "head_changed"))
    count, first = 0, 0
    for line in _lines():
        found += _faults(line, last, before)
        if wanted.pop(line.number, line.mark) != line.mark:
            found.append(Break(line.number, "anchor_broken"))
        count, first, last, before = count + 1, first or line.number, line.number, line.mark
        if len(found) >= MOST:
            break
    else:
        found += _faults_of_head(head, last, before)
        archived = head.since_number if head is not None else 0
        found += [Break(number, "anchor_broken") for number in sorted(wanted) if number > archived]
    return Verdict(count, first, last, len(anchors), tuple(found[:MOST]))


def read_archive() -> Verdict | None:
    """Read the archived lines that lie in the site's folder, from the first to where the chain in the database begins.

    Returns:
        What was found; None where nothing was archived, or its files were taken elsewhere.
    """
    head, files = Head.objects.filter(pk=1).first(), archive.files()
    if head is None or not head.since_number or not files:
        return None
    found: list[Break] = []
    count, first, last, before = 0, 0, -1, ""
    for file in files:
        for line in archive.lines(file):
            if last < 0:  # earlier files may have been taken elsewhere
                last, before = line.number - 1, line.before
            found += _faults(line, last, before)
            count, first, last, before = count + 1, first or line.number, line.number, line.mark
            if len(found) >= MOST:
                return Verdict(count, first, last, 0, tuple(found[:MOST]))
    if (last, before) != (head.since_number, head.since_mark):
        found.append(Break(last, "unlinked"))
    return Verdict(count, first, last, 0, tuple(found))


def _lines() -> Iterator[Entry]:
    """Yield every line in order, so many at a time, each time seeing what has been added since."""
    last = -1
    while chunk := list(Entry.objects.filter(number__gt=last).order_by("number")[:_AT_A_TIME]):
        yield from chunk
        last = chunk[-1].number


def _faults(line: Entry, last: int, before: str) -> Iterator[Break]:
    if line.number != last + 1:
        yield Break(line.number, "removed")
    elif line.before != before:
        yield Break(line.number, "unlinked")
    if not hmac.compare_digest(line.mark, mark_of(line)):
        yield Break(line.number, "edited")
    elif line.deed == HEAD_LOST:
        yield Break(line.number, "head_lost")


def _faults_of_head(seen: Head | None, last: int, before: str) -> Iterator[Break]:
    """Compare what was read with the head as it is now: it may have moved on while we read, never back."""
    head = Head.objects.filter(pk=1).first()
    if head is None:
        if last:
            yield Break(last, "head_missing")
        return
    if head.number < last:
        yield Break(last, "added")
    elif head.number == last and head.mark != before:
        yield Break(last, "head_changed")
    elif head.number > last and (seen is None or seen.number > last):
        yield Break(last, "truncated")
