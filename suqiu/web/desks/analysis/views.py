"""Pages of the analysis desk: questions, series, kept views."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from suqiu.domain.city import RegionLevel
from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import NAMES, OrderType
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import SignedIn, requires
from suqiu.web.accounts.roles import Right
from suqiu.web.audit.chain import record
from suqiu.web.desks.analysis import files, saving, starting
from suqiu.web.desks.analysis.answering import DRAWN, answer, is_small
from suqiu.web.desks.analysis.asking import DIMENSION_NAMES, Question
from suqiu.web.desks.analysis.choices import choices
from suqiu.web.results import questions, store
from suqiu.web.results.cut import Cut
from suqiu.web.results.store import Result
from suqiu.web.site import site
from suqiu.web.wording import told

_SEE = requires(Right.ANALYSIS_DESK)
_SERIES = ("all", "category_1", "district", "type")
_SERIES_DAYS = (30, 90, 182, 365)
_PAGE = 50
#: Height of a chart of slices, in rem: for its axes, and for each slice.
_HEAD, _ROW = 5.0, 1.6
#: What a slice's orders are looked for by on the page of orders.
_ORDERS_BY = {
    "district": "place", "street": "place", "department": "unit", "category": "category", "category_1": "category",
    "type": "type", "channel": "channel",
}  # fmt: skip


@_SEE
@require_safe
def home(request: SignedIn) -> HttpResponse:
    """Ask a question, and show what comes of it."""
    actor, result = actor_of(request), store.found()
    context: dict[str, Any] = {
        "tab": "ask",
        "result": result,
        "may_make": actor.may(Right.MAKE_REPORTS),
        "ready": starting.ready(request.user.role_set),
        "kept": saving.of(request.user),
    }
    if result is None:
        return render(request, "analysis/home.html", context)
    scope = Cut.of(actor.scope)
    question = Question.read(request.GET, result, scope)
    told_ = answer(result, scope, question)
    facts = [line.fact for line in (*([told_.whole] if told_.whole else []), *told_.lines)]
    context |= {
        "question": question, "answer": told_, "choices": choices(question, scope),
        "page": Paginator(told_.lines, _PAGE).get_page(request.GET.get("page")),
        "few": any(is_small(line.fact) for line in told_.lines),
        "height": f"{_HEAD + _ROW * min(len(told_.lines), DRAWN)}rem",
        "by_name": DIMENSION_NAMES[question.by], "drawn": DRAWN,
        "ground": facts[-1] if facts else None,
        "orders_of": _orders_of(question),
        "orders_by": _ORDERS_BY.get(question.by, "") if actor.may(Right.SEE_ORDERS) else "",
        "address": question.address(), "limited": bool(scope.scope),
        "as_of": questions.moment_of(result.as_of), "version": result.version,
    }  # fmt: skip
    return render(request, "analysis/home.html", context)


def _orders_of(question: Question) -> str:
    """Return the query that finds a question's orders on the page of orders; a slice is added to it."""
    query = QueryDict(mutable=True)
    names = {"category": question.category, "place": question.region, "unit": question.unit,
             "type": question.type, "channel": question.channel}  # fmt: skip
    days = {"since": str(question.first), "until": str(question.last)}
    query.update({name: value for name, value in (names | days).items() if value})
    return query.urlencode()


