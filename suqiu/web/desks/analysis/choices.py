"""What the form of a question offers, within somebody's scope."""

from __future__ import annotations

from typing import Any

from suqiu import analysis
from suqiu.domain.city import RegionLevel
from suqiu.domain.order import NAMES, Channel, OrderType
from suqiu.domain.text import Text
from suqiu.web.desks.analysis.asking import (
    CHARTS,
    COMPARISONS,
    DIMENSION_NAMES,
    Question,
    charts_of,
    cuts_of,
    measures_for,
)
from suqiu.web.results.cut import Cut
from suqiu.web.site import site
from suqiu.web.wording import told

_GROUPS: dict[str, Text] = {
    "V": Text("总量与构成", "volumes and mixes"),
    "A": Text("接入", "access"),
    "B": Text("派单", "dispatch"),
    "C": Text("办理与评价", "handling and verdict"),
    "S": Text("综合", "composed"),
}
#: How deep the lists of categories and regions go; a deeper one that is asked for is offered too.
_LEVELS = 2

Choice = tuple[str, str]


def choices(question: Question, scope: Cut) -> dict[str, Any]:
    """Return every list of the form: value and name, groups by name where there are any."""
    return {
        "measures": _measures(scope),
        "dimensions": [(key, told(name)) for key, name in DIMENSION_NAMES.items() if key in cuts_of(question.measure)],
        "comparisons": [(key, told(name)) for key, name in COMPARISONS.items()],
        "charts": [(key, told(CHARTS[key])) for key in ("", *charts_of(question.measure, question.by))],
        "categories": _categories(question, scope),
        "regions": _regions(question, scope),
        "units": [
            (one.id, one.name) for one in site().city.departments if scope.allows("department", one.id)
        ],
        "types": [(str(code), told(NAMES[code])) for code in OrderType],
        "channels": [(str(code), told(NAMES[code])) for code in Channel],
    }  # fmt: skip


def _measures(scope: Cut) -> list[tuple[str, list[Choice]]]:
    names = {entry.measure: told(entry.name) for entry in analysis.catalogue()}
    offered = measures_for(scope)
    return [
        (told(group), [(id_, f"{names[id_]}（{id_}）") for id_ in offered if id_.startswith(letter)])
        for letter, group in _GROUPS.items()
    ]


def _categories(question: Question, scope: Cut) -> list[Choice]:
    return [
        (node.id, "　" * (node.level - 1) + node.name)
        for node in site().city.taxonomy.categories
        if (node.level <= _LEVELS or node.id == question.category) and scope.allows("category", node.id)
    ]


def _regions(question: Question, scope: Cut) -> list[Choice]:
    return [
        (region.id, "　" * region.id.count(".") + region.name)
        for region in site().city.regions
        if (region.level is not RegionLevel.COMMUNITY or region.id == question.region)
        and scope.allows("region", region.id)
    ]
