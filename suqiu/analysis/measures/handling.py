"""Handling and closure 办得更实: measures over dispatched orders."""

from __future__ import annotations

from collections.abc import Callable

import ibis

from suqiu.analysis.measures.flow import (
    ACCEPTED,
    ALL_DISPATCHED,
    CLOSED,
    DISPATCHED,
    GONE,
    accepted,
    dispatched,
    is_closed,
    stands,
)
from suqiu.analysis.measures.measure import (
    USUAL,
    Clock,
    Count,
    Dimension,
    Direction,
    Ground,
    Mean,
    Measure,
    Portion,
    Share,
)
from suqiu.domain.text import Text

CLOSED_AT = Clock("closed_at", Text("办结时间", "time of closure"))
_FINISHED = (*CLOSED, *GONE)
#: A state at the period's end has no month.
_NOT_BY_MONTH = tuple(one for one in USUAL if one is not Dimension.MONTH)


def appraised(orders: ibis.Table) -> ibis.Value:
    """Orders that count in appraisal: not granted as unreasonable, not merged, withdrawn or voided."""
    return ~orders.exempt.fill_null(False) & stands(orders)


def _in_time(done: str, due: str) -> Callable[[ibis.Table], ibis.Value]:
    return lambda orders: orders[done] <= orders[due]


def _punctual(id_: str, name: Text, done: str, due: str, verb: Text, clock: Text, source: str) -> Measure:
    """Declare the share of orders whose stage was done by its deadline, of those whose deadline fell due."""
    return Measure(
        id_,
        name,
        Ground.ORDER,
        appraised,
        Text(
            "时限到期的已派单工单，不含不合理诉求、并单、撤单、作废",
            "dispatched orders whose deadline fell due, without unreasonable, merged, withdrawn and voided ones",
        ),
        Share(_in_time(done, due)),
        Text("时限内{verb}的工单÷应{verb}工单", "orders {verb} by their deadline ÷ orders due").fill(verb=verb),
        Clock(due, clock, promised=True),
        Direction.UP,
        source,
        needs=(done, due),
        reads=("exempt", "status"),
    )


def _counted(id_: str, name: Text, column: str, verb: Text, direction: Direction, source: str) -> Measure:
    """Declare the share of dispatched orders to which a kind of step happened at least once."""
    return Measure(
        id_,
        name,
        Ground.ORDER,
        lambda orders: dispatched(orders) & orders[column].notnull(),
        ALL_DISPATCHED,
        Share(lambda orders: orders[column].cast("int64") > 0),
        Text("{verb}工单÷已派单工单", "orders {verb} ÷ orders dispatched").fill(verb=verb),
        DISPATCHED,
        direction,
        source,
        needs=("first_dispatched_at", column),
    )


HANDLING: tuple[Measure, ...] = (
    _punctual(
        "C1",
        Text("及时签收率", "timely signing"),
        "signed_at",
        "sign_due_at",
        Text("签收", "signed"),
        Text("签收时限", "deadline for signing"),
        "榆林、连云港考核口径 [B]",
    ),
    _punctual(
        "C2",
        Text("先行联系率（响应率）", "first contact (response rate)"),
        "contacted_at",
        "contact_due_at",
        Text("联系诉求人", "contacted"),
        Text("先行联系时限", "deadline for first contact"),
        "北京接诉即办“三率” [B]",
    ),
    _punctual(
        "C3",
        Text("按时办结率", "on-time closure"),
        "closed_at",
        "close_due_at",
        Text("办结", "closed"),
        Text("办结时限", "deadline for closure"),
        "温州等地通报口径 [B]",
    ),
    _punctual(
        "C4",
        Text("按期反馈率", "on-time reply"),
        "replied_at",
        "reply_due_at",
        Text("反馈", "replied to"),
        Text("反馈时限", "deadline for the reply"),
        "温州通报口径 [B]",
    ),
    Measure(
        "C5",
        Text("办结率", "closure rate"),
        Ground.ORDER,
        lambda orders: accepted(orders) & stands(orders),
        Text("受理工单，不含并单、撤单、作废", "accepted orders, without merged, withdrawn and voided ones"),
        Share(is_closed),
        Text("截至数据末尾已办结的工单÷受理工单", "orders closed by the end of the data ÷ accepted orders"),
        ACCEPTED,
        Direction.UP,
        "石狮等地通报口径 [D]",
        needs=("accepted_at", "closed_at"),
        reads=("status",),
    ),
    Measure(
        "C6",
        Text("超期未办结数", "overdue stock"),
        Ground.ORDER,
        lambda orders: (
            (orders.close_due_at <= orders.as_of)
            & (
                (orders.closed_at > orders.as_of)
                | (orders.closed_at.isnull() & ~orders.status.isin(_FINISHED).fill_null(False))
            )
        ),
        Text("期末已过办结时限而未办结的工单", "orders past their deadline and open at the period's end"),
        Count(),
        Text("期末超期未办结工单数", "number of such orders"),
        None,
        Direction.DOWN,
        "own",
        needs=("close_due_at", "closed_at"),
        reads=("status", "as_of"),
        cuts=_NOT_BY_MONTH,
    ),
    Measure(
        "C8",
        Text("平均办理时长", "mean handling time"),
        Ground.ORDER,
        dispatched,
        Text("已派单且已办结的工单", "orders dispatched and closed"),
        Mean(
            lambda orders: orders.closed_at.epoch_seconds() - orders.first_dispatched_at.epoch_seconds(), "hours", 3600
        ),
        Text("首次派单至办结的小时数之和÷办结工单", "hours from first dispatch to closure ÷ orders closed"),
        CLOSED_AT,
        Direction.DOWN,
        "own",
        needs=("first_dispatched_at", "closed_at"),
    ),
    _counted(
        "C9",
        Text("延期率", "extension rate"),
        "extensions",
        Text("获准延期的", "extended"),
        Direction.DOWN,
        "山东省12345管理办法 [B]",
    ),
    _counted("C10", Text("催办率", "urge rate"), "urges", Text("被催办的", "urged"), Direction.DOWN, "own"),
    _counted(
        "C11",
        Text("督办率", "supervision rate"),
        "supervisions",
        Text("被督办的", "supervised"),
        Direction.NONE,
        "own",
    ),
    Measure(
        "C12",
        Text("重办率", "redo rate"),
        Ground.ORDER,
        lambda orders: orders.reworks.notnull() & (is_closed(orders) | (orders.reworks > 0)),
        Text("已办结或被退回重办的受理工单", "accepted orders that were closed or sent back"),
        Share(lambda orders: orders.reworks > 0),
        Text(
            "重办或市民重启的工单÷已办结或被退回重办的工单", "orders reworked or reopened ÷ orders closed or sent back"
        ),
        ACCEPTED,
        Direction.DOWN,
        "榆林考核口径 [B]",
        needs=("accepted_at", "reworks"),
        reads=("closed_at", "status"),
    ),
    _counted("C13", Text("挂账率", "shelving rate"), "shelved", Text("挂账的", "shelved"), Direction.NONE, "own"),
    Measure(
        "C15",
        Text("考核申诉通过率", "appeal success"),
        Ground.ORDER,
        lambda orders: orders.appeals > 0,
        Text("提出考核申诉的工单", "orders with an appeal against their appraisal"),
        Portion(lambda orders: orders.appeals_upheld.fill_null(0), lambda orders: orders.appeals),
        Text("通过的申诉÷提出的申诉", "appeals upheld ÷ appeals"),
        ACCEPTED,
        Direction.NONE,
        "own",
        needs=("accepted_at", "appeals"),
        reads=("appeals_upheld",),
    ),
)
