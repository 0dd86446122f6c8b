"""What callers said in the end: call-backs, resolution, satisfaction."""

from __future__ import annotations

from suqiu.analysis.measures.flow import dispatched
from suqiu.analysis.measures.handling import CLOSED_AT
from suqiu.analysis.measures.measure import Clock, Direction, Ground, Measure, Share
from suqiu.domain.order import Satisfaction
from suqiu.domain.text import Text

_JUDGED = Clock(
    "judged_at",
    Text(
        "回访时间；无回访记录的为办结时间，再无则为受理时间",
        "time of the call-back; without one, of closure, else of acceptance",
    ),
)
_TRIED = Clock("tried_at", Text("回访时间", "time of the call-back"))
_PLEASED = tuple(str(grade) for grade in (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.BASIC))

VERDICT: tuple[Measure, ...] = (
    Measure(
        "C16",
        Text("解决率", "resolution rate"),
        Ground.ORDER,
        lambda orders: orders.solved.notnull() & ~orders.exempt.fill_null(False),
        Text(
            "诉求人答复了是否解决的工单，不含不合理诉求",
            "orders whose caller said whether it was solved, without unreasonable ones",
        ),
        Share(lambda orders: orders.solved),
        Text("诉求人认为已解决的工单÷有效回访工单", "orders that their caller calls solved ÷ orders validly visited"),
        _JUDGED,
        Direction.UP,
        "北京接诉即办“三率” [B]",
        needs=("solved",),
        reads=("exempt",),
    ),
    Measure(
        "C17",
        Text("满意率", "satisfaction"),
        Ground.ORDER,
        lambda orders: orders.satisfaction.notnull() & ~orders.exempt.fill_null(False),
        Text(
            "诉求人作出满意度评价的工单，不含不合理诉求",
            "orders that their caller graded, without unreasonable ones",
        ),
        Share(lambda orders: orders.satisfaction.isin(_PLEASED)),
        Text(
            "评价为非常满意、满意、基本满意的工单÷作出评价的工单",
            "orders graded very, simply or basically satisfied ÷ orders graded",
        ),
        _JUDGED,
        Direction.UP,
        "GB/T 39735-2020 [A]；北京接诉即办“三率” [B]",
        needs=("satisfaction",),
        reads=("exempt",),
    ),
    Measure(
        "C20",
        Text("回访率", "call-back coverage"),
        Ground.ORDER,
        dispatched,
        Text("已派单且已办结的工单", "orders dispatched and closed"),
        Share(lambda orders: orders.visited_at.notnull()),
        Text("已回访的工单÷已办结的派单工单", "orders visited ÷ dispatched orders closed"),
        CLOSED_AT,
        Direction.UP,
        "12328电话运行通报口径 [B]",
        needs=("first_dispatched_at", "closed_at", "visited_at"),
    ),
    Measure(
        "C21",
        Text("回访接通率", "call-back reach"),
        Ground.VISIT,
        lambda visits: visits.reached.notnull(),
        Text("全部回访", "all call-backs tried"),
        Share(lambda visits: visits.reached),
        Text("接通的回访÷全部回访", "call-backs that reached the caller ÷ call-backs tried"),
        _TRIED,
        Direction.UP,
        "own",
        needs=("tried_at", "reached"),
    ),
    Measure(
        "C22",
        Text("回访核实率（办理真实率）", "truth of closure"),
        Ground.VISIT,
        lambda visits: visits.truthful.notnull(),
        Text("核实了办理情况是否属实的回访", "call-backs that checked whether the closure is true"),
        Share(lambda visits: visits.truthful),
        Text("办理情况属实的回访÷核实的回访", "closures confirmed as true ÷ closures checked"),
        _TRIED,
        Direction.UP,
        "温州通报口径 [B]",
        needs=("tried_at", "truthful"),
    ),
)
