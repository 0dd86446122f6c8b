"""The audit desk's pages."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from suqiu.domain.errors import NotFound
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.audit import anchors, chain, guards, verifying
from suqiu.web.audit.models import Entry, Head
from suqiu.web.desks.audit import search
from suqiu.web.desks.audit.words import DEEDS
from suqiu.web.site import site
from suqiu.web.wording import told

#: Up to so many lines are checked while the person waits.
AT_ONCE = 100_000
_DAYS = 30
_COLUMNS = ("number", "at", "actor", "address", "deed", "subject", "detail", "before", "mark")


@requires(Right.READ_AUDIT)
@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """List audit lines, newest first."""
    wish = search.Wish.of(request.GET.dict())
    found, after = search.page(wish)
    names = search.names(found)
    rows = [
        {"line": line, "name": names.get(line.actor, ""), "deed": _deed(line.deed), "at": _at(line)} for line in found
    ]
    deeds = [(code, told(text)) for code, text in DEEDS.items()]
    told_ = {"wish": wish, "rows": rows, "after": after, "deeds": deeds}
    return render(request, "audit/lines.html", told_)


@requires(Right.READ_AUDIT)
@require_safe
def line(request: HttpRequest, number: int) -> HttpResponse:
    """Show one audit line with everything it holds."""
    found = Entry.objects.filter(number=number).first()
    if found is None:
        raise NotFound(
            "audit.no_line",
            Text("没有这条审计记录", "no such line"),
            Text("请从列表中选择", "choose one from the list"),
        )
    told_ = {
        "line": found,
        "name": search.names([found]).get(found.actor, ""),
        "deed": _deed(found.deed),
        "at": _at(found),
        "detail": sorted(found.detail.items()),
        "whole": chain.mark_of(found) == found.mark,
    }
    return render(request, "audit/line.html", told_)


@requires(Right.READ_AUDIT)
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Give the lines looked for as a file of comma-separated values; that it was taken is in the audit."""
    wish = search.Wish.of(request.POST.dict())
    chosen = search.lines(wish)
    chain.record(actor_of(request), "audit.export", lines=chosen.count(), asked=wish.query)
    response = StreamingHttpResponse(_csv(wish), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{site().now():%Y%m%d-%H%M}.csv"'
    response["Cache-Control"] = "no-store"
    return response


class _Line:
    """Takes a line as it is written, for streaming."""

    def write(self, text: str) -> str:
        return text


def _csv(wish: search.Wish) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(_COLUMNS)
    for found in search.lines(wish).iterator(chunk_size=2000):
        yield writer.writerow([_plain(getattr(found, name)) for name in _COLUMNS])


def _plain(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


@requires(Right.READ_AUDIT)
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Show where the chain stands: its head, its guards, its anchors, the last check, who looked at callers."""
    head = Head.objects.filter(pk=1).first() or Head()
    kept = anchors.kept()
    looks = search.looks_at_callers(_DAYS)
    found = [Entry(number=0, actor=str(row["actor"])) for row in looks]
    names = search.names(found)
    told_ = {
        "head": head,
        "at_once": head.number - head.since_number <= AT_ONCE,
        "guarded": all(guards.standing(connection).values()),
        "anchors": list(reversed(kept[-10:])),
        "anchor_count": len(kept),
        "last_check": Entry.objects.filter(deed="audit.verify").order_by("-number").first(),
        "looks": [row | {"name": names.get(str(row["actor"]), "")} for row in looks],
        "days": _DAYS,
    }
    return render(request, "audit/state.html", told_)


@requires(Right.READ_AUDIT)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Read the whole chain now, and show every break."""
    head = Head.objects.filter(pk=1).first() or Head()
    if head.number - head.since_number > AT_ONCE:
        return redirect("audit:state")
    verdict = verifying.read_chain(anchors.kept())
    chain.record(actor_of(request), "audit.verify", lines=verdict.count, breaks=len(verdict.breaks))
    return render(request, "audit/verdict.html", {"verdict": verdict})


@requires(Right.READ_AUDIT)
@require_POST
def anchor(request: HttpRequest) -> HttpResponse:
    """Drop an anchor and give it as a file, to be kept elsewhere."""
    chain.record(actor_of(request), "audit.anchor")
    made = anchors.drop()
    response = HttpResponse(made.line + "\n", content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="audit-anchor-{made.number}.jsonl"'
    response["Cache-Control"] = "no-store"
    return response


def _at(line: Entry) -> str:
    """Return when, to the second, by the city's clock."""
    return line.at.astimezone(site().zone).strftime("%Y-%m-%d %H:%M:%S")


def _deed(code: str) -> str:
    return told(DEEDS[code]) if code in DEEDS else code
