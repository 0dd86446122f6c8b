"""Pages of the command desk and the wall display."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from suqiu.web.accounts.actor import Actor, actor_of
from suqiu.web.accounts.guard import SignedIn, requires
from suqiu.web.accounts.roles import Right
from suqiu.web.desks.command import drawing, live, situation
from suqiu.web.orders import flow
from suqiu.web.results import happenings, questions, store
from suqiu.web.results.cut import Cut
from suqiu.web.results.store import Result
from suqiu.web.site import site

_PAGE = 50
_EVENTS_SHOWN = 8
_WALL_EVENTS = 6
_UNUSUAL_DAYS = 7
#: An analysis older than this is called old.
_FRESH = timedelta(hours=36)


@requires(Right.COMMAND_DESK)
def home(request: SignedIn) -> HttpResponse:
    """Show the situation."""
    actor, result = actor_of(request), store.found()
    context: dict[str, Any] = {
        "counts": live.counts(actor),
        "emergencies": live.emergencies(actor),
        "may_see": actor.may(Right.SEE_ORDERS),
        "may_make": actor.may(Right.MAKE_REPORTS),
        "result": result,
    }
    context["flow_chart"] = drawing.flow(context["counts"])
    if result is not None:
        context |= _analysed(request, actor, result)
    return render(request, "command/home.html", context)


def _analysed(request: HttpRequest, actor: Actor, result: Result) -> dict[str, Any]:
    """Return what the last analysis says, as the page's address asks for it."""
    cut = Cut.of(actor.scope)
    days = _chosen(request, "days", situation.WINDOWS, 30)
    shown = _chosen(request, "map", tuple(situation.MAPS), "orders")
    rate = _chosen(request, "rate", situation.UNIT_RATES, "C16")
    (first, last), before = result.windows(days)
    overall, enough, few = situation.units(result, cut, days, rate)
    here = situation.districts(result, cut, days, shown)
    trend = situation.rate_trend(result, cut)
    events = happenings.happenings(result, cut)
    return {
        **_age(result),
        "days": days, "windows": situation.WINDOWS, "first": first, "last": last, "before": before,
        "map": shown, "maps": situation.MAPS, "districts": here,
        "map_chart": drawing.district_map(here, shown, values=True),
        "outlines": situation.outlines(),
        "rates": situation.rates(result, cut, days), "trend": trend, "trend_chart": drawing.trend(trend),
        "events": events[:_EVENTS_SHOWN], "events_count": len(events),
        "unusual": questions.unusual(result, cut, _UNUSUAL_DAYS),
        "categories": situation.categories(result, cut),
        "rate": rate, "unit_rates": situation.UNIT_RATES, "overall": overall, "units": enough, "few": few,
        "units_chart": drawing.units(overall, enough),
        "limited": bool(cut.scope),
    }  # fmt: skip


def _chosen(request: HttpRequest, name: str, allowed: tuple[Any, ...], usual: Any) -> Any:
    """Return a choice of the address; anything else is as if nothing was chosen."""
    given = request.GET.get(name, "")
    return next((one for one in allowed if str(one) == given), usual)


def _age(result: Result) -> dict[str, Any]:
    as_of = questions.moment_of(result.as_of)
    return {"as_of": as_of, "old": site().now() - as_of > _FRESH, "version": result.version}


@requires(Right.COMMAND_DESK)
def counters(request: SignedIn) -> HttpResponse:
    """Show the live counters anew."""
    actor = actor_of(request)
    context = {"counts": live.counts(actor), "may_see": actor.may(Right.SEE_ORDERS)}
    return render(request, "command/counters.html", context)


@requires(Right.COMMAND_DESK)
def events(request: SignedIn) -> HttpResponse:
    """List all events of the last analysis."""
    actor, result = actor_of(request), store.found()
    context: dict[str, Any] = {"result": result, "may_make": actor.may(Right.MAKE_REPORTS)}
    if result is not None:
        found = happenings.happenings(result, Cut.of(actor.scope))
        context |= {**_age(result), "page": Paginator(found, _PAGE).get_page(request.GET.get("page"))}
    return render(request, "command/events.html", context)


@requires(Right.COMMAND_DESK)
def event(request: SignedIn, event_id: str) -> HttpResponse:
    """Show one event: how it grew, who is on it, whether it got better, and its orders."""
    actor, result = actor_of(request), store.current()
    cut = Cut.of(actor.scope)
    one = happenings.happening(result, cut, event_id)
    page = Paginator(happenings.members(result, cut, event_id), _PAGE).get_page(request.GET.get("page"))
    numbers = [member.number for member in page]
    standing = {order.number: order for order in flow.visible(actor).filter(number__in=numbers)}
    around = happenings.around(result, cut, one)
    context = {
        **_age(result),
        "event": one,
        "page": page,
        "lines": [(member, standing.get(member.number)) for member in page],
        "around": around,
        "growth_chart": drawing.growth(one, around),
        "may_see": actor.may(Right.SEE_ORDERS),
    }
    return render(request, "command/event.html", context)


@requires(Right.COMMAND_DESK)
def wall(request: SignedIn) -> HttpResponse:
    """Show the wall display."""
    return render(request, "command/wall.html", _on_the_wall(actor_of(request)))


@requires(Right.COMMAND_DESK)
def wall_figures(request: SignedIn) -> HttpResponse:
    """Show the wall's figures anew."""
    return render(request, "command/wall_figures.html", _on_the_wall(actor_of(request)))


def _on_the_wall(actor: Actor) -> dict[str, Any]:
    """Return what the wall shows: counts, names of events and regions; no order, no person."""
    result, now = store.found(), site().now()
    counts = live.counts(actor)
    context: dict[str, Any] = {
        "counts": counts, "result": result, "at": now, "epoch_ms": _milliseconds(now),
        "flow_chart": drawing.flow(counts),
    }  # fmt: skip
    if result is None:
        return context
    cut, days = Cut.of(actor.scope), 30
    here = situation.districts(result, cut, days, "per_10k")
    (first, last), _ = result.windows(days)
    return context | {
        **_age(result),
        "first": first, "last": last,
        "rates": situation.rates(result, cut, days),
        "events": happenings.happenings(result, cut)[:_WALL_EVENTS],
        "categories": situation.categories(result, cut, 6),
        "map_chart": drawing.district_map(here, "per_10k", values=True),
        "outlines": situation.outlines(),
    }  # fmt: skip


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
