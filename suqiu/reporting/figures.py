"""Find figures that hide in words: a number may stand in a document only as a fact."""

from __future__ import annotations

import re

#: Names that hold figures and state none: the hotline's number, standards, fixed terms of the trade.
WELL_KNOWN = re.compile(
    r"(?<!\d)12345(?=政务|热线|平台| government| hotline)|GB/T 33358-2016|GB/T 39735-2020|每?万人|三率|二次派单"
)

#: ASCII and full-width digits, and the other ways to write a digit that Unicode knows.
_DIGIT = re.compile(r"\d[\d,.，．:：/％%‰]*")
#: Chinese numerals count as figures where a counting word follows, or where they make a share.
_CHINESE = re.compile(
    r"百分之[〇零一二两三四五六七八九十百点]+"
    r"|[〇零一二两三四五六七八九十百千万]+分之[〇零一二两三四五六七八九十百]+"
    r"|[翻提降减增][〇零一二两三四五六七八九十]+[番倍成]"
    r"|[〇零一二两三四五六七八九十百千万亿]+(?:余|多)?"
    r"(?:个|件|条|成|倍|天|日|月|年|小时|分钟|秒|点|名|家|起|项|宗|户|人|元|位|季度|周|通|次|％|%)"
    r"|[一二两三四五六七八九十]半|半数|过半|一半"
)
_ENGLISH = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?|half|halves"
    r"|thirds?|quarters?|twice|thrice|doubled?|doubles|tripled?)\b",
    re.IGNORECASE,
)


def digits(text: str) -> list[str]:
    """Return the runs of digits in a text, apart from well-known names that hold some."""
    return _DIGIT.findall(WELL_KNOWN.sub("", text))


def loose_figures(text: str) -> list[str]:
    """Return every figure that words state: digits, Chinese numerals that count, English number words.

    `一般` and `统一` state nothing and pass; `三件`, `百分之五` and `twice` do and do not.
    """
    rest = WELL_KNOWN.sub("", text)
    return [match.group() for pattern in (_DIGIT, _CHINESE, _ENGLISH) for match in pattern.finditer(rest)]
