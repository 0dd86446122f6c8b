"""Orders over the wire: listed, read, taken down, corrected, moved on, with their files and calls."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from ninja import Query, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File, Form, Path
from ninja.params.functions import Query as Parameter

from suqiu.domain.errors import NotFound
from suqiu.domain.order import StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.roles import Right, step_right
from suqiu.web.api import listing, shown
from suqiu.web.api.answers import Turned
from suqiu.web.api.door import need
from suqiu.web.api.listing import MOST_A_PAGE, OrderFilter
from suqiu.web.api.reading import refuse_hidden
from suqiu.web.api.rest.shapes import (
    CODE,
    NUMBER,
    AcceptedOut,
    AmendIn,
    AttachmentOut,
    ComingIn,
    ContactOut,
    OfferedOut,
    OrderOut,
    OrderPage,
    StepOut,
)
from suqiu.web.api.rest.steps import StepIn, deed_of
from suqiu.web.api.rights import ONLY_PEOPLE
from suqiu.web.audit.chain import record
from suqiu.web.orders import flow
from suqiu.web.orders.files import content
from suqiu.web.orders.models import Attachment, Contact, Order
from suqiu.web.vault.safe import Identity
from suqiu.web.wording import told

router = Router()
contacts = Router()

Number = Path(..., pattern=NUMBER, description="工单编号 order number")


@router.get("", response=OrderPage, summary="查询工单 List orders", operation_id="list_orders")
def index(
    request: HttpRequest,
    wanted: Query[OrderFilter],
    cursor: str | None = Parameter(None, max_length=120),
    limit: int = Parameter(50, ge=1, le=MOST_A_PAGE),
) -> dict[str, Any]:
    """Return orders in the token's scope, the youngest first."""
    caller = need(request, Right.SEE_ORDERS)
    listing.refuse_unknown(request, "cursor", "limit")
    page = listing.page(listing.chosen(caller, wanted), cursor, limit)
    return {"items": [shown.order(row) for row in page.rows], "next": page.next}


@router.post("", response={201: AcceptedOut}, summary="登记诉求 Take down a call", operation_id="accept")
def accept(request: HttpRequest, body: ComingIn) -> Any:
    """Take down a call with one or more demands; each becomes an order of its own."""
    caller = need(request, step_right(StepKind.ACCEPT))
    key = request.headers["Idempotency-Key"]
    who = body.caller
    coming = flow.Coming(
        channel=str(body.channel), identity=Identity(who.name, who.phone, who.contact), secret=body.secret,
        call_id=body.call_id, language=body.language, at=body.at,
    )  # fmt: skip
    demands = [
        flow.Demand(
            title=one.title, text=one.text, type=one.type or "", category=one.category or "", place=one.place or "",
            urgency=one.urgency, address=one.address, object_name=one.object_name, lon=one.lon, lat=one.lat,
            key=f"{caller.label}:{key}:{n}"[-80:],
        )
        for n, one in enumerate(body.demands)
    ]  # fmt: skip
    contact, orders = flow.accept(caller, coming, demands)
    return Status(201, {"contact": contact.number, "orders": [shown.order(row) for row in orders]})


@router.get("/{number}", response=OrderOut, summary="查看工单 Read an order", operation_id="read_order")
def read(request: HttpRequest, response: HttpResponse, number: str = Number) -> dict[str, Any]:
    """Return one order; its ETag is the version to give back in If-Match."""
    order = _seen(request, number)
    response["ETag"] = f'"{order.version}"'
    return shown.order(order)


@router.patch("/{number}", response=OrderOut, summary="修改登记内容 Correct an order", operation_id="amend")
def amend(request: HttpRequest, response: HttpResponse, body: AmendIn, number: str = Number) -> dict[str, Any]:
    """Correct what was taken down; what it was before stays in the audit."""
    caller = need(request, Right.EDIT_ORDER)
    version = _version(request, flow.find(caller, number), body.version)
    changes = body.model_dump(exclude_none=True, exclude={"version"})
    order = flow.amend(
        caller, number, version, **{k: v if isinstance(v, float) else str(v) for k, v in changes.items()}
    )
    response["ETag"] = f'"{order.version}"'
    return shown.order(order)


@router.get("/{number}/steps", response=list[StepOut], summary="流程记录 History", operation_id="history")
def history(request: HttpRequest, number: str = Number) -> list[dict[str, Any]]:
    """Return everything that happened to an order, oldest first."""
    return [shown.step(row) for row in _seen(request, number).steps.select_related("parent").order_by("seq")]


