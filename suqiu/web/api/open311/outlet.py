"""The public side of orders: what kind, what about, in which street, when, how it stands; never who or in what words.

A token that may read orders sees more of those in its scope: their redacted texts, place, unit and reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.order import OrderType, Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor, rule
from suqiu.web.accounts.roles import Right
from suqiu.web.api.answers import no_token
from suqiu.web.api.open311 import places, services
from suqiu.web.api.open311.heard import moment, number, wrong
from suqiu.web.orders import flow
from suqiu.web.orders.models import Order, Step
from suqiu.web.site import site

CLOSED = frozenset(
    {
        Status.CLOSED, Status.APPRAISED, Status.ARCHIVED, Status.MERGED, Status.WITHDRAWN,
    }
)  # fmt: skip
_MOST = 1000
_DAYS = 90
_NEVER = Q(secret=True) | Q(contact__secret=True) | Q(type=OrderType.REPORT) | Q(status=Status.VOIDED) | Q(category="")


def published() -> QuerySet[Order]:
    """Return the orders that have a public side: no secret caller, no report of wrongdoing, no emergency."""
    return flow.visible(rule("open311", Right.SEE_ORDERS)).exclude(_NEVER).filter(emergency_cue="")


def listed(caller: Actor, said: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the requests that a query asks for, the youngest first.

    Raises:
        InvalidInput: a parameter has no valid value.
        Turned: this installation shows them to holders of a token only.
    """
    rows = _open_to(caller)
    if ids := said.get("service_request_id", "").strip():
        numbers = [one.strip() for one in ids.split(",") if one.strip()][:_MOST]
        return _shown(caller, rows.filter(number__in=numbers))
    start, end = _span(said)
    rows = rows.filter(accepted_at__gte=start, accepted_at__lte=end)
    if codes := said.get("service_code", "").strip():
        rows = rows.filter(category__in=[services.find(one.strip()).id for one in codes.split(",")[:100]])
    if wanted := said.get("status", "").strip():
        kinds = {one.strip() for one in wanted.split(",")}
        if not kinds <= {"open", "closed"}:
            raise wrong("status", "open, closed")
        if len(kinds) == 1:
            closed = Q(status__in=[str(one) for one in CLOSED])
            rows = rows.filter(closed if "closed" in kinds else ~closed)
    page, size = int(number(said, "page", 1, 10_000) or 1), int(number(said, "page_size", 1, _MOST) or _MOST)
    return _shown(caller, rows.order_by("-accepted_at", "-pk")[(page - 1) * size : page * size])


def one(caller: Actor, number_: str) -> list[dict[str, Any]]:
    """Return one request.

    Raises:
        NotFound: there is none that the caller may see.
    """
    found = _shown(caller, _open_to(caller).filter(number=number_))
    if not found:
        raise NotFound(
            "open311.request",
            Text("没有该service_request_id", "there is no such service_request_id"),
            Text("请核对编号", "check the id"),
        )
    return found


def _open_to(caller: Actor) -> QuerySet[Order]:
    """Return what a caller may see at all: the public side, and with a token what is in its scope."""
    if caller.may(Right.SEE_ORDERS):
        return Order.objects.filter(Q(pk__in=published().values("pk")) | Q(pk__in=flow.visible(caller).values("pk")))
    if site().settings.open311 == "token":
        raise no_token()
    return published()


def _span(said: Mapping[str, str]) -> tuple[datetime, datetime]:
    now = site().now()
    start, end = moment(said, "start_date"), moment(said, "end_date")
    end = end or (min(now, start + timedelta(days=_DAYS)) if start is not None else now)
    start = start or end - timedelta(days=_DAYS)
    if end - start > timedelta(days=_DAYS):
        raise InvalidInput(
            "open311.span",
            Text("一次至多查询90天", "at most 90 days at a time"),
            Text("请缩小start_date与end_date的间隔", "bring start_date and end_date closer together"),
        )
    return start, end


def _shown(caller: Actor, rows: QuerySet[Order]) -> list[dict[str, Any]]:
    found = list(rows)
    full: set[int] = set()
    if caller.may(Right.SEE_ORDERS) and found:
        full = set(flow.visible(caller).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True))
    replies = dict(
        Step.objects.filter(order_id__in=full, kind=StepKind.REPLY).order_by("seq").values_list("order_id", "text")
    )
    return [_request(row, full=row.pk in full, reply=replies.get(row.pk, "")) for row in found]


def _request(row: Order, *, full: bool, reply: str) -> dict[str, Any]:
    street = places.street_of(row.place)
    lon_lat = (row.lon, row.lat) if full and row.lon is not None else places.centre_of(street) or (None, None)
    due, unit = row.close_due_at or row.reply_due_at, site().city.department_by_id.get(row.department)
    closed = row.status in CLOSED
    return {
        "service_request_id": row.number,
        "status": "closed" if closed else "open",
        "status_notes": reply if full else None,
        "service_name": services.name_of(row.category),
        "service_code": row.category or None,
        "description": f"{row.title}\n{row.text}" if full else services.path_of(row.category),
        "agency_responsible": unit.name if full and unit is not None else None,
        "service_notice": None,
        "requested_datetime": _local(row.accepted_at),
        "updated_datetime": _local(row.status_at),
        "expected_datetime": None if closed else _local(due),
        "address": (row.address if full else "") or places.name_of(street) or None,
        "address_id": (row.place if full else street) or None,
        "zipcode": None,
        "lat": lon_lat[1],
        "long": lon_lat[0],
        "media_url": None,
    }


def _local(when: datetime | None) -> datetime | None:
    return when.astimezone(site().zone) if when is not None else None
