"""What comes in as JSON or a query is read strictly: bad encoding, depth, doubled names, hidden signs are refused."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.web.api.answers import Turned, malformed

_DEEPEST = 12
_DIGITS = 25
#: Signs that show nothing or turn the writing direction; a joiner inside emoji (U+200D) is left alone.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)


class Strict(Parser):
    """The parser of the REST interface."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return a JSON body.

        Raises:
            Turned: it is no JSON, or not JSON as we take it.
        """
        kind = (request.content_type or "").lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise Turned(
                415,
                "api.media_type",
                Text("请求内容应为JSON", "the body must be JSON"),
                Text("请设置Content-Type: application/json", "send Content-Type: application/json"),
            )
        read: dict[str, Any] = parsed(request.body)
        return read

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Return a query or a form as a mapping; a name that may stand once and stands twice is refused."""
        for name in data:
            values = data.getlist(name)
            if name not in list_fields and len(values) > 1:
                raise _doubled(name)
            for value in (name, *values):
                refuse_hidden(value if isinstance(value, str) else value.name or "")
        return super().parse_querydict(data, list_fields, request)


def parsed(body: bytes) -> Any:
    """Read JSON strictly.

    Raises:
        Turned: it is no JSON in UTF-8, goes too deep, or holds NaN or numbers beyond measure.
        InvalidInput: it names something twice, or hides signs in texts.
    """
    try:
        text = body.decode("utf-8")
        _refuse_depth(text)
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise malformed() from error
    _walk(found)
    return found


def refuse_hidden(value: str) -> None:
    """Refuse a text with signs that nobody sees.

    Raises:
        InvalidInput: it holds control signs, zero-width signs, or signs that turn the writing direction.
    """
    if _HIDDEN.search(value):
        raise InvalidInput(
            "api.hidden_signs",
            Text("内容含有不可见的控制字符", "a text holds control signs that nobody sees"),
            Text("请删除零宽字符、方向控制符等后重试", "take out zero-width, direction and control signs"),
        )


def _refuse_depth(text: str) -> None:
    depth, inside, escaped = 0, False, False
    for sign in text:
        if inside:
            if escaped:
                escaped = False
            elif sign == "\\":
                escaped = True
            elif sign == '"':
                inside = False
        elif sign == '"':
            inside = True
        elif sign in "[{":
            depth += 1
            if depth > _DEEPEST:
                raise malformed()
        elif sign in "]}":
            depth -= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        raise _doubled(next(name for name, _ in pairs if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
    return found


def _no_constant(_: str) -> NoReturn:
    raise malformed()


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise malformed()
    return int(digits)


def _walk(value: Any) -> None:
    if isinstance(value, str):
        refuse_hidden(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            refuse_hidden(name)
            _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            _walk(inner)


def _doubled(name: str) -> InvalidInput:
    return InvalidInput(
        "api.doubled",
        Text("“{name}”出现了两次", "“{name}” stands twice").fill(name=name[:40]),
        Text("每个名称只能出现一次", "name everything once"),
    )
