"""What can be asked for: every category without children is a service of Open311, its id the service_code."""

from __future__ import annotations

from typing import Any

from suqiu.domain.city import Category
from suqiu.domain.errors import NotFound
from suqiu.domain.order import NAMES, OrderType
from suqiu.domain.text import Text
from suqiu.web.site import site
from suqiu.web.wording import told

DEMAND_TYPE, SECRET, OBJECT_NAME = "demand_type", "secret", "object_name"


def listed() -> list[dict[str, Any]]:
    """Return every service, as the service list has it."""
    return [_service(one) for one in site().city.taxonomy.leaves]


def defined(code: str) -> dict[str, Any]:
    """Return what a service asks for besides.

    Raises:
        NotFound: there is no such service.
    """
    find(code)
    return {"service_code": code, "attributes": _attributes()}


def find(code: str) -> Category:
    """Return the category behind a service_code.

    Raises:
        NotFound: there is none.
    """
    for one in site().city.taxonomy.leaves:
        if one.id == code:
            return one
    raise NotFound(
        "open311.service",
        Text("没有该service_code", "there is no such service_code"),
        Text("请从services列表中选取", "choose one from services"),
    )


def name_of(category: str) -> str:
    """Return a category's name; empty where there is none of this id."""
    found = site().city.taxonomy.by_id.get(category)
    return found.name if found is not None else ""


def path_of(category: str) -> str:
    """Return a category's words, the widest first."""
    taxonomy = site().city.taxonomy
    return "—".join(node.name for node in taxonomy.path(category)) if category in taxonomy.by_id else ""


def _service(one: Category) -> dict[str, Any]:
    return {
        "service_code": one.id,
        "service_name": one.name,
        "description": path_of(one.id),
        "metadata": True,
        "type": "realtime",
        "keywords": ", ".join(one.about.replace("，", " ").replace("、", " ").replace(",", " ").split()),
        "group": site().city.taxonomy.path(one.id)[0].name,
    }


def _attributes() -> list[dict[str, Any]]:
    yes_no = [("yes", Text("是", "yes")), ("no", Text("否", "no"))]
    asked: tuple[tuple[str, str, Text, list[tuple[str, Text]]], ...] = (
        (DEMAND_TYPE, "singlevaluelist", Text("诉求类型", "kind of demand"),
         [(str(one), NAMES[one]) for one in OrderType]),
        (SECRET, "singlevaluelist", Text("是否对承办单位保密", "keep the caller from the unit"), yes_no),
        (OBJECT_NAME, "string", Text("被反映对象", "whom or what it is about"), []),
    )  # fmt: skip
    return [
        {
            "variable": True,
            "code": code,
            "datatype": datatype,
            "required": False,
            "datatype_description": "",
            "order": order,
            "description": told(words),
            "values": [{"key": key, "name": told(name)} for key, name in values],
        }
        for order, (code, datatype, words, values) in enumerate(asked, 1)
    ]
