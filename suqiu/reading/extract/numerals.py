"""Numbers as people write them: 3万2千, 一百二十, 1.5万, 12,000, 三四千, 十几."""

from __future__ import annotations

from functools import lru_cache

_DIGITS = {
    digit: value
    for value, digits in enumerate(("〇零○", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for digit in digits
}
_SMALL = {"十": 10, "百": 100, "千": 1_000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
#: "Some" stands for two, the least that it can be.
_SOME = 2.0

#: Characters that a number in digits or in Chinese numerals is made of.
NUMERAL = (
    r"(?:(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d])"
    r"|[\d〇零○一二两三四五六七八九十百千万亿几数](?:[\d〇零○一二两三四五六七八九十百千万亿几]|(?<=\d)\.(?=\d))*)"
)


@lru_cache(maxsize=65_536)
def numbers(written: str) -> tuple[float, float] | None:
    """Return the least and the greatest number that was meant, equal unless it was vague; None if it is no number.

    `三四千` is 3000 to 4000, `十几` 10 to 19, `几百` 200 to 900, `一百二` 120.
    """
    text = written.replace(",", "")
    for position in range(len(text) - 1):
        one, other = _DIGITS.get(text[position], 0), _DIGITS.get(text[position + 1], 0)
        alone = text[position + 2 : position + 3] not in _DIGITS and (
            position == 0 or text[position - 1] not in _DIGITS
        )
        if one and other == one + 1 and alone:
            low = number(text[:position] + text[position] + text[position + 2 :])
            high = number(text[:position] + text[position + 1 :])
            return None if low is None or high is None else (low, high)
    if text[:1] == "数":
        text = "几" + text[1:]
    if "几" in text:
        if text == "几" or text.count("几") > 1:
            return None
        low = number(text.replace("几", "" if text.endswith("几") else "二"))
        high = number(text.replace("几", "九"))
        return None if low is None or high is None else (low, high)
    exact = number(text)
    return None if exact is None else (exact, exact)


def number(text: str) -> float | None:
    """Return an exact number, None if it is none."""
    if text.isascii():
        return _plain(text)
    if all(sign in _DIGITS for sign in text):
        return float("".join(str(_DIGITS[sign]) for sign in text))
    total, section, held, last = 0.0, 0.0, "", 0.0
    for sign in text:
        if sign in _SMALL:
            value = _plain(held) if held else 1.0
            if value is None:
                return None
            section, held, last = section + value * _SMALL[sign], "", _SMALL[sign]
        elif sign in _LARGE:
            value = _plain(held) if held else 0.0
            if value is None or (section + value == 0 and total == 0 and text[0] != sign):
                return None
            above = total if total >= _LARGE[sign] else 0.0  # 1亿 stays as it is in 1亿2千万
            scaled = (total - above + section + value or 1.0) * _LARGE[sign]
            total, section, held, last = above + scaled, 0.0, "", _LARGE[sign]
        elif sign in _DIGITS:
            # A nought says that what follows is no shortened form: 一百零二.
            held, last = (held + str(_DIGITS[sign])).lstrip("0") or "", 1.0 if not _DIGITS[sign] else last
        else:
            held += sign
    if not held:
        return total + section
    rest = _plain(held)
    if rest is None:
        return None
    shortened = last > 1 and len(held) == 1 and (last > 10)
    return total + section + rest * (last / 10 if shortened else 1)


def _plain(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
