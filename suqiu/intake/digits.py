"""Personal data made of digits and letters: phones, identity and bank cards, plates, accounts.

Each finder is a regular expression for the shape and a rule for what the shape cannot say: a checksum,
a date, or the word before it. A number called 合同号 or 工单编号 is no phone, however it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from suqiu.intake.spans import Finder, Kind, Span

_GAP = r"(?: {1,3}|[-.—–·]| - )"  # what people put between groups of digits

_MOBILE = re.compile(
    r"(?<!\d)(?:(?:\+|00)?86[- ]?)?(?:"
    r"1[3-9]\d{9}"
    r"|1(?P<each>[ \-.])[3-9](?:(?P=each)\d){9}"
    rf"|1{_GAP}[3-9]{_GAP}\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
    rf"|1[3-9]\d(?:{_GAP}\d{{4}}{_GAP}?\d{{4}}|\d{{4}}{_GAP}\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}}"
    rf"|\d{_GAP}\d{{3}}{_GAP}\d{{4}}|\d{_GAP}\d{{7}}|\d{{2}}{_GAP}\d{{6}}|\d{{3}}{_GAP}\d{{5}}"
    rf"|\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{3}}|{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}"
    rf"|{_GAP}\d{{4}}{_GAP}\d{{2}}{_GAP}\d{{2}})"
    r"|1[3-9]\d[*xX×]{4}\d{4}"
    r")(?!\d)(?!\s*[元块万亿吨])"
)
_AREA = r"(?:10|2\d|[3-9]\d\d)"
_LANDLINE = re.compile(
    rf"(?<!\d)(?:0{_AREA}|[(（]0{_AREA}[)）]){_GAP}?[2-9]\d{{2,3}}[ \-]?\d{{4}}(?!\d)"
    r"(?:\s?(?:转|-)\s?\d{1,5}(?!\d))?"
)
_LOCAL = re.compile(
    r"(?:电话|座机|固话|联系方式|[Tt]el|TEL)(?:号码|号)?(?:是|为|[:：,，.]|\s)*"
    r"(?P<number>(?!20[0-3]\d-?[01]\d[0-3]\d)[2-8]\d{2,3}[ \-]?\d{4})(?!\d)"
)
_IDENTITY_18 = re.compile(
    rf"(?<!\d)[1-8]\d{{5}}{_GAP}?(?:18|19|20)\d\d[01]\d[0-3]\d{_GAP}?\d{{3}}[\dXx](?![0-9A-Za-z])"
)
_IDENTITY_15 = re.compile(r"(?<!\d)[1-8]\d{5}\d\d[01]\d[0-3]\d\d{3}(?!\d)")
_BANK_CARD = re.compile(r"(?<!\d)(?:\d{16,19}|\d{4}(?:[ \-]\d{4}){3}(?:[ \-]\d{1,3})?)(?!\d)")
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]+@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}")
_PLATE = re.compile(
    r"(?:WJ ?)?[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    r"[A-HJ-NP-Za-hj-np-z][ ·•.\-]?(?P<tail>[A-HJ-NP-Za-hj-np-z0-9]{4}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳领]"
    r"|[A-HJ-NP-Za-hj-np-z0-9]{6})(?![A-Za-z0-9])"
    r"|(?<![致即促迫])使[ ·]?\d{3}[ ·]?\d{3}(?![0-9元人户余多万])"
)
_ACCOUNT = re.compile(
    r"(?:(?:微信|威信|薇信|加微|加v|加V|[Vv][Xx]|[Ww][Xx]|[Vv]信|[Ww]e[Cc]hat)(?:号码|号|账号|帐号|ID|id)?"
    r"(?:是|为|[:： ])*(?P<wechat>[A-Za-z][A-Za-z0-9_\-]{5,19})"
    r"|(?:[Qq]{2}|扣扣)(?:号码|号)?(?:是|为|[:： ])*(?P<qq>[1-9]\d{4,10}))(?![A-Za-z0-9_\-@])"
)

#: Words after which a row of digits is a number of a thing.
_THING_NUMBER = re.compile(
    r"(?:合同|户|编|单|案|表|水表|电表|流水|序列|文|箱|批|许可证|税|受理|登记|票|参保|学|工|设备|机身|条形|档案|缴费|客户"
    r"|备案|项目|执照|信用|燃气卡|会员卡|水卡|房产证)(?:编号|号码|代码|号|码)[是为:： #№“\"(（]*$"
)
_BANK_WORD = re.compile(r"(?:银行卡|储蓄卡|信用卡|借记卡|工资卡|社保卡|账号|帐号|账户|帐户|卡号)[^\d，。；\[\]]{0,8}$")
_IDENTITY_WORD = re.compile(r"身份证[^\d，。；\[\]]{0,8}$")
_CODE_BEFORE = re.compile(r"(?:[A-Za-z_][-_/]?|\d{4,}[-_])$")
_PHONE_WORD_BEFORE = re.compile(r"(?:tel|phone|mobile|mob|call|wx|vx|v)$", re.IGNORECASE)

_PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82]
)
_ISSUERS = re.compile(r"(?:62|60|4|5[0-5]|35|3[0689]|9558)")  # first digits of bank cards in use in China
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_CHECK = "10X98765432"


def emails(text: str, _: list[Span]) -> Iterator[Span]:
    """Find e-mail addresses."""
    if "@" in text:
        yield from (Span(m.start(), m.end(), Kind.EMAIL) for m in _EMAIL.finditer(text))


def identities(text: str, _: list[Span]) -> Iterator[Span]:
    """Find identity numbers: 18 characters whose checksum holds (or that are called so), 15 digits with a date."""
    for match in _IDENTITY_18.finditer(text):
        number = re.sub(r"[^0-9X]", "", match[0].upper())
        if _is_identity(number) or _IDENTITY_WORD.search(text, max(0, match.start() - 12), match.start()):
            yield Span(match.start(), match.end(), Kind.IDENTITY)
    for match in _IDENTITY_15.finditer(text):
        number = match[0]
        dated = int(number[:2]) in _PROVINCES and _is_day("19" + number[6:12])
        if dated and not _called_a_thing(text, match.start()):
            yield Span(match.start(), match.end(), Kind.IDENTITY)


def bank_cards(text: str, _: list[Span]) -> Iterator[Span]:
    """Find bank cards: 16 to 19 digits that pass Luhn's check with an issuer's prefix or a word for cards before."""
    for match in _BANK_CARD.finditer(text):
        number = re.sub(r"\D", "", match[0])
        start = match.start()
        if not 16 <= len(number) <= 19 or _called_a_thing(text, start):
            continue
        issued = _ISSUERS.match(number) is not None
        called = _BANK_WORD.search(text, max(0, start - 16), start) is not None
        if (_passes_luhn(number) and (issued or called)) or (issued and called):
            yield Span(start, match.end(), Kind.BANK_CARD)


def mobiles(text: str, _: list[Span]) -> Iterator[Span]:
    """Find mobile numbers, also with a country code, and with spaces, dashes or dots between the digits."""
    for match in _MOBILE.finditer(text):
        if not _is_part_of_a_code(text, match.start()):
            yield Span(match.start(), match.end(), Kind.MOBILE)


def landlines(text: str, _: list[Span]) -> Iterator[Span]:
    """Find fixed lines: with an area code anywhere, without one only after a word for phones."""
    for match in _LANDLINE.finditer(text):
        if not _is_part_of_a_code(text, match.start()):
            yield Span(match.start(), match.end(), Kind.LANDLINE)
    for match in _LOCAL.finditer(text):
        yield Span(match.start("number"), match.end("number"), Kind.LANDLINE)


def plates(text: str, _: list[Span]) -> Iterator[Span]:
    """Find number plates: ordinary, new-energy (one character more), police, trailer, embassy."""
    for match in _PLATE.finditer(text):
        tail = match["tail"]
        if tail is None or any(char.isdigit() for char in tail):
            yield Span(match.start(), match.end(), Kind.PLATE)


def accounts(text: str, _: list[Span]) -> Iterator[Span]:
    """Find WeChat and QQ accounts after the words for them; the words stay."""
    for match in _ACCOUNT.finditer(text):
        group = "wechat" if match["wechat"] else "qq"
        yield Span(match.start(group), match.end(group), Kind.ACCOUNT)


def _called_a_thing(text: str, start: int) -> bool:
    return _THING_NUMBER.search(text, max(0, start - 14), start) is not None


def _is_part_of_a_code(text: str, start: int) -> bool:
    """Say whether the digits at `start` are called a thing's number, or hang on letters or a longer number."""
    if _called_a_thing(text, start):
        return True
    before = text[max(0, start - 8) : start]
    return _CODE_BEFORE.search(before) is not None and _PHONE_WORD_BEFORE.search(before) is None


