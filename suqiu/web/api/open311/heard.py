"""What Open311 callers say, in whatever form they say it: a query, a form, JSON or XML, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.http import HttpRequest

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.web.api.answers import Turned, malformed
from suqiu.web.api.reading import parsed, refuse_hidden
from suqiu.web.site import site

_LONGEST = 4000
_MOMENT = "2026-05-01T09:30:00+08:00"


def parameters(request: HttpRequest) -> Mapping[str, str]:
    """Return everything that was said, from the query and the body, by name.

    Raises:
        InvalidInput: something stands twice, is too long, or hides signs.
        Turned: the body cannot be taken apart.
    """
    known = cast(Any, request).__dict__.get("_heard")
    if known is None:
        known = cast(Any, request)._heard = _read(request)
    return cast(Mapping[str, str], known)


def api_key(request: HttpRequest) -> str:
    """Return the token as the specification wants it sent."""
    return parameters(request).get("api_key", "")


def required(said: Mapping[str, str], name: str) -> str:
    """Return what must be there.

    Raises:
        InvalidInput: it is not.
    """
    value = said.get(name, "").strip()
    if not value:
        raise InvalidInput(
            "open311.missing",
            Text("缺少{name}", "{name} is missing").fill(name=name),
            Text("请对照GeoReport v2补充该参数", "give it as GeoReport v2 says"),
        )
    return value


def moment(said: Mapping[str, str], name: str) -> datetime | None:
    """Return a moment with its zone; None where it is not given."""
    text = said.get(name, "").strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus that nobody escaped is a blank by now
    except ValueError as error:
        raise wrong(name, _MOMENT) from error
    if at.tzinfo is None or not 1970 < at.year < 9000:
        raise wrong(name, _MOMENT)
    return at


def number(said: Mapping[str, str], name: str, low: float, high: float) -> float | None:
    """Return a number within bounds; None where it is not given."""
    text = said.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise wrong(name, f"{low:g} … {high:g}") from error
    if not (low <= value <= high and text.isascii() and len(text) < 30):
        raise wrong(name, f"{low:g} … {high:g}")
    return value


def wrong(name: str, accepted: str) -> InvalidInput:
    """Return the refusal of a value."""
    return InvalidInput(
        "open311.invalid",
        Text("{name}的值无效", "{name} has no valid value").fill(name=name),
        Text("可用的值：{accepted}", "accepted: {accepted}").fill(accepted=accepted),
    )


def check_jurisdiction(said: Mapping[str, str]) -> None:
    """Refuse a jurisdiction that is not this city; naming none is naming this one."""
    if said.get("jurisdiction_id", site().city.id) not in {site().city.id, ""}:
        raise NotFound(
            "open311.jurisdiction",
            Text("没有该jurisdiction_id", "there is no such jurisdiction_id"),
            Text("可用的值：{id}", "accepted: {id}").fill(id=site().city.id),
        )


def _read(request: HttpRequest) -> dict[str, str]:
    pairs = [(name, value) for name, values in request.GET.lists() for value in values]
    if request.method == "POST":
        kind = (request.content_type or "").lower()
        if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
            pairs += [(name, value) for name, values in request.POST.lists() for value in values]
        elif kind == "application/json":
            pairs += _flat(parsed(request.body))
        elif kind in {"text/xml", "application/xml"}:
            pairs += _elements(request.body)
        else:
            raise Turned(
                415,
                "api.media_type",
                Text("不支持该内容类型", "bodies of this kind are not taken"),
                Text("请以application/x-www-form-urlencoded提交", "send application/x-www-form-urlencoded"),
            )
    found: dict[str, str] = {}
    for name, value in pairs:
        refuse_hidden(name)
        refuse_hidden(value)
        if name in found or len(name) > 80 or len(value) > _LONGEST or len(found) > 60:
            raise InvalidInput(
                "open311.unclear",
                Text("参数重复、过多或过长", "a parameter stands twice or is too long, or there are too many"),
                Text("每个参数只写一次，至多4000字", "say each once, in at most 4000 characters"),
            )
        found[name] = value
    return found


def _flat(body: Any) -> list[tuple[str, str]]:
    if not isinstance(body, dict):
        raise malformed()
    found = []
    for name, value in body.items():
        if name == "attribute" and isinstance(value, dict):
            found += [(f"attribute[{key}]", _plain(one)) for key, one in value.items()]
        elif value is not None:
            found.append((name, _plain(value)))
    return found


def _plain(value: Any) -> str:
    if isinstance(value, str | int | float):
        return str(value)
    raise malformed()


def _elements(body: bytes) -> list[tuple[str, str]]:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
        raise malformed() from error
    if any(len(one) for one in root):
        raise malformed()
    return [
        (f"attribute[{one.get('code')}]" if one.tag == "attribute" else str(one.tag), one.text or "") for one in root
    ]
