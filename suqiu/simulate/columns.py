"""The columns of the simulated export and of its truth, and how rows become Arrow tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

ORDERS = (
    "工单编号", "受理渠道", "诉求类型", "一级分类", "二级分类", "三级分类", "工单标题", "诉求内容", "受理时间",
    "首次派单时间", "签收时间", "首次联系时间", "反馈时间", "办结时间", "办理时限", "工单状态", "承办单位", "所属区县",
    "所属街道", "所属社区", "事发地址", "经度", "纬度", "紧急程度", "来电人", "联系电话", "是否保密", "答复内容",
    "是否解决", "满意度",
)  # fmt: skip
STEPS = ("工单编号", "序号", "环节", "时间", "操作人", "承办单位", "原因", "延期至", "并入工单")
CALLS = (
    "通话编号", "工单编号", "排队时间", "接听时间", "结束时间", "整理完成时间", "座席工号", "转接至",
    "转接成功", "回拨时间",
)  # fmt: skip
CALL_BACKS = ("工单编号", "回访时间", "回访方式", "是否接通", "是否已联系", "是否解决", "满意度", "是否属实")

#: Columns whose rows are built as seconds since 1970 and exported as 2026-03-01 08:30:00.
_TIMES = frozenset(
    {
        "受理时间", "首次派单时间", "签收时间", "首次联系时间", "反馈时间", "办结时间", "办理时限", "时间", "延期至",
        "排队时间", "接听时间", "结束时间", "整理完成时间", "回拨时间", "回访时间",
    }
)  # fmt: skip

#: The truth about every order of the export, in its order.
TRUE_ORDERS = pa.schema(
    [
        ("order_id", pa.string()),
        ("type", pa.string()),
        ("category", pa.string()),
        ("second_category", pa.string()),  # of a second demand in the same order, else null
        ("department", pa.string()),  # whose duty it is
        ("first_department", pa.string()),  # where it was first sent; null when it never was
        ("district", pa.string()),
        ("street", pa.string()),  # null, as community, where the matter has no place
        ("community", pa.string()),
        ("urgency", pa.string()),
        ("cue", pa.string()),  # name of the danger that the text speaks of
        ("event", pa.string()),  # label of the planted event
        ("repeat_of", pa.string()),  # the first order about the same matter
        ("repeat_kind", pa.string()),
        ("caller", pa.int64()),
        ("direct", pa.bool_()),  # answered on the line
        ("misdispatched", pa.bool_()),
        ("late", pa.bool_()),  # closed after its limit, or open past it; extensions and pauses counted
        ("gamed", pa.bool_()),  # closed just before the limit without having been handled
        ("empty_reply", pa.bool_()),
        ("solved", pa.bool_()),  # truly; null where nobody handled it
        ("bad_reason", pa.string()),  # what was done to its row on purpose
    ]
)
TRUE_EVENTS = pa.schema(
    [
        ("label", pa.string()),
        ("kind", pa.string()),
        ("category", pa.string()),  # null for storms, which raise many
        ("region", pa.string()),
        ("scope", pa.string()),
        ("first", pa.timestamp("s")),
        ("last", pa.timestamp("s")),
        ("orders", pa.int64()),
    ]
)
#: Personal data and their look-alikes, both tables alike.
TRUE_SPANS = pa.schema(
    [
        ("order_id", pa.string()),
        ("column", pa.string()),
        ("kind", pa.string()),
        ("string", pa.string()),
        ("start", pa.int64()),  # position of the first character in the cell
    ]
)
TRUE_BAD_ROWS = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),  # as a spreadsheet shows it, the header is row 1
        ("code", pa.string()),
        ("column", pa.string()),
        ("severity", pa.string()),
        ("order_id", pa.string()),
    ]
)
TRUE_DEPARTMENTS = pa.schema(
    [
        ("department", pa.string()),
        ("speed", pa.float64()),
        ("late", pa.float64()),
        ("gamed", pa.float64()),
        ("empty", pa.float64()),
        ("solved", pa.float64()),
    ]
)


def export(names: Sequence[str], rows: Iterable[Sequence[object]]) -> pa.Table:
    """Turn rows into a table of strings; times are given as seconds since 1970, None becomes an empty cell."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = []
    for name, values in zip(names, columns, strict=True):
        if name in _TIMES:
            arrays.append(pa.array(values, pa.int64()).cast(pa.timestamp("s")).cast(pa.string()))
        else:
            arrays.append(pa.array(values, pa.string()))
    return pa.table(arrays, names=list(names))


def truth(schema: pa.Schema, rows: Iterable[Sequence[object]]) -> pa.Table:
    """Turn rows into a table of the truth."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(v, f.type) for v, f in zip(columns, schema, strict=True)], schema=schema)
