"""What counts as personal data in a text: the one definition behind finding and masking it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of personal data 个人信息类型; the value is the word that takes its place."""

    EMAIL = "邮箱"
    IDENTITY = "身份证"
    BANK_CARD = "银行卡"
    MOBILE = "手机"
    LANDLINE = "座机"
    PLATE = "车牌"
    ACCOUNT = "微信"
    NAME = "姓名"

    @property
    def token(self) -> str:
        """What is written in place of the data."""
        return f"[{self.value}]"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of personal data in a text 个人信息片段.

    Attributes:
        start, end: its characters, end exclusive.
        kind: what it is.
    """

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Finder:
    """A way to find one kind of personal data 识别规则.

    Attributes:
        needs: an expression that every text matches in which `walk` finds anything; in RE2's syntax, so that a
            whole column can be asked at once.
        walk: finds the pieces in a text; it may look at what earlier finders found.
    """

    needs: str
    walk: Callable[[str, list[Span]], Iterator[Span]]


def gather(text: str, finders: Iterable[Finder]) -> list[Span]:
    """Run finders in turn; what an earlier one has claimed a later one cannot. Sorted by start.

    What is found is struck out, and the finders run again until they find nothing: a number may only show as one
    when the number beside it is gone, and masking a text twice must not find more than masking it once.
    """
    chosen = tuple(finders)
    found: list[Span] = []
    while new := _once(text, chosen, found):
        found += new
        for span in new:
            text = text[: span.start] + "[" * (span.end - span.start) + text[span.end :]
    return sorted(found, key=lambda span: span.start)


def _once(text: str, finders: tuple[Finder, ...], before: list[Span]) -> list[Span]:
    found = list(before)
    for finder in finders:
        for span in list(finder.walk(text, found)):
            if all(span.end <= other.start or other.end <= span.start for other in found):
                found.append(span)
    return found[len(before) :]