def _is_identity(number: str) -> bool:
    if int(number[:2]) not in _PROVINCES or not _is_day(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return number[17] == _CHECK[total % 11]


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


def _passes_luhn(number: str) -> bool:
    doubled = (int(digit) * (1 + n % 2) for n, digit in enumerate(reversed(number)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


_ROW_OF_DIGITS = r"[0-9](?:[ \-.—–·()（）*xX×]{0,4}[0-9]){6}"

#: In order of precedence: a bank card holds what looks like a phone, not the other way round.
NUMBER_FINDERS = (
    Finder("@", emails),
    Finder(_ROW_OF_DIGITS + r"(?:[ \-.—–·]{0,3}[0-9Xx]){8}", identities),
    Finder(_ROW_OF_DIGITS + r"(?:[ \-]?[0-9]){9}", bank_cards),
    Finder(_ROW_OF_DIGITS, mobiles),
    Finder(_ROW_OF_DIGITS, landlines),
    Finder(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][ ·•.\-]?[A-Za-z0-9]|使[ ·]?[0-9]{3}",
        plates,
    ),
    Finder(
        r"(?:微信|[威薇]信|加微|扣扣|[VvWwXx加][XxVv信]|[Ww]e[Cc]hat|[Qq]{2})"
        r"(?:号码|号|[账帐]号|ID|id)?[是为:： ]*[A-Za-z0-9]",
        accounts,
    ),
)
