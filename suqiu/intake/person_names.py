"""Names of persons in the phrases in which hotline texts give them.

A name is only looked for where a phrase announces one: 我叫…, 联系人：…, …先生, …来电反映, 业主…反映, or right before
a phone number.
Bare names in running text stay: to guess at them would hide half of a city's shops and estates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from suqiu.intake.spans import Finder, Kind, Span
from suqiu.intake.surnames import COMPOUND, FOLLOWS, GIVEN, LEADS, NO_GIVEN, NOT_AFTER, ONLY_FIRST, SURNAMES, WORDS

_PERSON = (
    "先生|女士|小姐|太太|阿姨|大爷|大妈|大娘|大姐|大哥|大叔|大伯|大嫂|叔叔|伯伯|爷爷|奶奶|婆婆|老伯|老汉"
    "|师傅|老师|同志|同学"
)
_OFFICE = "医生|大夫|护士|教授|律师|经理|主任|老板|书记|警官|法官|教练|[局校院园所站科处村队](?:长)"
_TITLE = re.compile(
    rf"(?:(?P<person>{_PERSON})|{_OFFICE})(?!们|期|年|时间|久|达|途|牛肉面|加州|[^，。；、,.;!？\s的在]{{0,4}}(?:有限公司|超市|[饭茶奶面药酒商专]店))"
)

_ONE = f"[{''.join(sorted(SURNAMES | {word[0] for word in COMPOUND}))}]"  # what a name may begin with
_ROLE = (
    "联系人|来电人|投诉人|反映人|举报人|诉求人|申请人|求助人|报案人|当事人|负责人|经办人|收件人|联络人|户主|房东|患者"
    "|法人代表|法定代表人|法人|老板|署名|落款"
)
#: After these a name is certain enough to be taken even when its characters are rare.
_CERTAIN = rf"(?:姓名|名字|我叫|他叫|她叫|本人叫)[做是为叫]?[ \t]*[:：]?[ \t]*{_ONE}|(?:{_ROLE})[ \t]*[:：][ \t]*{_ONE}"
#: After these it must look like a name and end clearly: 我是王强， but not 我是高层住户.
_LIKELY = rf"(?:{_ROLE}|本人|我是|名叫|自称|名为)[是为叫]?[（(:： ]?{_ONE}"
_CALLED = rf"(?:^|[^百同老大小])姓{_ONE}"

_GIVEN = f"[{''.join(sorted(GIVEN | {word[1] for word in COMPOUND}))}]"
_WHOLE = rf"{_ONE}{_GIVEN}{{1,3}}?"
#: Who a name may belong to without a sign between: the name must be whole and be followed by what persons do.
_KIND = (
    "市民|居民|村民|农民|群众|业主|住户|住民|租户|租客|房客|房主|家长|乘客|旅客|游客|顾客|司机|车主|用户|客户|商户|店主|储户"
    "|职工|员工|工人|学生|学员|消费者|老人|联系"
)
_DOES = (
    "来电|致电|来访|来信|反映|反应|投诉|咨询|举报|求助|建议|表示|认为|要求|希望|询问|称|说|诉|本人"
    "|[，,。；;：:、（(）)]"
)
_OF_KIND = rf"(?:{_KIND})(?P<name>{_WHOLE})(?:{_DOES}|$)"
#: A phrase that begins with a name, or has one before 本人: 张秋水来电反映, 请联系王建国本人.
_SPEAKING = rf"(?P<name>{_WHOLE})(?:来电|致电|来访|来信|反映|本人)"
_BEFORE_ACTING = LEADS | frozenset("由为让向")
_OF_KIND_HERE, _SPEAKING_HERE = re.compile(_OF_KIND), re.compile(_SPEAKING)
#: Surnames that after a kind of person are ordinary words as a rule: 业主方, 居民于.
_WORD_AFTER_KIND = ONLY_FIRST | frozenset("方于")

_CERTAIN_HERE, _LIKELY_HERE, _CALLED_HERE = re.compile(_CERTAIN), re.compile(_LIKELY), re.compile(_CALLED)
_AFTER_CALLED = re.compile(r"[的，,。；;、\s）)]|$|先生|女士|名")
_BEFORE_PHONE = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,4})[，,、（(:： ]*的?(?:联系)?(?:电话|手机|方式)?(?:号码|号)?[是为:：，,（( ]*$"
)
_LINKS = frozenset("系人叫是长理任员主民户众")  # a name may follow these without a break


def titled(text: str, _: list[Span]) -> Iterator[Span]:
    """Find names before titles: 王先生, 张小明女士, 欧阳老师; the title stays."""
    for match in _TITLE.finditer(text):
        end = match.start()
        for length in (4, 3, 2, 1):
            start = end - length
            if length == 2 and text[end - 1 : end] == "和":
                continue  # 院方和医生: the word, not a name
            if start >= 0 and _is_name(text[start:end]) and _stands_alone(text, start, match["person"] is not None):
                yield Span(start, end, Kind.NAME)
                break


def announced(text: str, _: list[Span]) -> Iterator[Span]:
    """Find names after the phrases that announce one: 我叫…, 联系人：…, 本人…, 姓…."""
    for match in _CERTAIN_HERE.finditer(text):
        start = match.end() - 1
        end = _end_of_name(text, start)
        if end is not None:
            yield Span(start, end, Kind.NAME)
    for match in _LIKELY_HERE.finditer(text):
        start = match.end() - 1
        end = _end_of_name(text, start)
        if end is not None and end - start >= 2 and _is_name(text[start:end]) and _ends_clearly(text, end):
            yield Span(start, end, Kind.NAME)
    for match in _CALLED_HERE.finditer(text):
        start = match.end() - 1
        end = start + (2 if text[start : start + 2] in COMPOUND else 1)
        if _AFTER_CALLED.match(text, end):
            yield Span(start, end, Kind.NAME)


def acting(text: str, _: list[Span]) -> Iterator[Span]:
    """Find names that are told by what their bearers do: 业主王建国反映, 张秋水来电, 联系王建国本人."""
    for match in _OF_KIND_HERE.finditer(text):
        inside = text[: match.start("name")].endswith("物业主")  # 物业主任和平表示 has no 业主
        if match["name"][0] not in _WORD_AFTER_KIND and not inside and _is_name(match["name"]):
            yield Span(*match.span("name"), Kind.NAME)
    for match in _SPEAKING_HERE.finditer(text):
        start = match.start("name")
        before = text[start - 1 : start]
        if _is_name(match["name"]) and (not _is_hanzi(before) or before in _BEFORE_ACTING):
            yield Span(*match.span("name"), Kind.NAME)


def beside_phones(text: str, found: list[Span]) -> Iterator[Span]:
    """Find names right before mobile numbers: 张伟，电话138…."""
    for span in found:
        if span.kind is Kind.MOBILE:
            yield from _before_phone(text, span.start)


def _before_phone(text: str, phone: int) -> Iterator[Span]:
    offset = max(0, phone - 20)
    match = _BEFORE_PHONE.search(text[offset:phone])
    if match is None:
        return
    end = offset + match.end("name")
    for length in (4, 3, 2):
        start = end - length
        if start >= offset + match.start("name") and _is_name(text[start:end]):
            before = text[start - 1 : start]
            if not _is_hanzi(before) or before in _LINKS:
                yield Span(start, end, Kind.NAME)
                return


def _is_name(text: str) -> bool:
    """Say whether a text is a surname with none, one or two characters common in given names."""
    if text[:2] in COMPOUND:
        return all(char in GIVEN for char in text[2:])
    if text[0] not in SURNAMES or len(text) > 3 or text[:2] in WORDS:
        return False
    return all(char in GIVEN for char in text[1:])


def _stands_alone(text: str, start: int, person: bool) -> bool:
    """Say whether the surname at `start` is no part of a longer word.

    After 来电人 a person's title makes a name of a surname that is a word too (来电人向女士), an office's title
    does not (来电人向律师咨询).
    """
    before, surname = text[start - 1 : start], text[start]
    if surname in ONLY_FIRST:
        return not _is_hanzi(before) or before in LEADS or (person and before == "人")
    return before == "" or before not in NOT_AFTER.get(surname, "")


def _end_of_name(text: str, start: int) -> int | None:
    """Return where the name that is announced at `start` ends; None when there is no name.

    Two or three characters are told apart by what follows: a break, a word that follows names, or else by
    whether the third character is common in given names.
    """
    given = start + (2 if text[start : start + 2] in COMPOUND else 1)
    if text[start : start + 2] not in COMPOUND and text[start : start + 1] not in SURNAMES:
        return None
    first, second = text[given : given + 1], text[given + 1 : given + 2]
    if text[start : start + 2] in WORDS and _is_hanzi(second) and second not in GIVEN:
        return None  # 负责人：安全主管
    if not _is_hanzi(first):
        return given  # 联系人：王，…
    if _TITLE.match(text, given):
        return given
    if first in NO_GIVEN:
        return None
    if not _is_hanzi(second) or (second in FOLLOWS and _is_hanzi(text[given + 2 : given + 3])):
        return given + 1
    if _TITLE.match(text, given + 1):
        return given + 1
    if second in GIVEN or _ends_clearly(text, given + 2):
        return given + 2
    return given + 1 if first in GIVEN else None


def _ends_clearly(text: str, end: int) -> bool:
    after = text[end : end + 1]
    return not _is_hanzi(after) or after in FOLLOWS


def _is_hanzi(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


NAME_FINDERS = (
    Finder(rf"[{''.join(sorted(SURNAMES | GIVEN | {word[1] for word in COMPOUND}))}](?:{_PERSON}|{_OFFICE})", titled),
    Finder(f"{_CERTAIN}|{_LIKELY}|{_CALLED}", announced),
    Finder(f"{_OF_KIND}|{_SPEAKING}".replace("?P<name>", ""), acting),
    Finder(r"1[ \-.—–·]{0,3}[3-9](?:[ \-.—–·]{0,3}[0-9*xX×]){9}", beside_phones),
)
