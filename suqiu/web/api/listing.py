"""Which orders a list or an export holds: filters, and the cursor that goes on where a page ended."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import Channel, OrderType, Status, Urgency
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.api.rest.shapes import Id, Moment
from suqiu.web.api.shown import BESIDE
from suqiu.web.orders import flow
from suqiu.web.orders.models import Order, Step

MOST_A_PAGE = 200


class OrderFilter(Schema):
    """What to look for; what is absent does not limit 查询条件."""

    status: Annotated[list[Status], Field(max_length=20)] = Field(default_factory=list)
    type: OrderType | None = None
    channel: Channel | None = None
    urgency: Urgency | None = None
    category: Id | None = Field(default=None, description="含下级 with what is below it")
    place: Id | None = Field(default=None, description="含下级 with what lies in it")
    department: Id | None = Field(default=None, description="主办单位 lead unit")
    supervised: bool | None = None
    accepted_from: Moment | None = None
    accepted_to: Moment | None = Field(default=None, description="不含 exclusive")
    due_before: Moment | None = None
    changed_since: Moment | None = Field(default=None, description="此后有新环节 with a step since")


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and where to go on 一页."""

    rows: list[Order]
    next: str | None


def chosen(actor: Actor, wanted: OrderFilter) -> QuerySet[Order]:
    """Return the orders in an actor's scope that a filter lets through, the youngest first."""
    condition = Q()
    if wanted.status:
        condition &= Q(status__in=[str(one) for one in wanted.status])
    for name in ("type", "channel", "urgency", "department", "supervised"):
        value = getattr(wanted, name)
        if value is not None:
            condition &= Q(**{name: value if isinstance(value, bool) else str(value)})
    for name in ("category", "place"):
        value = getattr(wanted, name)
        if value is not None:
            condition &= Q(**{name: value}) | Q(**{f"{name}__startswith": f"{value}."})
    for name, lookup in (
        ("accepted_from", "accepted_at__gte"), ("accepted_to", "accepted_at__lt"), ("due_before", "due_at__lt"),
    ):  # fmt: skip
        value = getattr(wanted, name)
        if value is not None:
            condition &= Q(**{lookup: value})
    if wanted.changed_since is not None:
        condition &= Q(Exists(Step.objects.filter(order=OuterRef("pk"), at__gte=wanted.changed_since)))
    return flow.visible(actor).filter(condition).order_by("-accepted_at", "-pk")


def page(rows: QuerySet[Order], cursor: str | None, limit: int) -> Page:
    """Return a page of a query that `chosen` made.

    Raises:
        InvalidInput: the cursor is none of ours.
    """
    if cursor:
        at, key = _read(cursor)
        rows = rows.filter(Q(accepted_at__lt=at) | Q(accepted_at=at, pk__lt=key))
    found = list(rows.select_related(*BESIDE).prefetch_related("units")[: limit + 1])
    shown = found[:limit]
    more = len(found) > limit
    return Page(shown, _write(shown[-1]) if more else None)


def refuse_unknown(request: HttpRequest, *others: str) -> None:
    """Refuse a filter of orders that does not exist: a misspelt one would let everything through.

    Raises:
        InvalidInput: the query names something unknown.
    """
    refuse_strange(request, {*OrderFilter.model_fields, *others})


def refuse_strange(request: HttpRequest, known: set[str]) -> None:
    """Refuse a query that names something unknown.

    Raises:
        InvalidInput: it does.
    """
    if strange := sorted(set(request.GET) - known):
        raise InvalidInput(
            "api.unknown_parameter",
            Text("不认识查询参数“{name}”", "there is no query parameter “{name}”").fill(name=strange[0][:40]),
            Text("可用参数：{known}", "known: {known}").fill(known=", ".join(sorted(known))),
        )


def _write(row: Order) -> str:
    return base64.urlsafe_b64encode(f"{row.accepted_at.isoformat()}|{row.pk}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, int]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        at, _, key = text.partition("|")
        moment = datetime.fromisoformat(at)
    except (ValueError, binascii.Error) as error:
        raise _no_cursor() from error
    if moment.tzinfo is None or not key.isdecimal() or len(key) > 18:
        raise _no_cursor()
    return moment, int(key)


def _no_cursor() -> InvalidInput:
    return InvalidInput(
        "api.cursor",
        Text("游标无效", "the cursor is none of ours"),
        Text("请使用上一页应答中的next", "use the “next” of the page before"),
    )
