"""Tabs and pages of the desks' lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from suqiu.domain.errors import NotFound
from suqiu.domain.text import Text
from suqiu.web.orders.models import Order

PAGE = 50
_MOST_PAGES = 200


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of a desk.

    Attributes:
        key: in the address.
        name: as shown.
        hint: what to do when it is empty, or what it holds.
        condition: which orders.
        order: how they are sorted.
    """

    key: str
    name: Text
    hint: Text
    condition: Q
    order: tuple[str, ...] = ("due_at", "accepted_at")


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list.

    Attributes:
        orders: at most as many as fit.
        number: of the page, from 1.
        more: there is another.
    """

    orders: list[Order]
    number: int
    more: bool


def chosen(request: HttpRequest, tabs: Sequence[Tab]) -> Tab:
    """Return the tab that the address names, else the first.

    Raises:
        NotFound: it names none.
    """
    key = request.GET.get("tab", tabs[0].key)
    for tab in tabs:
        if tab.key == key:
            return tab
    raise NotFound("desk.tab", Text("没有这个列表", "no such list"), Text("请从页面上的标签进入", "use the tabs"))


def counts(orders: QuerySet[Order], tabs: Sequence[Tab]) -> Mapping[str, int]:
    """Return how many orders each tab holds, in one question."""
    return orders.order_by().aggregate(**{tab.key: Count("pk", filter=tab.condition) for tab in tabs})


def page(request: HttpRequest, orders: QuerySet[Order], tab: Tab, size: int = PAGE) -> Listed:
    """Return the page of a list that the address names, with so many orders."""
    said = request.GET.get("page", "1")
    number = min(int(said), _MOST_PAGES) if said.isdecimal() and 0 < len(said) < 5 and int(said) > 0 else 1
    start = (number - 1) * size
    rows = list(orders.filter(tab.condition).order_by(*tab.order, "pk")[start : start + size + 1])
    return Listed(rows[:size], number, len(rows) > size)
