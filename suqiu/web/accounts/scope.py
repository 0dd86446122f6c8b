"""Which orders somebody may see 数据范围: by unit, region and category, as one filter that every list goes through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from suqiu.domain.city import City
from suqiu.web.accounts.roles import UNIT_BOUND, Role
from suqiu.web.site import site


@dataclass(frozen=True, slots=True)
class Scope:
    """A limit on orders; a part that is None does not limit 数据范围.

    Attributes:
        departments: ids of the units that lead or assist; an empty set lets nothing through.
        regions: region ids; an order lies in one of them or in a part of it.
        categories: category ids, likewise.
    """

    departments: frozenset[str] | None = None
    regions: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None

    @classmethod
    def of(
        cls, roles: frozenset[Role], departments: Sequence[str], regions: Sequence[str], categories: Sequence[str]
    ) -> Scope:
        """Return the scope of somebody: a role bound to units, without a unit, sees nothing."""
        bound = bool(roles) and roles <= UNIT_BOUND
        units = with_units_below(departments, site().city) if departments or bound else None
        return cls(units, tuple(regions) or None, tuple(categories) or None)

    def filter(self) -> Q:
        """Return the condition on `orders.Order`; it holds for what is in scope and nothing else."""
        condition = Q()
        if self.departments is not None:
            from suqiu.web.orders.models import Unit

            condition &= Q(pk__in=Unit.objects.filter(department__in=self.departments).values("order_id"))
        if self.regions is not None:
            condition &= _within("place", self.regions)
        if self.categories is not None:
            condition &= _within("category", self.categories)
        return condition

    def holds(self, units: Iterable[str], place: str | None, category: str | None) -> bool:
        """Say whether an order with these units, this deepest region and this category is in scope."""
        return (
            (self.departments is None or not self.departments.isdisjoint(units))
            and (self.regions is None or _is_within(place, self.regions))
            and (self.categories is None or _is_within(category, self.categories))
        )


def with_units_below(departments: Sequence[str], city: City) -> frozenset[str]:
    """Return units with those below them: a district government's are those of the regions in its region."""
    found = set(departments)
    for id_ in departments:
        above = city.department_by_id.get(id_)
        if above is not None and above.region is not None:
            found |= {one.id for one in city.departments if one.region and _is_within(one.region, (above.region,))}
    return frozenset(found)


def _within(field: str, ids: Sequence[str]) -> Q:
    condition = Q(pk__in=[])
    for id_ in ids:
        condition |= Q(**{field: id_}) | Q(**{f"{field}__startswith": f"{id_}."})
    return condition


def _is_within(value: str | None, ids: Sequence[str]) -> bool:
    return value is not None and any(value == id_ or value.startswith(f"{id_}.") for id_ in ids)
