"""The form of a call: who calls, and one or several demands 来电登记表."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text

MOST_DEMANDS = 10
_LONGEST = {"text": 10_000, "answer": 5_000, "title": 120, "address": 200, "object_name": 100}
_PLAIN = 80
_NAME = re.compile(r"d(\d{1,2})-(\w+)")


@dataclass(frozen=True, slots=True)
class Filled:
    """One demand as typed 诉求.

    Attributes:
        text, title, type, category, place, address, object_name, urgency: see `flow.Demand`.
        department: to dispatch to at once; empty for the dispatch pool.
        way: `send`, `answer` or `merge`: what becomes of it.
        answer: given on the spot.
        parent: number of the order to merge into.
        acknowledged: `1` when the person has acted on the warning of an emergency.
    """

    text: str = ""
    title: str = ""
    type: str = ""
    category: str = ""
    place: str = ""
    address: str = ""
    object_name: str = ""
    urgency: str = "normal"
    department: str = ""
    way: str = "send"
    answer: str = ""
    parent: str = ""
    acknowledged: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was taken down."""
        return not (self.text.strip() or self.title.strip())


@dataclass(frozen=True, slots=True)
class Call:
    """A call as typed 来电.

    Attributes:
        code: of its draft, and the root of the keys by which nothing is done twice.
        name, phone: of the caller, in the clear.
        secret: the caller asks not to be named.
        language: see `orders.models.Contact`.
        demands: by their number in the form.
    """

    code: str
    name: str
    phone: str
    secret: bool
    language: str
    demands: Mapping[int, Filled]

    def __repr__(self) -> str:
        return "Call(…)"  # a traceback shows nobody's data


_FIELDS = frozenset(one.name for one in fields(Filled))
#: Of the call itself.
CALLER = ("name", "phone", "secret", "language")
LANGUAGES = (
    ("zh", Text("普通话", "Mandarin")), ("dialect", Text("方言", "dialect")), ("en", Text("英语", "English")),
    ("other", Text("其他", "other")),
)  # fmt: skip


def kept(given: Mapping[str, str]) -> dict[str, str]:
    """Return those of the given fields that belong to the form: what a draft keeps."""
    return {name: value for name, value in given.items() if name in CALLER or _of_demand(name) is not None}


def read(code: str, given: Mapping[str, str]) -> Call:
    """Read a call from a form or a draft.

    Raises:
        InvalidInput: something is longer than it may be.
    """
    found: dict[int, dict[str, str]] = {}
    for name, value in given.items():
        of = _of_demand(name)
        if of is not None:
            found.setdefault(of[0], {})[of[1]] = _limited(of[1], value)
    return Call(
        code,
        _limited("name", given.get("name", "")).strip(),
        _limited("phone", given.get("phone", "")).strip(),
        given.get("secret") == "1",
        given.get("language", "zh") if given.get("language") in {code for code, _ in LANGUAGES} else "zh",
        {number: Filled(**found[number]) for number in sorted(found)},
    )


def one_demand(number: int, given: Mapping[str, str]) -> Filled:
    """Read one demand of a form."""
    return read("", given).demands.get(number, Filled())


def _of_demand(name: str) -> tuple[int, str] | None:
    match = _NAME.fullmatch(name)
    if match is None or match[2] not in _FIELDS or int(match[1]) >= MOST_DEMANDS:
        return None
    return int(match[1]), match[2]


def _limited(name: str, value: str) -> str:
    most = _LONGEST.get(name, _PLAIN)
    if len(value) > most:
        raise InvalidInput(
            "call.too_long",
            Text("有一项内容超过{most}字", "something exceeds {most} characters").fill(most=most),
            Text("请精简后再提交", "shorten it"),
        )
    return value.replace("\r\n", "\n")
