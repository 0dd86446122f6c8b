"""What columns, tables and slices are called, and how a fact is numbered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from suqiu.analysis.measures.measure import Dimension
from suqiu.domain.city import City
from suqiu.domain.evidence import Slice
from suqiu.domain.order import NAMES, Channel, OrderType
from suqiu.domain.text import Text

#: The key of the slice of orders that state no value of the dimension; ids of city packs are never so.
UNSTATED = "unstated"

ALL = Slice("all", "", Text("全市", "whole city"))

#: What a person calls each table that an export may lack.
TABLE_NAMES: dict[str, Text] = {
    "steps": Text("流程记录", "the steps of orders"),
    "calls": Text("话务记录", "telephone calls"),
    "call_backs": Text("回访记录", "call-backs"),
}

#: What a person calls each column without which a measure cannot be told.
COLUMN_NAMES: dict[str, Text] = {
    "merged_into": Text("并单记录", "merges"),
    "accepted_at": Text("受理时间", "times of acceptance"),
    "first_dispatched_at": Text("派单时间", "times of dispatch"),
    "signed_at": Text("签收时间", "times of signing"),
    "contacted_at": Text("首次联系时间", "times of first contact"),
    "replied_at": Text("反馈时间", "times of reply"),
    "closed_at": Text("办结时间", "times of closure"),
    "sign_due_at": Text("签收时限", "deadlines for signing"),
    "contact_due_at": Text("先行联系时限", "deadlines for first contact"),
    "reply_due_at": Text("反馈时限", "deadlines for the reply"),
    "close_due_at": Text("办结时限", "deadlines for closure"),
    "dispatches": Text("派单环节", "steps of dispatch"),
    "returns_asked": Text("申请退单环节", "requests for return"),
    "returns_granted": Text("同意退单环节", "granted returns"),
    "returns_refused": Text("驳回退单环节", "refused returns"),
    "extensions": Text("同意延期环节", "granted extensions"),
    "urges": Text("催办环节", "urges"),
    "supervisions": Text("督办环节", "steps of supervision"),
    "reworks": Text("重办或重启环节", "reworks or reopenings"),
    "shelved": Text("挂账环节", "steps of shelving"),
    "exempt": Text("不合理诉求认定环节", "decisions on unreasonable demands"),
    "appeals": Text("考核申诉环节", "appeals"),
    "community": Text("所属社区", "communities"),
    "type": Text("诉求类型", "types"),
    "category_1": Text("诉求类别", "categories"),
    "channel": Text("受理渠道", "channels"),
    "repeated": Text("重复诉求识别结果", "repeats"),
    "solved": Text("是否解决", "answers on whether it was solved"),
    "satisfaction": Text("满意度", "grades of satisfaction"),
    "visited_at": Text("回访记录", "call-backs"),
    "tried_at": Text("回访时间", "times of call-backs"),
    "reached": Text("回访是否接通", "outcomes of call-backs"),
    "truthful": Text("办理是否属实", "checks of the closures' truth"),
    "handed_at": Text("派单时间", "times of dispatch"),
    "returned": Text("退单记录", "returns"),
    "queued_at": Text("来电排队时间", "times at which calls queued"),
    "answered_at": Text("来电接听时间", "times at which calls were answered"),
    "ended_at": Text("来电结束时间", "times at which calls ended"),
    "wrapped_at": Text("话后整理完成时间", "ends of after-call work"),
    "called_back_at": Text("漏接回拨时间", "call-backs of missed calls"),
    "transferred_to": Text("来电转接记录", "transfers of calls"),
    "transfer_accepted": Text("转接结果", "outcomes of transfers"),
}


def absent(name: Text) -> Text:
    """Say that the export lacks something."""
    return Text("导出数据中没有{what}", "the export holds no {what}").fill(what=name)


def slice_of(dimension: str, key: str, city: City) -> Slice:
    """Name a slice by the city pack and the codes; a key that neither knows is its own name."""
    if dimension == "all":
        return ALL
    return Slice(dimension, key, _key_name(dimension, key, city))


def _key_name(dimension: str, key: str, city: City) -> Text:
    if key == UNSTATED:
        return Text("未注明", "not stated")
    codes: dict[str, type[StrEnum]] = {Dimension.TYPE: OrderType, Dimension.CHANNEL: Channel}
    if dimension in codes:
        return NAMES[codes[dimension](key)] if key in set(codes[dimension]) else Text(key, key)
    if dimension == Dimension.MONTH:
        year, month = key.split("-")
        return Text(f"{year}年{int(month)}月", key)
    named: dict[str, Mapping[str, object]] = {
        Dimension.DEPARTMENT: city.department_by_id,
        Dimension.DISTRICT: city.region_by_id,
        Dimension.STREET: city.region_by_id,
        Dimension.CATEGORY_1: city.taxonomy.by_id,
        Dimension.CATEGORY: city.taxonomy.by_id,
    }
    # A proper name is the same in both languages.
    name = str(getattr(named[dimension].get(key), "name", key))
    return Text(name, name)


def period_text(first: date, last: date) -> str:
    """Return a period as a fact states it."""
    return f"{first}/{last}"


def fact_id(measure: str, period: str, part: Slice) -> str:
    """Number a fact: `C3@2026-01-01_2026-06-30`, with `/department=D01` for a slice."""
    whole = f"{measure}@{period.replace('/', '_')}"
    return whole if part.dimension == "all" else f"{whole}/{part.dimension}={part.key}"


def data_version(tables: Iterable[str], versions: Mapping[str, str]) -> str:
    """Combine the versions of the tables a fact rests on: 16 hex digits of a SHA-256."""
    lines = "\n".join(f"{name}={versions[name]}" for name in sorted(set(tables)))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]
