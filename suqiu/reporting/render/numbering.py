"""The numbers of headings, in words and letters: they count sections and state nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from suqiu.domain.text import Language
from suqiu.reporting.document import Heading

_CHINESE = "零一二三四五六七八九"
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def labels(headings: Iterable[Heading], language: Language) -> Iterator[str]:
    """Yield each heading's number: 一、（一）附录一, or I. (a) Appendix A."""
    sections = parts = appendices = 0
    for heading in headings:
        if heading.level == 2:
            parts += 1
            yield f"（{chinese(parts)}）" if language == "zh" else f"({_letter(parts).lower()}) "
        elif heading.appendix:
            appendices, parts = appendices + 1, 0
            yield f"附录{chinese(appendices)}　" if language == "zh" else f"Appendix {_letter(appendices)}. "
        else:
            sections, parts = sections + 1, 0
            yield f"{chinese(sections)}、" if language == "zh" else f"{_roman(sections)}. "


def chinese(number: int) -> str:
    """Return 1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("" if tens == 1 else _CHINESE[tens]) + "十"
    return head + (_CHINESE[ones] if ones else "")


def _letter(number: int) -> str:
    return chr(ord("A") + (number - 1) % 26)


def _roman(number: int) -> str:
    out = ""
    for value, sign in _ROMAN:
        out, number = out + sign * (number // value), number % value
    return out
