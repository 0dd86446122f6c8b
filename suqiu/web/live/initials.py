"""The first letters of how Chinese is spoken, for typing names by initials: 城管局 is found by `cgj` 拼音首字母."""

from __future__ import annotations

from bisect import bisect_right

#: GB 2312 lists its first 3755 characters by sound: where each letter begins, and where the list ends.
_FIRST = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
_STARTS = [code for code, _ in _FIRST]
_END = 0xD7F9
#: A character whose sound the list does not tell: any letter stands for it.
ANY = "*"


def initials(name: str) -> str:
    """Return one letter for each character of a name: its sound's first letter, itself in small, or `ANY`."""
    return "".join(_initial(char) for char in name)


def spells(typed: str, letters: str) -> int:
    """Return where typed letters begin in the initials of a name, -1 where they do not occur."""
    for at in range(len(letters) - len(typed) + 1):
        if all(letter in (ANY, key) for letter, key in zip(letters[at:], typed, strict=False)):
            return at
    return -1


def _initial(char: str) -> str:
    if char.isascii():
        return char.lower()
    try:
        high, low = char.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return ANY
    code = high << 8 | low
    return _FIRST[bisect_right(_STARTS, code) - 1][1] if _STARTS[0] <= code <= _END else ANY
