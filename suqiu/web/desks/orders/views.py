"""The order's page, its files, the search and its export."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.order import Channel, OrderType, Satisfaction, Status, Urgency
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.audit import chain
from suqiu.web.desks.orders import deeds
from suqiu.web.desks.orders import export as files_of
from suqiu.web.desks.orders import page as pages
from suqiu.web.desks.orders import search as searching
from suqiu.web.orders import files, flow
from suqiu.web.site import site
from suqiu.web.wording import told

_SHOWN_IN_PLACE = frozenset({"image/jpeg", "image/png", "image/webp"})
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@requires(Right.SEE_ORDERS)
@require_GET
def page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one order; that it was looked at is on record."""
    actor = actor_of(request)
    order = flow.find(actor, number)
    chain.record(actor, "order.read", f"order:{order.number}")
    return render(request, "orders/page.html", pages.whole(actor, order))


@requires(Right.ATTACH)
@require_POST
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """Keep files with an order, outside of a step."""
    actor = actor_of(request)
    given = request.FILES.getlist("files")
    if not given:
        raise InvalidInput(
            "upload.none", Text("没有选择文件", "no file was chosen"), Text("请选择文件后上传", "choose a file first")
        )
    kind = files.DEMAND if request.POST.get("kind") == files.DEMAND else files.PROOF
    for one in given:
        flow.attach(actor, number, kind, one.name or "", one.read())
    messages.success(request, told(Text("已上传{count}个文件", "{count} files kept").fill(count=len(given))))
    return redirect("orders:page", number)


@requires(Right.SEE_ORDERS)
@require_GET
def download(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Hand out a file: pictures may be looked at in place, everything else is saved; both are on record."""
    actor = actor_of(request)
    order = flow.find(actor, number)
    found = order.attachments.filter(code=code).first()
    if found is None:
        raise NotFound("file.none", Text("未找到该附件", "no such file"), Text("请刷新工单", "reload the order"))
    small = request.GET.get("show") == "1" and found.media_type in _SHOWN_IN_PLACE
    if not small:
        chain.record(actor, "attachment.read", f"order:{order.number}", code=found.code, sha256=found.sha256)
    answer = HttpResponse(files.content(found), content_type=found.media_type)
    place = "inline" if small else "attachment"
    answer["Content-Disposition"] = f"{place}; filename*=UTF-8''{quote(found.name)}"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=3600" if small else "no-store"
    return answer


@requires(Right.SEE_ORDERS)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Show what is found; the address says what was looked for."""
    actor = actor_of(request)
    problem: InvalidInput | None = None
    question, found = searching.Question(), searching.Found([], "", 0)
    try:
        question = searching.Question.read(request.GET)
        found = searching.page(actor, question, request.GET.get("after", ""))
    except InvalidInput as error:
        problem = error
    context = {
        "question": question, "typed": request.GET, "found": found, "problem": problem,
        "later": question.address(after=found.after) if found.after else "",
        "begun": bool(request.GET.get("after")), "address": question.address(),
        "limits": len(question.parts()), "may_export": actor.may(Right.EXPORT_ORDERS),
        "most": searching.MOST_COUNTED, "unit_groups": deeds.units(),
        "statuses": list(Status), "types": list(OrderType), "channels": list(Channel), "urgencies": list(Urgency),
        "grades": list(Satisfaction),
        "categories": [one for one in site().city.taxonomy.categories if one.level < 3],
        "regions": [one for one in site().city.regions if one.id.count(".") < 2],
    }  # fmt: skip
    return render(request, "orders/search.html", context, status=422 if problem else 200)


@requires(Right.EXPORT_ORDERS)
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand out what was found as a file; who took how many rows is on record before the first leaves."""
    actor = actor_of(request)
    form = request.POST.get("form", "csv")
    question = searching.Question.read(QueryDict(request.POST.get("address", "")))
    orders, _ = searching.all_of(actor, question)
    count = files_of.counted(orders, form)
    chain.record(actor, "orders.export", "", rows=count, form=form, question=question.address()[:500])
    answer: HttpResponseBase
    if form == "csv":
        rows = files_of.as_csv(orders[:count])
        answer = StreamingHttpResponse(_apart(rows) if isinstance(request, ASGIRequest) else rows)
    else:
        answer = HttpResponse(files_of.as_xlsx(orders[:count]))
    answer["Content-Type"] = _MEDIA[form]
    name = f"{told(Text('工单查询结果', 'orders'))}-{site().now():%Y%m%d-%H%M}.{form}"
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"
    return answer


async def _apart(rows: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read the database away from the loop that answers everybody, a piece at a time."""

    def following() -> bytes:
        return next(rows, b"")

    while piece := await sync_to_async(following)():
        yield piece
