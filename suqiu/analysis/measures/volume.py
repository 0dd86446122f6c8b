"""How much of what: volumes, mixes, repeats."""

from __future__ import annotations

from suqiu.analysis.measures.flow import ACCEPTED, ALL_ACCEPTED, accepted
from suqiu.analysis.measures.measure import (
    Count,
    Dimension,
    Direction,
    Ground,
    Measure,
    PerResidents,
    Share,
    ShareOfAll,
)
from suqiu.domain.text import Text


def _mix(id_: str, name: Text, of: Text, *cuts: Dimension) -> Measure:
    """Declare the mix of a dimension's values."""
    return Measure(
        id_,
        name,
        Ground.ORDER,
        accepted,
        ALL_ACCEPTED,
        ShareOfAll(),
        Text("各{of}受理工单÷全部受理工单", "accepted orders of each {of} ÷ all accepted orders").fill(of=of),
        ACCEPTED,
        Direction.NONE,
        "各地12345运行通报 [A/B]",
        needs=("accepted_at", str(cuts[0])),
        cuts=cuts,
    )


VOLUME: tuple[Measure, ...] = (
    Measure(
        "V1",
        Text("受理量", "accepted orders"),
        Ground.ORDER,
        accepted,
        ALL_ACCEPTED,
        Count(),
        Text("受理工单数", "number of accepted orders"),
        ACCEPTED,
        Direction.NONE,
        "各地12345运行通报 [A/B]",
        needs=("accepted_at",),
        cuts=tuple(Dimension),
    ),
    _mix("V2", Text("诉求类型占比", "type mix"), Text("诉求类型", "type"), Dimension.TYPE),
    _mix(
        "V3",
        Text("诉求类别占比", "category mix"),
        Text("类别", "category"),
        Dimension.CATEGORY_1,
        Dimension.CATEGORY,
    ),
    _mix("A19", Text("渠道占比", "channel mix"), Text("渠道", "channel"), Dimension.CHANNEL),
    Measure(
        "C14",
        Text("不合理诉求占比", "unreasonable-demand ratio"),
        Ground.ORDER,
        accepted,
        ALL_ACCEPTED,
        Share(lambda orders: orders.exempt.fill_null(False)),
        Text("认定为不合理诉求的工单÷受理工单", "orders granted as unreasonable ÷ accepted orders"),
        ACCEPTED,
        Direction.NONE,
        "own",
        needs=("accepted_at", "exempt"),
    ),
    Measure(
        "C25",
        Text("重复诉求率", "repeat-demand rate"),
        Ground.ORDER,
        accepted,
        ALL_ACCEPTED,
        Share(lambda orders: orders.repeated),
        Text(
            "与此前工单反映同一事项且在规定天数内的工单÷受理工单（天数见城市数据包analysis.repeat_days）",
            "orders on the matter of an earlier one within analysis.repeat_days of the city pack ÷ accepted orders",
        ),
        ACCEPTED,
        Direction.DOWN,
        "own",
        needs=("accepted_at", "repeated"),
    ),
    Measure(
        "C26",
        Text("万人诉求比", "orders for each 10,000 residents"),
        Ground.ORDER,
        accepted,
        ALL_ACCEPTED,
        PerResidents(),
        Text("受理工单×10000÷常住人口", "accepted orders × 10,000 ÷ residents"),
        ACCEPTED,
        Direction.NONE,
        "北京接诉即办 [B]",
        needs=("accepted_at",),
        cuts=(Dimension.DISTRICT,),
    ),
)
