"""The way back: orders, steps and call-backs as an export that `suqiu run` takes in.

Redacted as they lie here; callers are named by codes that tell nothing. The columns have the names of the simulator's
export, so the city pack's own mapping fits. Rows stream by primary key: memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import OuterRef, QuerySet, Subquery

from suqiu.domain.order import NAMES, Channel, OrderType, Satisfaction, Status, StepKind, Urgency
from suqiu.lake import replacing
from suqiu.web.accounts.actor import Actor
from suqiu.web.orders import flow
from suqiu.web.orders.keeping import by_person
from suqiu.web.orders.models import Order, Step
from suqiu.web.site import site

_BATCH = 2_000
_LEVELS = ("一级分类", "二级分类", "三级分类")
_TIMES = ("受理时间", "首次派单时间", "签收时间", "首次联系时间", "反馈时间", "办结时间", "办理时限")


def _schema(texts: Sequence[str], times: Sequence[str] = (), numbers: Sequence[str] = ()) -> dict[str, pa.DataType]:
    kinds = dict.fromkeys(texts, pa.string()) | dict.fromkeys(times, pa.timestamp("s"))
    return kinds | dict.fromkeys(numbers, pa.float64())


ORDERS = pa.schema(
    _schema(
        ("工单编号", "受理渠道", "诉求类型", *_LEVELS, "工单标题", "诉求内容", "工单状态", "承办单位", "所属区县",
         "所属街道", "所属社区", "事发地址", "紧急程度", "来电人", "是否保密", "答复内容", "是否解决", "满意度"),
        _TIMES,
        ("经度", "纬度"),
    )
)  # fmt: skip
STEPS = pa.schema(
    {"工单编号": pa.string(), "序号": pa.int32(), "环节": pa.string(), "时间": pa.timestamp("s"), "操作人": pa.string()}
    | {"承办单位": pa.string(), "原因": pa.string(), "延期至": pa.timestamp("s"), "并入工单": pa.string()}
)
CALL_BACKS = pa.schema(
    _schema(("工单编号", "回访方式", "是否接通", "是否已联系", "是否解决", "满意度", "是否属实"), ("回访时间",))
)


def export_all(folder: Path) -> None:
    """Write every order of the site with its history, for the platform's own analysis."""
    export(folder, Order.objects.all())


def export_visible(actor: Actor, folder: Path) -> None:
    """Write the orders in an actor's scope; who asks for it has the right to export, and it is on record there."""
    export(folder, flow.visible(actor))


def export(folder: Path, chosen: QuerySet[Order]) -> None:
    """Write `orders.parquet`, `steps.parquet` and `callbacks.parquet` into a folder, each whole or not at all.

    A table without rows is not written: an export without call-backs has no such file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    steps = Step.objects.filter(order__in=chosen)
    _write(folder / "orders.parquet", ORDERS, order_batches(chosen))
    _write(folder / "steps.parquet", STEPS, step_batches(steps))
    _write(folder / "callbacks.parquet", CALL_BACKS, call_back_batches(steps))


def order_batches(chosen: QuerySet[Order]) -> Iterator[pa.RecordBatch]:
    """Stream orders, oldest first taken down."""
    first = Step.objects.filter(order=OuterRef("pk")).order_by("seq")
    rows = chosen.annotate(
        dispatched=Subquery(first.filter(kind__in=(StepKind.DISPATCH, StepKind.REDISPATCH)).values("at")[:1]),
        signed=Subquery(first.filter(kind=StepKind.SIGN).values("at")[:1]),
        contacted=Subquery(first.filter(kind=StepKind.CONTACT).values("at")[:1]),
        reply=Subquery(first.filter(kind=StepKind.REPLY).order_by("-seq").values("text")[:1]),
        answer=Subquery(first.filter(kind=StepKind.CLOSE, data__direct=True).order_by("-seq").values("text")[:1]),
        caller=Subquery(first.values("order__contact__person__code")[:1]),
    )
    names = _Names()
    for some in _in_turn(rows):
        yield pa.RecordBatch.from_pylist([names.order(one) for one in some], ORDERS)


def step_batches(chosen: QuerySet[Step]) -> Iterator[pa.RecordBatch]:
    """Stream steps: those of one order in their order."""
    names = _Names()
    for some in _in_turn(chosen.select_related("order", "parent").defer("order__text", "parent__text")):
        yield pa.RecordBatch.from_pylist([names.step(one) for one in some], STEPS)


def call_back_batches(chosen: QuerySet[Step]) -> Iterator[pa.RecordBatch]:
    """Stream call-backs; a citizen's own rating is an answer like one."""
    asked = chosen.filter(kind__in=(StepKind.CALL_BACK, StepKind.RATE)).select_related("order").defer("order__text")
    names = _Names()
    for some in _in_turn(asked):
        yield pa.RecordBatch.from_pylist([names.call_back(one) for one in some], CALL_BACKS)


