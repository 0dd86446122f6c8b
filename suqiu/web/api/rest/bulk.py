"""Many at once: files of demands handed in, orders handed out."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File, Path
from ninja.params.functions import Query as Parameter

from suqiu.domain.errors import NotFound
from suqiu.domain.order import StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.roles import Right, step_right
from suqiu.web.api import exporting, importing, listing
from suqiu.web.api.door import need, token_of
from suqiu.web.api.listing import OrderFilter
from suqiu.web.api.models import Import
from suqiu.web.api.rest.shapes import CODE, ImportOut
from suqiu.web.audit.chain import record
from suqiu.web.wording import language

imports = Router()
exports = Router()

ImportCode = Path(..., pattern=CODE)


@imports.post("", response={202: ImportOut}, summary="批量导入诉求 Hand in a file", operation_id="hand_in")
def hand_in(request: HttpRequest, file: UploadedFile = File(...)) -> Any:  # noqa: B008 — ninja's way
    """Hand in a csv, xlsx or jsonl file of demands; it is read in the background, good rows go through."""
    caller = need(request, Right.IMPORT_ORDERS)
    need(request, step_right(StepKind.ACCEPT))
    return Status(202, _shown(importing.hand_in(caller, token_of(request), file.name or "", file.chunks())))


@imports.get("/{code}", response=ImportOut, summary="导入结果 How it went", operation_id="read_import")
def read(request: HttpRequest, code: str = ImportCode) -> dict[str, Any]:
    """Return how a file went."""
    return _shown(_own(request, code))


@imports.get("/{code}/errors", summary="被拒行 Refused rows", operation_id="read_import_errors")
def errors(request: HttpRequest, code: str = ImportCode) -> HttpResponseBase:
    """Return the refused rows, each with what is wrong and how to mend it, as CSV."""
    path = importing.errors_path(_own(request, code))
    if not path.is_file():
        raise NotFound(
            "import.no_errors", Text("没有被拒的行", "no row was refused"), Text("无需处理", "nothing to do")
        )
    response = HttpResponse(path.read_bytes(), content_type="text/csv")
    response["Content-Disposition"] = 'attachment; filename="errors.csv"'
    return response


@exports.get("/orders", summary="批量导出工单 Hand out orders", operation_id="export_orders")
def export(
    request: HttpRequest,
    wanted: Query[OrderFilter],
    form: Literal["csv", "jsonl", "parquet"] = Parameter("csv", alias="format"),
) -> HttpResponseBase:
    """Return all orders that a filter lets through, masked; texts cannot run as formulas; who did it is on record."""
    caller = need(request, Right.EXPORT_ORDERS)
    listing.refuse_unknown(request, "format")
    rows = listing.chosen(caller, wanted)
    record(
        caller, "orders.export", "", form=form, rows=min(rows.count(), exporting.MOST_ROWS),
        filter=wanted.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
    )  # fmt: skip
    return exporting.streamed(request, rows, form)


def _own(request: HttpRequest, code: str) -> Import:
    need(request, Right.IMPORT_ORDERS)
    row = token_of(request).imports.filter(code=code).first()
    if row is None:
        raise NotFound(
            "import.none", Text("没有该导入", "there is no such import"), Text("请核对编码", "check the code")
        )
    return row


def _shown(row: Import) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in ("code", "name", "state", "read", "taken", "refused", "at", "done_at")}
    which = 0 if language() == "zh" else 1
    problem = row.problem and {
        "code": row.problem["code"], "message": row.problem["message"][which], "hint": row.problem["hint"][which],
    }  # fmt: skip
    return said | {
        "problem": problem or None, "errors": f"/api/v1/imports/{row.code}/errors" if row.refused else None,
    }  # fmt: skip
