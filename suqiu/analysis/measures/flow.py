"""Acceptance and dispatch 分得更准: measures over orders and hand-overs."""

from __future__ import annotations

import ibis

from suqiu.analysis.measures.measure import (
    NOT_BY_DEPARTMENT,
    Clock,
    Direction,
    Ground,
    Mean,
    Measure,
    Portion,
    Share,
)
from suqiu.domain.order import Status
from suqiu.domain.text import Text

ACCEPTED = Clock("accepted_at", Text("受理时间", "time of acceptance"))
DISPATCHED = Clock("first_dispatched_at", Text("首次派单时间", "time of the first dispatch"))
_HANDED = Clock("handed_at", Text("派单时间", "time of the dispatch"))

#: States in which an order is done.
CLOSED = tuple(str(status) for status in (Status.CLOSED, Status.APPRAISED, Status.ARCHIVED))
#: States in which an order ended without being handled on its own.
GONE = tuple(str(status) for status in (Status.MERGED, Status.WITHDRAWN, Status.VOIDED))


def accepted(orders: ibis.Table) -> ibis.Value:
    """Every order: acceptance is what makes one."""
    return orders.accepted_at.notnull()


def dispatched(orders: ibis.Table) -> ibis.Value:
    """Orders that went to a department."""
    return orders.first_dispatched_at.notnull()


def stands(orders: ibis.Table) -> ibis.Value:
    """Orders that were not merged, withdrawn or voided, as far as anybody knows."""
    return (~orders.status.isin(GONE)).fill_null(True)


def is_closed(orders: ibis.Table) -> ibis.Value:
    """Orders closed by their time or their state."""
    return orders.closed_at.notnull() | orders.status.isin(CLOSED).fill_null(False)


ALL_ACCEPTED = Text("全部受理工单", "all accepted orders")
ALL_DISPATCHED = Text("已派单工单", "orders dispatched to a department")

FLOW: tuple[Measure, ...] = (
    Measure(
        "B1",
        Text("直接办结率", "direct closure rate"),
        Ground.ORDER,
        lambda orders: accepted(orders) & stands(orders),
        Text("受理工单，不含并单、撤单、作废", "accepted orders, without merged, withdrawn and voided ones"),
        Share(lambda orders: ~dispatched(orders) & is_closed(orders)),
        Text("未经派单即办结的工单÷受理工单", "orders closed without a dispatch ÷ accepted orders"),
        ACCEPTED,
        Direction.UP,
        "唐山、宜春12345运行通报 [A/B]",
        needs=("accepted_at", "first_dispatched_at", "closed_at"),
        reads=("status",),
        cuts=NOT_BY_DEPARTMENT,
    ),
    Measure(
        "B2",
        Text("派单率", "dispatch rate"),
        Ground.ORDER,
        accepted,
        ALL_ACCEPTED,
        Share(dispatched),
        Text("已派单工单÷受理工单", "orders dispatched ÷ accepted orders"),
        ACCEPTED,
        Direction.NONE,
        "宜春12345运行通报 [B]",
        needs=("accepted_at", "first_dispatched_at"),
        cuts=NOT_BY_DEPARTMENT,
    ),
    Measure(
        "B3",
        Text("平均派单时长", "dispatch delay"),
        Ground.ORDER,
        dispatched,
        ALL_DISPATCHED,
        Mean(
            lambda orders: orders.first_dispatched_at.epoch_seconds() - orders.accepted_at.epoch_seconds(),
            "minutes",
            60,
        ),
        Text("受理至首次派单的分钟数之和÷已派单工单", "minutes from acceptance to first dispatch ÷ orders dispatched"),
        DISPATCHED,
        Direction.DOWN,
        "own",
        needs=("accepted_at", "first_dispatched_at"),
        cuts=NOT_BY_DEPARTMENT,
    ),
    Measure(
        "B4",
        Text("首次派单准确率", "first-dispatch accuracy"),
        Ground.ORDER,
        lambda orders: dispatched(orders) & orders.dispatches.notnull(),
        ALL_DISPATCHED,
        # A citizen's reopening leads to a dispatch of its own, which is no correction of the first.
        Share(
            lambda orders: (
                (orders.returns_granted.fill_null(0) == 0) & (orders.dispatches <= 1 + orders.reworks.fill_null(0))
            )
        ),
        Text("未被退回也未改派的工单÷已派单工单", "orders neither returned nor re-routed ÷ orders dispatched"),
        DISPATCHED,
        Direction.UP,
        "武汉等地通报口径 [B]",
        needs=("first_dispatched_at", "dispatches", "returns_granted"),
        reads=("reworks",),
        cuts=NOT_BY_DEPARTMENT,
    ),
    Measure(
        "B6",
        Text("退单率", "return rate"),
        Ground.HANDOFF,
        lambda handoffs: handoffs.returns_asked.notnull(),
        Text("历次派单、改派", "every dispatch and re-dispatch"),
        Share(lambda handoffs: handoffs.returned),
        Text(
            "承办单位申请退单的派单次数÷派单次数，按被派单位统计",
            "dispatches that the receiving department asked to return ÷ dispatches, by receiving department",
        ),
        _HANDED,
        Direction.DOWN,
        "榆林考核口径 [B]",
        needs=("handed_at", "returned", "returns_asked"),
    ),
    Measure(
        "B7",
        Text("不当退单率", "wrongful return rate"),
        Ground.ORDER,
        lambda orders: (
            dispatched(orders) & (orders.returns_granted.fill_null(0) + orders.returns_refused.fill_null(0) > 0)
        ),
        Text("退单申请已审核的工单", "orders with a decided request for return"),
        Portion(
            lambda orders: orders.returns_refused.fill_null(0),
            lambda orders: orders.returns_granted.fill_null(0) + orders.returns_refused.fill_null(0),
        ),
        Text("被驳回的退单申请÷已审核的退单申请", "requests for return refused ÷ requests decided"),
        DISPATCHED,
        Direction.DOWN,
        "广东省政务服务便民热线管理办法 [A]",
        needs=("first_dispatched_at", "returns_refused"),
        reads=("returns_granted",),
        cuts=NOT_BY_DEPARTMENT,
    ),
    Measure(
        "B9",
        Text("平均流转次数", "mean hops"),
        Ground.ORDER,
        lambda orders: dispatched(orders) & orders.dispatches.notnull(),
        ALL_DISPATCHED,
        Mean(lambda orders: orders.dispatches, "ratio"),
        Text("派单与改派次数之和÷已派单工单", "dispatches and re-dispatches ÷ orders dispatched"),
        DISPATCHED,
        Direction.DOWN,
        "own",
        needs=("first_dispatched_at", "dispatches"),
        cuts=NOT_BY_DEPARTMENT,
    ),
    Measure(
        "B17",
        Text("地址落到社区率", "place known to community"),
        Ground.ORDER,
        accepted,
        ALL_ACCEPTED,
        Share(lambda orders: orders.community.notnull()),
        Text("事发地明确到社区（村）的工单÷受理工单", "orders whose place is known to the community ÷ accepted orders"),
        ACCEPTED,
        Direction.UP,
        "own",
        needs=("accepted_at", "community"),
    ),
)
