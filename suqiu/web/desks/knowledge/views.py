"""The pages of the knowledge desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suqiu.domain.errors import Conflict, InvalidInput
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.knowledge import shelf
from suqiu.web.knowledge.models import Article
from suqiu.web.site import site
from suqiu.web.wording import told

_READ = requires(Right.READ_KNOWLEDGE, Right.EDIT_KNOWLEDGE)
_EDIT = requires(Right.EDIT_KNOWLEDGE)
_A_PAGE = 50


@_READ
@require_safe
def shelf_page(request: HttpRequest) -> HttpResponse:
    """Find articles."""
    actor = actor_of(request)
    words, category = request.GET.get("q", "").strip()[:80], request.GET.get("category", "")
    found = shelf.ending(actor) if request.GET.get("state") == "ending" else shelf.search(actor, words, category)
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "q": words,
        "category": category,
        "ending": request.GET.get("state") == "ending",
        "page": page,
        "lines": [(one, shelf.shown(one)) for one in page],
        "tops": [node for node in site().city.taxonomy.categories if node.level == 1],
        "may_edit": actor.may(Right.EDIT_KNOWLEDGE),
    }
    return render(request, "knowledge/shelf.html", context)


@_READ
@require_safe
def article(request: HttpRequest, code: str) -> HttpResponse:
    """Read one article; editors see what it said before."""
    actor = actor_of(request)
    one = shelf.find(actor, code)
    may_edit = actor.may(Right.EDIT_KNOWLEDGE)
    context = {
        "one": one,
        "state": shelf.shown(one),
        "audience": told(shelf.AUDIENCES[one.audience]),
        "may_edit": may_edit,
        "wordings": one.wordings.all()[:30] if may_edit else (),
    }
    return render(request, "knowledge/article.html", context)


@_EDIT
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a new article."""
    return _written(request, None)


@_EDIT
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Write an article anew."""
    return _written(request, shelf.find(actor_of(request), code))


@_EDIT
@require_POST
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Take an article back, or bring it back."""
    try:
        version = int(request.POST.get("version", "0"))
    except ValueError:
        version = 0
    shelf.retire(actor_of(request), code, version, request.POST.get("reason", "").strip()[:200])
    return redirect("knowledge:article", code)


@_EDIT
@require_POST
def fill(request: HttpRequest) -> HttpResponse:
    """Take in the city pack's articles."""
    shelf.fill(actor_of(request))
    return redirect("knowledge:shelf")


def _written(request: HttpRequest, one: Article | None) -> HttpResponse:
    given: dict[str, Any] = _held(one)
    fault = None
    if request.method == "POST":
        given = {name: request.POST.get(name, "").strip() for name in given}
        given["readers"] = request.POST.getlist("readers")
        try:
            code = one.code if one else given["code"] or f"N{site().now():%y%m%d%H%M%S}"
            kept = shelf.write(
                actor_of(request), code[:30], _draft(given), version=_whole(given["version"]), reason=given["reason"]
            )
        except (InvalidInput, Conflict) as error:
            fault = {"message": told(error.message), "hint": told(error.hint)}
        else:
            return redirect("knowledge:article", kept.code)
    city = site().city
    context = {
        "one": one,
        "given": given,
        "fault": fault,
        "categories": [(node.id, " › ".join(n.name for n in city.taxonomy.path(node.id))) for node in _two(city)],
        "departments": city.departments,
        "audiences": [(code, told(name)) for code, name in shelf.AUDIENCES.items()],
    }
    return render(request, "knowledge/edit.html", context, status=422 if fault else 200)


def _held(one: Article | None) -> dict[str, Any]:
    names = ("code", "title", "body", "source", "category", "department", "audience", "valid_from", "valid_until")
    held: dict[str, Any] = {name: getattr(one, name, None) or "" for name in names}
    held |= {"readers": list(one.readers) if one else [], "version": one.version if one else 0, "reason": ""}
    for name in ("valid_from", "valid_until"):
        held[name] = str(held[name])
    held["audience"] = held["audience"] or "staff"
    return held


def _draft(given: dict[str, Any]) -> shelf.Draft:
    return shelf.Draft(
        given["title"],
        given["body"],
        given["source"],
        given["category"],
        given["department"],
        given["audience"],
        tuple(given["readers"]),
        _day(given["valid_from"]),
        _day(given["valid_until"]),
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            "knowledge.bad_day",
            Text("日期无效", "this is no day"),
            Text("请写成2026-07-10的形式", "write it as 2026-07-10"),
        ) from error


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _two(city: Any) -> list[Any]:
    return [node for node in city.taxonomy.categories if node.level <= 2]
