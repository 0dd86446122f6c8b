"""Demands that come in by Open311."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from suqiu.domain.errors import InvalidInput, NotPermitted
from suqiu.domain.order import Channel, OrderType, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import step_right
from suqiu.web.api.open311 import places, services
from suqiu.web.api.open311.heard import number, required, wrong
from suqiu.web.orders import flow
from suqiu.web.site import site
from suqiu.web.vault.safe import Identity

_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,40})\](\[\])?")
_KNOWN = frozenset(
    {
        "api_key", "jurisdiction_id", "service_code", "lat", "long", "address_string", "address_id", "email",
        "device_id", "account_id", "first_name", "last_name", "phone", "description", "media_url",
    }
)  # fmt: skip
_LONGEST = {
    "address_string": 200, "email": 120, "first_name": 30, "last_name": 30, "phone": 40, "device_id": 100,
    "media_url": 500, "account_id": 60,
}  # fmt: skip


def accept(caller: Actor, said: Mapping[str, str]) -> list[dict[str, Any]]:
    """Take down a service request; who asks goes into the vault, links are kept as words and never followed.

    Raises:
        NotPermitted: the token is missing, or may not hand in demands.
        InvalidInput: something is missing or not as it must be.
        NotFound: there is no such service.
    """
    if not caller.may(step_right(StepKind.ACCEPT)):
        raise NotPermitted(
            "open311.api_key",
            Text("缺少有效的api_key，或该api_key不能提交诉求", "api_key is missing, not valid, or may not hand in"),
            Text("请向热线管理单位申请", "ask the hotline for one"),
        )
    service = services.find(required(said, "service_code"))
    _refuse_strange(said)
    lon, lat, place, address = _where(said)
    attributes = _attributes(said)
    description = said.get("description", "").strip()
    media = _link(said.get("media_url", "").strip())
    text = description or services.path_of(service.id)
    demand = flow.Demand(
        title=(description.splitlines()[0] if description else service.name)[:60],
        text=f"{text}\n媒体链接：{media}" if media else text,
        type=attributes.get(services.DEMAND_TYPE, ""),
        category=service.id,
        place=place,
        address=address,
        object_name=attributes.get(services.OBJECT_NAME, ""),
        lon=lon,
        lat=lat,
    )
    who = Identity(
        f"{said.get('last_name', '').strip()}{said.get('first_name', '').strip()}", said.get("phone", "").strip(),
        said.get("email", "").strip(),
    )  # fmt: skip
    secret = attributes.get(services.SECRET) == "yes"
    _, orders = flow.accept(caller, flow.Coming(str(Channel.APP), who, secret), [demand])
    return [{"service_request_id": orders[0].number, "service_notice": None, "account_id": None}]


def _where(said: Mapping[str, str]) -> tuple[float | None, float | None, str, str]:
    lat, lon = number(said, "lat", -90, 90), number(said, "long", -180, 180)
    address, place = said.get("address_string", "").strip(), said.get("address_id", "").strip()
    if (lat is None) != (lon is None):
        raise wrong("lat, long", "lat & long")
    if place and place not in site().city.region_by_id:
        raise wrong("address_id", "03.05.011")
    if lat is None and not address and not place:
        raise InvalidInput(
            "open311.where",
            Text("缺少地点：lat与long、address_string或address_id", "lat and long, address_string or address_id lack"),
            Text("请至少给出一种", "give one of them"),
        )
    if lat is not None and lon is not None and not place:
        place = places.region_at(lon, lat)
    return lon, lat, place, address


def _attributes(said: Mapping[str, str]) -> dict[str, str]:
    found = {match[1]: value.strip() for name, value in said.items() if (match := _ATTRIBUTE.fullmatch(name))}
    known = {services.DEMAND_TYPE, services.SECRET, services.OBJECT_NAME}
    if strange := set(found) - known:
        raise wrong(f"attribute[{sorted(strange)[0]}]", ", ".join(sorted(known)))
    if found.get(services.DEMAND_TYPE, "") not in {"", *map(str, OrderType)}:
        raise wrong(services.DEMAND_TYPE, ", ".join(OrderType))
    if found.get(services.SECRET, "") not in {"", "yes", "no"}:
        raise wrong(services.SECRET, "yes, no")
    if len(found.get(services.OBJECT_NAME, "")) > 100:
        raise wrong(services.OBJECT_NAME, "≤ 100")
    return found


def _refuse_strange(said: Mapping[str, str]) -> None:
    for name, value in said.items():
        if name not in _KNOWN and not _ATTRIBUTE.fullmatch(name):
            raise wrong(name[:40], ", ".join(sorted(_KNOWN - {"api_key"})))
        if len(value) > _LONGEST.get(name, 4000):
            raise wrong(name, f"≤ {_LONGEST[name]}")


def _link(url: str) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise wrong("media_url", "https://…") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or not re.fullmatch(r"[\x21-\x7e]+", url):
        raise wrong("media_url", "https://…")
    return url
