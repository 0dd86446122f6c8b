"""Pages where the analysis is refreshed and reports are made, verified and handed over."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor, actor_of
from suqiu.web.accounts.guard import SignedIn, requires
from suqiu.web.accounts.roles import Right
from suqiu.web.accounts.scope import Scope
from suqiu.web.audit.chain import record
from suqiu.web.results import making, questions, refreshing, reports, store
from suqiu.web.results.models import Making

_SEE = requires(Right.ANALYSIS_DESK)
_MAKE = requires(Right.MAKE_REPORTS)


def _whole(actor: Actor) -> bool:
    """Say whether somebody may see figures of all orders: a report knows no scope."""
    return actor.scope == Scope()


@_SEE
@require_safe
def listed(request: SignedIn) -> HttpResponse:
    """List the reports."""
    actor, result = actor_of(request), store.found()
    context: dict[str, Any] = {
        "tab": "reports",
        "result": result,
        "may_make": actor.may(Right.MAKE_REPORTS),
        "whole": _whole(actor),
    }
    if result is not None and context["whole"]:
        context |= {"reports": reports.finished(result), "standing": _reports_under_way()}
    return render(request, "analysis/reports.html", context)


def _reports_under_way() -> list[making.Standing]:
    newest = [making.state_of(one) for one in Making.objects.filter(kind="report")[:5]]
    return [one for one in newest if one.open or one.problem]


@_MAKE
@require_POST
def make(request: SignedIn) -> HttpResponse:
    """Have a report made for a period."""
    actor, result = actor_of(request), store.current()
    _require_whole(actor)
    one = reports.ask(request.user, result, _day(request.POST.get("first")), _day(request.POST.get("last")))
    record(actor, "report.make", f"report:{one.code}", first=str(one.first), last=str(one.last))
    return redirect("analysis:reports")


@_SEE
@require_safe
def report_progress(request: SignedIn) -> HttpResponse:
    """Show how reports under way go; when one is finished, the page is loaded anew."""
    _require_whole(actor_of(request))
    standing = _reports_under_way()
    response = render(request, "analysis/progress.html", {"standing": standing, "poll": "analysis:report_progress"})
    if not any(one.open for one in standing):
        response["HX-Refresh"] = "true"
    return response


@_SEE
@require_safe
def hand_over(request: SignedIn, code: str, kind: str) -> HttpResponse:
    """Hand over a report's file; it is on record."""
    actor = actor_of(request)
    _require_whole(actor)
    path = reports.file_of(code, kind)
    record(actor, "report.download", f"report:{code}", kind=kind)
    return HttpResponse(
        path.read_bytes(),
        content_type=reports.FILES[kind][1],
        headers={"Content-Disposition": f'attachment; filename="suqiu-{code}-{path.name}"'},
    )


@_SEE
@require_POST
def verify(request: SignedIn, code: str) -> HttpResponse:
    """Check every number of a report against its fact, and show what was said."""
    actor = actor_of(request)
    _require_whole(actor)
    proved, said = reports.verify(code)
    record(actor, "report.verify", f"report:{code}", proved=proved)
    return render(request, "analysis/verified.html", {"proved": proved, "said": said})


@_MAKE
@require_safe
def refresh_page(request: SignedIn) -> HttpResponse:
    """Show how fresh the analysis is, and how a refresh goes."""
    result = store.found()
    context: dict[str, Any] = {"tab": "refresh", "result": result, "newest": making.newest("refresh")}
    if result is not None:
        context |= {"as_of": questions.moment_of(result.as_of), "version": result.version}
    context["standing"] = [context["newest"]] if context["newest"] and context["newest"].open else []
    return render(request, "analysis/refresh.html", context)


@_MAKE
@require_POST
def refresh(request: SignedIn) -> HttpResponse:
    """Have the analysis refreshed."""
    one = refreshing.ask(request.user)
    record(actor_of(request), "results.ask", f"result:{one.code}")
    return redirect("analysis:refresh")


@_MAKE
@require_safe
def refresh_progress(request: SignedIn) -> HttpResponse:
    """Show how the refresh goes; when it is finished, the page is loaded anew."""
    newest = making.newest("refresh")
    standing = [newest] if newest and newest.open else []
    response = render(request, "analysis/progress.html", {"standing": standing, "poll": "analysis:refresh_progress"})
    if not standing:
        response["HX-Refresh"] = "true"
    return response


def _require_whole(actor: Actor) -> None:
    if not _whole(actor):
        raise NotFound(
            "results.no_report",
            Text("未找到该报告", "no such report"),
            Text("报告覆盖全市，不按数据范围拆分", "reports are of all orders, not of a scope"),
        )


def _day(value: str | None) -> date:
    try:
        return date.fromisoformat(value or "")
    except ValueError as error:
        raise InvalidInput(
            "analysis.day",
            Text("日期格式有误", "not a day"),
            Text("请填写形如2026-05-01的日期", "write it as 2026-05-01"),
        ) from error