@router.post("/{number}/steps", response={201: OrderOut}, summary="流程操作 Take a step", operation_id="act")
def act(request: HttpRequest, response: HttpResponse, body: StepIn, number: str = Number) -> Any:
    """Take one step of the flow; `kind` says which, and with it what else is asked for."""
    caller = need(request, step_right(StepKind(body.root.kind)))
    version = _version(request, flow.find(caller, number), body.root.version)
    key = f"{caller.label}:{request.headers['Idempotency-Key']}"[-80:]
    order = flow.act(caller, number, deed_of(body, version, key))
    response["ETag"] = f'"{order.version}"'
    return Status(201, shown.order(order))


@router.get("/{number}/offered", response=list[OfferedOut], summary="可用操作 Offered steps", operation_id="offered")
def offered(request: HttpRequest, number: str = Number) -> list[dict[str, Any]]:
    """Return what this token could do to an order now."""
    order = _seen(request, number)
    return [
        {"kind": one.kind, "name": told(one.name), "needs": sorted(map(str, one.needs)),
         "takes": sorted(map(str, one.takes)), "hint": told(one.hint)}
        for one in flow.offered(need(request, Right.SEE_ORDERS), order) if one.kind not in ONLY_PEOPLE
    ]  # fmt: skip


@router.get(
    "/{number}/attachments", response=list[AttachmentOut], summary="附件列表 Files", operation_id="list_attachments"
)
def files(request: HttpRequest, number: str = Number) -> list[dict[str, Any]]:
    """Return what files are with an order."""
    return [shown.attachment(row) for row in _seen(request, number).attachments.order_by("pk")]


@router.post(
    "/{number}/attachments", response={201: AttachmentOut}, summary="上传附件 Attach a file", operation_id="attach"
)
def attach(
    request: HttpRequest,
    number: str = Number,
    file: UploadedFile = File(...),  # noqa: B008 — ninja's way
    kind: str = Form(..., pattern="^(demand|proof)$", description="demand诉求材料，proof办理佐证"),
) -> Any:
    """Keep a file with an order; its content is looked into, whatever its name says."""
    caller = need(request, Right.ATTACH)
    name = file.name or ""
    refuse_hidden(name)
    kept = flow.attach(caller, number, kind, name, file.read())
    return Status(201, shown.attachment(kept))


@router.get("/{number}/attachments/{code}", summary="下载附件 Download a file", operation_id="download")
def download(
    request: HttpRequest, number: str = Number, code: str = Path(..., pattern=CODE)
) -> HttpResponseBase:  # fmt: skip
    """Return a file, to be saved and never shown by a browser."""
    order = _seen(request, number)
    row = Attachment.objects.filter(order=order, code=code).first()
    if row is None:
        raise NotFound("api.no_file", Text("没有该附件", "there is no such file"), Text("请核对编码", "check the code"))
    record(need(request, Right.SEE_ORDERS), "attachment.read", f"order:{order.number}", file=row.code)
    response = HttpResponse(content(row), content_type=row.media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=row.name)
    return response


@contacts.get("/{number}", response=ContactOut, summary="查看来电 Read a call", operation_id="read_contact")
def contact(
    request: HttpRequest, number: str = Path(..., pattern=NUMBER, description="来电编号 number of the call")
) -> dict[str, Any]:  # fmt: skip
    """Return a call of which at least one order is in the token's scope, with those orders; its caller is masked."""
    caller = need(request, Right.SEE_ORDERS)
    seen = list(flow.visible(caller).filter(contact__number=number).order_by("pk").values_list("number", "secret"))
    row = Contact.objects.select_related("person").filter(number=number).first()
    if row is None or not seen:
        raise NotFound(
            "api.no_contact", Text("没有该来电", "there is no such call"), Text("请核对编号", "check the number")
        )
    record(caller, "contact.read", f"contact:{number}")
    return shown.contact(row, [one for one, _ in seen], secret=row.secret or any(secret for _, secret in seen))


def _seen(request: HttpRequest, number: str) -> Order:
    """Return an order in the caller's scope, and leave a trace."""
    caller = need(request, Right.SEE_ORDERS)
    order = flow.find(caller, number)
    record(caller, "order.read", f"order:{order.number}")
    return order


def _version(request: HttpRequest, order: Order, in_body: int | None) -> int:
    """Return the version that the sender has seen: as If-Match, or in the body.

    Raises:
        Turned: neither is there (428), or If-Match names an old one (412).
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        if in_body is None:
            raise Turned(
                428,
                "api.no_version",
                Text("未注明所见工单版本", "the version that you saw is missing"),
                Text("请携带If-Match请求头或version字段", "send If-Match, or “version” in the body"),
            )
        return in_body
    if header.removeprefix("W/").strip('"') != str(order.version):
        raise Turned(
            412,
            "api.outdated",
            Text("工单已更新，当前版本为{now}", "the order has moved on: its version is {now}").fill(now=order.version),
            Text("请重新读取工单后再操作", "read the order again, then decide"),
        )
    return order.version
