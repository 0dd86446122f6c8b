"""Which orders a figure is about: a person's scope and what the reader chose, as one condition on the lake."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

import ibis

from suqiu.domain.city import City
from suqiu.web.accounts.scope import Scope

#: What orders may be limited by.
KINDS = ("department", "region", "category", "type", "channel")
#: Tables of the lake whose rows belong to an order.
_OF_ORDERS = ("steps", "calls", "call_backs", "readings", "event_orders", "orders")


@dataclass(frozen=True, slots=True)
class Limit:
    """One condition 限定条件.

    Attributes:
        kind: one of `KINDS`.
        ids: any of them; a region or category means what lies in it too; none lets nothing through.
    """

    kind: str
    ids: tuple[str, ...]

    def holds(self, cases: ibis.Table) -> ibis.Value:
        """Return the condition on the table CASES."""
        if not self.ids:
            return ibis.literal(False)
        if self.kind == "region":
            columns = [cases.district, cases.street, cases.community]
            found = reduce(or_, (column.isin(self.ids) for column in columns))
        elif self.kind == "category":
            below = (cases.category.startswith(f"{id_}.") for id_ in self.ids)
            found = reduce(or_, below, cases.category.isin(self.ids))
        else:
            found = cases[self.kind].isin(self.ids)
        return found.fill_null(False)


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of all orders that a figure may be about 取数范围.

    Attributes:
        scope: what the person may see.
        chosen: what the reader asked for, within it.
    """

    scope: tuple[Limit, ...] = ()
    chosen: tuple[Limit, ...] = ()

    @classmethod
    def of(cls, scope: Scope) -> Cut:
        """Return the part of all orders that lies in a scope; an order's unit here is its lead unit."""
        parts = {"department": scope.departments, "region": scope.regions, "category": scope.categories}
        return cls(tuple(Limit(kind, tuple(sorted(ids))) for kind, ids in parts.items() if ids is not None))

    @property
    def mark(self) -> str:
        """What the id of a fact about such a part says of it; empty for all orders."""
        return "&".join(f"{limit.kind}={','.join(limit.ids)}" for limit in (*self.scope, *self.chosen))

    def narrowed(self, kind: str, id_: str) -> Cut:
        """Return the part of it that also has this unit, region, category, type or channel."""
        return replace(self, chosen=(*self.chosen, Limit(kind, (id_,)))) if id_ else self

    @property
    def is_whole(self) -> bool:
        """Whether it is all orders."""
        return not self.scope and not self.chosen

    def ids(self, kind: str) -> frozenset[str] | None:
        """Return the ids that the scope allows of a kind; None when it does not limit it."""
        return next((frozenset(limit.ids) for limit in self.scope if limit.kind == kind), None)

    def allows(self, kind: str, id_: str) -> bool:
        """Say whether something may be shown at all: a unit of the scope, a region or category in or above it."""
        allowed = self.ids(kind)
        if allowed is None or id_ in allowed:
            return True
        if kind not in {"region", "category"}:
            return False
        return any(id_.startswith(f"{one}.") or one.startswith(f"{id_}.") for one in allowed)

    def holds_all_of(self, kind: str, id_: str) -> bool:
        """Say whether a region or category lies wholly in the scope."""
        allowed = self.ids(kind)
        return allowed is None or any(id_ == one or id_.startswith(f"{one}.") for one in allowed)

    def within(self, tables: Mapping[str, ibis.Table]) -> dict[str, ibis.Table]:
        """Return the tables with nothing but rows of these orders; `cases` must be among them."""
        if self.is_whole:
            return dict(tables)
        cases = tables["cases"]
        for limit in (*self.scope, *self.chosen):
            cases = cases.filter(limit.holds(cases))
        kept = {"cases": cases}
        for name in _OF_ORDERS:
            if name in tables:
                kept[name] = tables[name].semi_join(cases, "order_id")
        return kept

    def city(self, city: City) -> City:
        """Return the city with the residents of just these orders' regions: unknown where they are not all in it."""
        limits = [limit for limit in (*self.scope, *self.chosen) if limit.kind == "region"]
        if not limits:
            return city
        allowed = reduce(_shared, (limit.ids for limit in limits))
        known = [city.region_by_id[id_].population for id_ in allowed if id_ in city.region_by_id]
        whole = sum(one for one in known if one) if known and None not in known else None
        regions = tuple(
            region if _lies_in(region.id, allowed) else replace(region, population=None) for region in city.regions
        )
        return replace(city, population=whole, regions=regions)


def _lies_in(id_: str, above: Collection[str]) -> bool:
    return any(id_ == one or id_.startswith(f"{one}.") for one in above)


def _shared(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Return the regions that lie in both."""
    both = [id_ for id_ in some if _lies_in(id_, others)] + [id_ for id_ in others if _lies_in(id_, some)]
    return tuple(dict.fromkeys(both))
