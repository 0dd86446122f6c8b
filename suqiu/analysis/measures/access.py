"""Access and call handling 接得更快: measures over telephone calls."""

from __future__ import annotations

import ibis

from suqiu.analysis.measures.measure import (
    Clock,
    Condition,
    Dimension,
    Direction,
    Ground,
    Mean,
    Measure,
    Quantile,
    Share,
)
from suqiu.domain.text import Text

_QUEUED = Clock("queued_at", Text("来电排队时间", "time the call was queued"))
#: A call without an order has no department, place or matter to be cut by.
_CUTS = (Dimension.MONTH,)
#: The emergency numbers that a call can be handed to with one key.
_EMERGENCY = ("110", "119", "120", "122")


def _answered(calls: ibis.Table) -> ibis.Value:
    return calls.answered_at.notnull()


def _missed(calls: ibis.Table) -> ibis.Value:
    return calls.answered_at.isnull()


def _all(calls: ibis.Table) -> ibis.Value:
    return calls.queued_at.notnull()


def _seconds(start: str, end: str) -> Condition:
    """Measure from one time of a call to another in whole seconds."""
    return lambda calls: calls[end].epoch_seconds() - calls[start].epoch_seconds()


_WAIT = _seconds("queued_at", "answered_at")
_ALL_CALLS = Text("全部人工服务来电", "all calls asking for a human")
_ANSWERED_CALLS = Text("已接通的人工服务来电", "calls answered by a human")
_MISSED_CALLS = Text("未接通的人工服务来电", "calls that nobody answered")

ACCESS: tuple[Measure, ...] = (
    Measure(
        "A1",
        Text("接通率", "connect rate"),
        Ground.CALL,
        _all,
        _ALL_CALLS,
        Share(_answered),
        Text("已接通来电÷全部人工服务来电", "calls answered ÷ calls asking for a human"),
        _QUEUED,
        Direction.UP,
        "GB/T 33358-2016 [A/B]",
        needs=("queued_at", "answered_at"),
        cuts=_CUTS,
    ),
    Measure(
        "A2",
        Text("15秒接通率", "15-second answer rate"),
        Ground.CALL,
        _answered,
        _ANSWERED_CALLS,
        Share(lambda calls: _WAIT(calls) <= 15),
        Text("15秒内接通的来电÷已接通来电", "calls answered within 15 s ÷ calls answered"),
        _QUEUED,
        Direction.UP,
        "GB/T 33358-2016 [A/B]",
        needs=("queued_at", "answered_at"),
        cuts=_CUTS,
    ),
    Measure(
        "A4",
        Text("平均等待时长", "average wait"),
        Ground.CALL,
        _answered,
        _ANSWERED_CALLS,
        Mean(_WAIT, "seconds"),
        Text("已接通来电的等待秒数之和÷已接通来电", "sum of waits of answered calls ÷ calls answered"),
        _QUEUED,
        Direction.DOWN,
        "own",
        needs=("queued_at", "answered_at"),
        cuts=_CUTS,
    ),
    Measure(
        "A5",
        Text("等待时长95分位", "95th percentile of the wait"),
        Ground.CALL,
        _answered,
        _ANSWERED_CALLS,
        Quantile(_WAIT, 0.95, "seconds"),
        Text("已接通来电等待秒数的95分位数", "exact 95th percentile of the waits of answered calls"),
        _QUEUED,
        Direction.DOWN,
        "own",
        needs=("queued_at", "answered_at"),
        cuts=_CUTS,
    ),
    Measure(
        "A6",
        Text("放弃率", "abandonment rate"),
        Ground.CALL,
        _all,
        _ALL_CALLS,
        Share(_missed),
        Text("排队中挂断的来电÷全部人工服务来电", "calls that ended in the queue ÷ calls asking for a human"),
        _QUEUED,
        Direction.DOWN,
        "own",
        needs=("queued_at", "answered_at"),
        cuts=_CUTS,
    ),
    Measure(
        "A7",
        Text("漏接回拨率", "missed-call call-back rate"),
        Ground.CALL,
        _missed,
        _MISSED_CALLS,
        Share(lambda calls: calls.called_back_at.notnull()),
        Text("已回拨的未接来电÷未接来电", "missed calls called back ÷ missed calls"),
        _QUEUED,
        Direction.UP,
        "国办函〔2025〕66号 [A/C]",
        needs=("queued_at", "called_back_at"),
        reads=("answered_at",),
        cuts=_CUTS,
    ),
    Measure(
        "A8",
        Text("漏接回拨时长", "call-back delay"),
        Ground.CALL,
        _missed,
        _MISSED_CALLS,
        Quantile(_seconds("ended_at", "called_back_at"), 0.5, "minutes", 60),
        Text("未接来电至回拨的分钟数的中位数", "median minutes from a missed call to its call-back"),
        _QUEUED,
        Direction.DOWN,
        "own",
        needs=("queued_at", "called_back_at"),
        reads=("answered_at", "ended_at"),
        cuts=_CUTS,
    ),
    Measure(
        "A12",
        Text("平均通话时长", "average talk time"),
        Ground.CALL,
        _answered,
        _ANSWERED_CALLS,
        Mean(_seconds("answered_at", "ended_at"), "seconds"),
        Text("通话秒数之和÷已接通来电", "sum of talk seconds ÷ calls answered"),
        _QUEUED,
        Direction.NONE,
        "own",
        needs=("queued_at", "answered_at", "ended_at"),
        cuts=_CUTS,
    ),
    Measure(
        "A13",
        Text("话后处理时长", "after-call work"),
        Ground.CALL,
        _answered,
        Text("有整理完成时间的已接通来电", "answered calls with a time at which after-call work ended"),
        Mean(_seconds("ended_at", "wrapped_at"), "seconds"),
        Text("话后整理秒数之和÷有记录的来电", "sum of after-call seconds ÷ calls that record it"),
        _QUEUED,
        Direction.DOWN,
        "own",
        needs=("queued_at", "ended_at", "wrapped_at"),
        reads=("answered_at",),
        cuts=_CUTS,
    ),
    Measure(
        "A20",
        Text("一键转接成功率", "transfer success"),
        Ground.CALL,
        lambda calls: calls.transferred_to.isin(_EMERGENCY) & calls.transfer_accepted.notnull(),
        Text(
            "转接110、119、120、122且记录了结果的来电",
            "calls handed to 110, 119, 120 or 122 whose outcome is recorded",
        ),
        Share(lambda calls: calls.transfer_accepted),
        Text("转接成功的来电÷转接的来电", "transfers accepted ÷ transfers attempted"),
        _QUEUED,
        Direction.UP,
        "国办发〔2022〕12号 [A]",
        needs=("queued_at", "transferred_to", "transfer_accepted"),
        cuts=_CUTS,
    ),
)