@_SEE
@require_safe
def download(request: SignedIn, form: str) -> HttpResponse:
    """Hand over a question's table as a file; it is on record."""
    actor, result = actor_of(request), store.current()
    scope = Cut.of(actor.scope)
    question = Question.read(request.GET, result, scope)
    rows = files.table(answer(result, scope, question))
    content = files.written(rows, form)
    record(
        actor, "analysis.export", f"measure:{question.measure}", form=form, rows=len(rows) - 1,
        query=question.address(), result=result.version,
    )  # fmt: skip
    name = f"{question.measure}-{question.by or 'all'}-{question.first}-{question.last}.{form}"
    return HttpResponse(
        content,
        content_type=files.FORMS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@_SEE
@require_safe
def series(request: SignedIn) -> HttpResponse:
    """Show orders a day with what the season lets expect."""
    actor, result = actor_of(request), store.found()
    context: dict[str, Any] = {"tab": "series", "result": result, "may_make": actor.may(Right.MAKE_REPORTS)}
    if result is None:
        return render(request, "analysis/series.html", context)
    cut = Cut.of(actor.scope)
    offered = _series_offered(cut)
    asked = (request.GET.get("dimension", ""), request.GET.get("key", ""))
    if asked[0] and asked not in offered:
        raise InvalidInput(
            "analysis.no_series",
            Text("没有这条序列", "no such series"),
            Text("请从列表中选择", "choose from the list"),
        )
    chosen = asked if asked in offered else next(iter(offered), None)
    length = next((days for days in _SERIES_DAYS if str(days) == request.GET.get("days", "")), 90)
    period = _last_days(result, length)
    days = questions.series(result, cut, *chosen, period) if chosen else []
    context |= {
        "offered": offered, "chosen": chosen, "name": offered.get(chosen, "") if chosen else "",
        "days": days, "length": length, "lengths": _SERIES_DAYS, "chart": _series_chart(days) if days else None,
        "as_of": questions.moment_of(result.as_of), "version": result.version, "limited": bool(cut.scope),
    }  # fmt: skip
    return render(request, "analysis/series.html", context)


def _last_days(result: Result, length: int) -> tuple[date, date]:
    last = result.last_whole_day
    return max(last - timedelta(length - 1), result.first), last


def _series_offered(cut: Cut) -> dict[tuple[str, str], str]:
    """Return the series that somebody's scope allows, by dimension and key, with their names."""
    city = site().city
    named = {
        ("all", ""): told(Text("全市", "whole city")),
        **{("category_1", one.id): one.name for one in city.taxonomy.categories if one.level == 1},
        **{("district", one.id): one.name for one in city.regions if one.level is RegionLevel.DISTRICT},
        **{("type", str(code)): told(NAMES[code]) for code in OrderType},
    }
    return {which: name for which, name in named.items() if questions.series_allowed(cut, *which)}


def _series_chart(days: list[questions.Day]) -> dict[str, Any]:
    band = any(day.lower is not None for day in days)
    season: dict[str, Any] = {
        "name": told(Text("往常", "usual")), "values": [day.season for day in days], "quiet": True,
    }  # fmt: skip
    if band:
        season |= {
            "lower": [day.lower for day in days], "upper": [day.upper for day in days],
            "band": told(Text("往常的波动", "usual range")),
        }  # fmt: skip
    return {
        "kind": "line", "x": [str(day.day) for day in days], "unit": told(Text("件", "orders")),
        "series": [season, {"name": told(Text("受理", "accepted")), "values": [day.orders for day in days]}],
    }  # fmt: skip


@_SEE
@require_POST
def keep(request: SignedIn) -> HttpResponse:
    """Keep a question."""
    actor, result = actor_of(request), store.current()
    question = Question.read(request.POST, result, Cut.of(actor.scope))
    view = saving.keep(
        request.user, request.POST.get("name", ""), question,
        shared=request.POST.get("shared") == "1", moving=request.POST.get("moving") == "1",
    )  # fmt: skip
    return redirect("analysis:view", code=view.code)


@_SEE
@require_safe
def view(request: SignedIn, code: str) -> HttpResponse:
    """Open a kept question; the figures are of the reader's own scope."""
    kept = saving.find(request.user, code)
    return HttpResponseRedirect(f"{reverse('analysis:home')}?{kept.query}")


@_SEE
@require_POST
def forget(request: SignedIn, code: str) -> HttpResponse:
    """Delete an own kept question."""
    saving.delete(request.user, code)
    return redirect("analysis:home")
