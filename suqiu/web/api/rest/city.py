"""The city's catalogues: categories, units, duties, regions, limits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from suqiu.web.api.rest.shapes import CategoryOut, DepartmentOut, DutyOut, LimitOut, RegionOut
from suqiu.web.site import site

router = Router()


@router.get("/categories", response=list[CategoryOut], summary="诉求分类 Categories", operation_id="categories")
def categories(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the taxonomy, parents before children."""
    return [
        {"id": one.id, "name": one.name, "parent": one.parent, "level": one.level}
        for one in site().city.taxonomy.categories
    ]


@router.get("/departments", response=list[DepartmentOut], summary="承办单位 Units", operation_id="departments")
def departments(request: HttpRequest) -> list[dict[str, Any]]:
    """Return every body that handles orders."""
    return [
        {"id": one.id, "name": one.name, "kind": str(one.kind), "region": one.region}
        for one in site().city.departments
    ]  # fmt: skip


@router.get("/duties", response=list[DutyOut], summary="职责清单 Duties", operation_id="duties")
def duties(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the dispatch catalogue: who leads and who assists, by which rule."""
    return [
        {"id": one.id, "category": one.category, "what": one.what, "clause": one.clause, "lead": one.lead,
         "assisting": list(one.assisting), "district_assists": one.district_assists}
        for one in site().city.duties
    ]  # fmt: skip


@router.get("/regions", response=list[RegionOut], summary="区划 Regions", operation_id="regions")
def regions(request: HttpRequest) -> list[dict[str, Any]]:
    """Return districts, streets and communities."""
    return [
        {"id": one.id, "name": one.name, "level": str(one.level), "parent": one.parent} for one in site().city.regions
    ]


@router.get("/limits", response=list[LimitOut], summary="办理时限 Time limits", operation_id="limits")
def limits(request: HttpRequest) -> list[dict[str, Any]]:
    """Return every time limit, by stage, type and urgency."""
    return [
        {"stage": str(one.stage), "type": one.type, "urgency": one.urgency, "amount": one.amount,
         "unit": str(one.unit)}
        for one in site().city.limits.limits
    ]  # fmt: skip