def _in_turn(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Yield rows by primary key, some at a time: each query is short, and none holds the database."""
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        yield some
        last = some[-1].pk


def _write(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    first = next(batches, None)
    if first is None:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as part, pq.ParquetWriter(part, schema, compression="zstd") as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


class _Names:
    """Ids and codes as an export writes them."""

    def __init__(self) -> None:
        city = site().city
        self._units = {unit.id: unit.name for unit in city.departments}
        self._regions = {region.id: region.name for region in city.regions}
        self._taxonomy, self._zone = city.taxonomy, site().zone

    def order(self, one: Any) -> dict[str, Any]:
        parts = one.place.split(".") if one.place else []
        places = [self._regions.get(".".join(parts[: n + 1])) for n in range(len(parts))]
        known = one.category in self._taxonomy.by_id
        levels = [node.name for node in self._taxonomy.path(one.category)] if known else []
        lines: dict[str, Any] = dict(zip(_LEVELS, levels, strict=False))
        lines |= dict(zip(("所属区县", "所属街道", "所属社区"), places, strict=False))
        moments = (
            one.accepted_at, one.dispatched, one.signed, one.contacted, one.replied_at, one.closed_at, one.close_due_at,
        )  # fmt: skip
        stands = one.replied_at is not None
        return lines | dict(zip(_TIMES, map(self._wall, moments), strict=True)) | {
            "工单编号": one.number,
            "受理渠道": NAMES[Channel(one.channel)].zh,
            "诉求类型": NAMES[OrderType(one.type)].zh if one.type else None,
            "工单标题": one.title,
            "诉求内容": one.text,
            "工单状态": NAMES[Status(one.status)].zh,
            "承办单位": self._units.get(one.department),
            "事发地址": one.address or None,
            "经度": one.lon,
            "纬度": one.lat,
            "紧急程度": NAMES[Urgency(one.urgency)].zh,
            "来电人": one.caller,
            "是否保密": _yes(one.secret),
            "答复内容": (one.reply if stands else one.answer) or None,
            "是否解决": _yes(one.solved),
            "满意度": NAMES[Satisfaction(one.satisfaction)].zh if one.satisfaction else None,
        }  # fmt: skip

    def step(self, one: Step) -> dict[str, Any]:
        return {
            "工单编号": one.order.number,
            "序号": one.seq,
            "环节": NAMES[StepKind(one.kind)].zh,
            "时间": self._wall(one.at),
            "操作人": one.actor.removeprefix("user:"),
            "承办单位": self._units.get(one.department),
            "原因": one.reason or None,
            "延期至": self._wall(one.until) if one.kind in _EXTENSIONS else None,
            "并入工单": one.parent.number if one.parent is not None else None,
        }

    def call_back(self, one: Step) -> dict[str, Any]:
        said = one.data
        return {
            "工单编号": one.order.number,
            "回访时间": self._wall(one.at),
            "回访方式": "人工" if by_person(one.actor) else "机器人" if one.kind == StepKind.CALL_BACK else None,
            "是否接通": _yes(one.kind == StepKind.RATE or bool(said.get("reached"))),
            "是否已联系": _yes(said.get("contacted")),
            "是否解决": _yes(said.get("solved")),
            "满意度": NAMES[Satisfaction(said["satisfaction"])].zh if said.get("satisfaction") else None,
            "是否属实": _yes(said.get("truthful")),
        }

    def _wall(self, at: datetime | None) -> datetime | None:
        return at.astimezone(self._zone).replace(tzinfo=None, microsecond=0) if at is not None else None


_EXTENSIONS = frozenset({StepKind.REQUEST_EXTENSION, StepKind.GRANT_EXTENSION})


def _yes(value: Any) -> str | None:
    return None if value is None else "是" if value else "否"
