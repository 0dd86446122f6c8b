"""Files of demands handed in: kept, read in the background row by row, what is refused told row by row."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction
from pydantic import ValidationError

from suqiu.domain.errors import InvalidInput, SuqiuError
from suqiu.domain.order import NAMES, Channel, OrderType, Urgency
from suqiu.domain.text import Text
from suqiu.intake.source import ROW
from suqiu.intake.sources import open_source
from suqiu.lake import replacing
from suqiu.web.accounts.actor import Actor
from suqiu.web.api import tokens
from suqiu.web.api.answers import invalid
from suqiu.web.api.exporting import safe_cell
from suqiu.web.api.models import ApiToken, Import
from suqiu.web.api.reading import refuse_hidden
from suqiu.web.api.rest.shapes import ComingIn
from suqiu.web.api.workbooks import refuse_bombs
from suqiu.web.audit.chain import record
from suqiu.web.jobs.work import later, progress
from suqiu.web.orders import flow
from suqiu.web.site import site
from suqiu.web.vault.safe import Identity

MOST_ROWS = 50_000
KINDS = (".csv", ".xlsx", ".jsonl")

#: Field → the heads under which a column may stand.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "key": ("编号", "外部编号", "key", "id"),
    "channel": ("渠道", "受理渠道", "channel"),
    "at": ("来电时间", "时间", "at"),
    "title": ("标题", "title"),
    "text": ("内容", "主要内容", "text"),
    "type": ("诉求类型", "类型", "type"),
    "category": ("分类", "分类编码", "category"),
    "place": ("区划", "区划编码", "place"),
    "urgency": ("紧急程度", "urgency"),
    "address": ("地址", "事发地", "address"),
    "object_name": ("被反映对象", "object_name"),
    "lon": ("经度", "lon"),
    "lat": ("纬度", "lat"),
    "name": ("姓名", "来电人", "name"),
    "phone": ("电话", "来电号码", "phone"),
    "contact": ("联系方式", "contact"),
    "secret": ("是否保密", "保密", "secret"),
}
_CODES = {
    "channel": {NAMES[one].zh: str(one) for one in Channel},
    "type": {NAMES[one].zh: str(one) for one in OrderType},
    "urgency": {NAMES[one].zh: str(one) for one in Urgency},
    "secret": {"是": "true", "否": "false"},
}
_DEMAND = ("title", "text", "type", "category", "place", "urgency", "address", "object_name", "lon", "lat")


def hand_in(actor: Actor, token: ApiToken, name: str, chunks: Iterator[bytes]) -> Import:
    """Keep a file, to be read in the background.

    Raises:
        InvalidInput: its kind is not taken, it is empty, or it is no file of its kind.
    """
    refuse_hidden(name)
    kind = Path(name).suffix.lower()
    if kind not in KINDS:
        raise InvalidInput(
            "import.kind",
            Text("不支持该文件类型", "files of this kind are not taken"),
            Text("请上传{kinds}文件", "send {kinds}").fill(kinds=", ".join(KINDS)),
        )
    code = secrets.token_hex(12)
    path = _folder() / f"{code}{kind}"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        _refuse_disguise(path, kind)
        with transaction.atomic():
            row = Import.objects.create(code=code, token=token, name=_clean(name), at=site().now())
            record(actor, "orders.import", f"import:{code}", bytes=path.stat().st_size)
            later("imports.read", key=code, code=code)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return row


def read(code: str) -> Callable[[], None] | None:
    """Read a file that was handed in; return what is to be written when it is done."""
    row = Import.objects.select_related("token").filter(code=code, state="waiting").first()
    if row is None:
        return None
    path = next((one for kind in KINDS if (one := _folder() / f"{code}{kind}").is_file()), None)
    told: list[tuple[int, str, str, str]] = []
    rows = taken = 0
    try:
        if path is None or not tokens.holds(row.token, site().now()):
            raise _gone()
        actor = tokens.actor_for(row.token)
        for number, cells, share in _rows(path):
            rows += 1
            try:
                with transaction.atomic():
                    _take(actor, row, number, cells)
                taken += 1
            except SuqiuError as error:
                told.append((number, error.code, f"{error.message.zh} {error.message.en}",
                             f"{error.hint.zh} {error.hint.en}"))  # fmt: skip
            progress(share)
    except SuqiuError as error:
        wrong = error
        return lambda: _finish(row, "failed", rows, taken, told, path, wrong)
    return lambda: _finish(row, "done", rows, taken, told, path, None)


def errors_path(row: Import) -> Path:
    """Return where the file of refused rows lies."""
    return _folder() / f"{row.code}.errors.csv"


def _finish(
    row: Import, state: str, rows: int, taken: int, told: list[tuple[int, str, str, str]], path: Path | None,
    error: SuqiuError | None,
) -> None:  # fmt: skip
    if told:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(("行号 row", "代码 code", "问题 problem", "修改建议 hint"))
        writer.writerows((number, *(safe_cell(cell) for cell in cells)) for number, *cells in told)
        with replacing(errors_path(row)) as part:
            part.write_bytes(text.getvalue().encode("utf-8-sig"))
    row.state, row.read, row.taken, row.refused, row.done_at = state, rows, taken, len(told), site().now()
    if error is not None:
        row.problem = {
            "code": error.code,
            "message": [error.message.zh, error.message.en],
            "hint": [error.hint.zh, error.hint.en],
        }
    row.save()
    if path is not None:  # it holds personal data: what was taken is in the vault now
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str], float]]:
    _refuse_disguise(path, path.suffix, deep=True)
    table = open_source(str(path)).tables[0]
    heads = {head.strip().lower(): column for column in table.columns for head in (column,)}
    known = {
        field: heads[name] for field, names in COLUMNS.items() for name in reversed(names) if name in heads
    }  # fmt: skip
    if not {"title", "text"} <= set(known):
        raise InvalidInput(
            "import.columns",
            Text("文件缺少“标题”或“内容”列", "the file lacks the column “title” or “text”"),
            Text("可用列名：{names}", "columns: {names}").fill(
                names=Text("、".join(names[0] for names in COLUMNS.values()), ", ".join(COLUMNS))
            ),
        )
    done = 0
    for portion in table.portions(1000):
        columns = {field: portion.batch.column(column).to_pylist() for field, column in known.items()}
        for n, number in enumerate(portion.batch.column(ROW).to_pylist()):
            done += 1
            if done > MOST_ROWS:
                raise InvalidInput(
                    "import.too_many",
                    Text("文件超过{most}行，其后各行未导入", "more than {most} rows; those after were not taken").fill(
                        most=MOST_ROWS
                    ),
                    Text("请拆分文件", "split the file"),
                )
            yield number, {field: cells[n].strip() for field, cells in columns.items()}, portion.share


def _take(actor: Actor, row: Import, number: int, cells: Mapping[str, str]) -> None:
    """Take one row as a call with one demand.

    Raises:
        InvalidInput: a cell is not as it must be.
    """
    for cell in cells.values():
        refuse_hidden(cell)
    said = {field: _CODES.get(field, {}).get(cell, cell) for field, cell in cells.items() if cell}
    try:
        body = ComingIn.model_validate(
            {
                "channel": said.get("channel", "other_channel"),
                "caller": {name: said[name] for name in ("name", "phone", "contact") if name in said},
                "secret": said.get("secret", "false"),
                "at": _moment(said["at"]) if "at" in said else None,
                "demands": [{name: said[name] for name in _DEMAND if name in said}],
            }
        )
    except ValidationError as error:
        raise invalid([dict(one) for one in error.errors(include_url=False, include_input=False)]) from error
    own = said.get("key")
    key = f"{actor.label}:{hashlib.sha256(own.encode()).hexdigest()[:32] if own else f'{row.code}:{number}'}"[-80:]
    who, one = body.caller, body.demands[0]
    flow.accept(
        actor,
        flow.Coming(str(body.channel), Identity(who.name, who.phone, who.contact), body.secret, at=body.at),
        [
            flow.Demand(
                one.title, one.text, one.type or "", one.category or "", one.place or "", one.urgency, one.address,
                one.object_name, one.lon, one.lat, key=key,
            )
        ],
    )  # fmt: skip


def _moment(cell: str) -> datetime:
    try:
        at = datetime.fromisoformat(cell)
        return at if at.tzinfo is not None else at.replace(tzinfo=site().zone)
    except ValueError as error:
        raise InvalidInput(
            "import.time",
            Text("来电时间无法识别", "the time cannot be read"),
            Text("请写成2026-05-01 09:30", "write it as 2026-05-01 09:30"),
        ) from error


def _refuse_disguise(path: Path, kind: str, *, deep: bool = False) -> None:
    with path.open("rb") as file:
        head = file.read(8192)
    if not head.strip():
        raise InvalidInput("import.empty", Text("文件为空", "the file is empty"), Text("请检查文件", "check the file"))
    if kind == ".xlsx":
        if not head.startswith(b"PK"):
            refuse_bombs(path)
        if deep:
            refuse_bombs(path)
    elif b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInput(
            "import.not_text",
            Text("文件内容与扩展名不符", "the file is not what its name says"),
            Text("请上传文本格式的CSV或JSONL", "send CSV or JSON lines as text"),
        )


def _clean(name: str) -> str:
    return "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable())[-120:] or "file"


def _folder() -> Path:
    folder = site().folder / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _gone() -> InvalidInput:
    return InvalidInput(
        "import.gone", Text("文件已不存在，或令牌已失效", "the file is gone, or the token has ended"),
        Text("请重新上传", "send it again"),
    )  # fmt: skip
