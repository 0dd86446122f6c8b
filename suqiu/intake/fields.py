"""The fields that intake fills, what kind of value each holds, and what exports call them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from suqiu.domain.order import Channel, OrderType, Satisfaction, Status, StepKind, Urgency
from suqiu.domain.text import Text


class Holds(StrEnum):
    """What kind of value a field holds, and so how it is read 字段类型."""

    ID = "id"
    PROSE = "prose"
    TIME = "time"
    DEGREES = "degrees"
    COUNT = "count"
    FLAG = "flag"
    CODE = "code"
    CATEGORY = "category"
    DEPARTMENT = "department"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    TARGET = "target"
    CALLER = "caller"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one of our tables 字段.

    Attributes:
        name: the column's name in `domain.tables`; `caller` becomes `caller_id`.
        title: what people call it.
        holds: how its values are read.
        required: a row without it is rejected.
        codes: the codes of a CODE field; None where the field's words are its own.
        many: several source columns may serve: a chain of levels, or the first that is filled.
    """

    name: str
    title: Text
    holds: Holds
    required: bool = False
    codes: type[StrEnum] | None = None
    many: bool = False


def comparable(header: str) -> str:
    """Return a header without spaces, signs, case and width, for comparison."""
    plain = unicodedata.normalize("NFKC", header).lower()
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]+", "", re.sub(r"[（(].*?[)）]", "", plain) or plain)


#: The tables that intake makes, in the order in which they are read, each with its fields.
FIELDS: dict[str, tuple[Field, ...]] = {
    "orders": (
        Field("order_id", Text("工单编号", "order number"), Holds.ID, required=True),
        Field("channel", Text("受理渠道", "channel"), Holds.CODE, codes=Channel),
        Field("type", Text("诉求类型", "kind of demand"), Holds.CODE, codes=OrderType),
        Field("category", Text("分类", "category"), Holds.CATEGORY, many=True),
        Field("title", Text("标题", "title"), Holds.PROSE),
        Field("text", Text("诉求内容", "content"), Holds.PROSE),
        Field("accepted_at", Text("受理时间", "acceptance time"), Holds.TIME, required=True),
        Field("dispatched_at", Text("首次派单时间", "first dispatch"), Holds.TIME),
        Field("signed_at", Text("签收时间", "signed"), Holds.TIME),
        Field("contacted_at", Text("首次联系时间", "first contact"), Holds.TIME),
        Field("replied_at", Text("反馈时间", "replied"), Holds.TIME),
        Field("closed_at", Text("办结时间", "closed"), Holds.TIME),
        Field("due_at", Text("办理时限", "due"), Holds.TIME),
        Field("status", Text("工单状态", "state"), Holds.CODE, codes=Status),
        Field("department", Text("承办单位", "department"), Holds.DEPARTMENT),
        Field("district", Text("区县", "district"), Holds.DISTRICT, many=True),
        Field("street", Text("街道", "street"), Holds.STREET),
        Field("community", Text("社区", "community"), Holds.COMMUNITY),
        Field("address", Text("事发地址", "address"), Holds.PROSE),
        Field("lon", Text("经度", "longitude"), Holds.DEGREES),
        Field("lat", Text("纬度", "latitude"), Holds.DEGREES),
        Field("urgency", Text("紧急程度", "urgency"), Holds.CODE, codes=Urgency),
        Field("caller", Text("来电人", "caller"), Holds.CALLER, many=True),
        Field("secret", Text("是否保密", "secret"), Holds.FLAG),
        Field("reply", Text("答复内容", "reply"), Holds.PROSE, many=True),
        Field("solved", Text("是否解决", "solved"), Holds.FLAG),
        Field("satisfaction", Text("满意度", "satisfaction"), Holds.CODE, codes=Satisfaction),
    ),
    "steps": (
        Field("order_id", Text("工单编号", "order number"), Holds.ID, required=True),
        Field("seq", Text("序号", "position"), Holds.COUNT),
        Field("kind", Text("环节", "step"), Holds.CODE, required=True, codes=StepKind),
        Field("at", Text("时间", "time"), Holds.TIME, required=True),
        Field("actor", Text("操作人", "actor"), Holds.PROSE),
        Field("department", Text("承办单位", "department"), Holds.DEPARTMENT),
        Field("reason", Text("原因", "reason"), Holds.PROSE),
        Field("until", Text("延期至", "extended to"), Holds.TIME),
        Field("parent", Text("并入工单", "merged into"), Holds.ID),
    ),
    "calls": (
        Field("call_id", Text("通话编号", "call number"), Holds.ID, required=True),
        Field("order_id", Text("工单编号", "order number"), Holds.ID),
        Field("queued_at", Text("排队时间", "queued"), Holds.TIME, required=True),
        Field("answered_at", Text("接听时间", "answered"), Holds.TIME),
        Field("ended_at", Text("结束时间", "ended"), Holds.TIME, required=True),
        Field("wrapped_at", Text("整理完成时间", "wrapped up"), Holds.TIME),
        Field("agent", Text("座席工号", "agent"), Holds.PROSE),
        Field("transferred_to", Text("转接至", "transferred to"), Holds.TARGET),
        Field("transfer_accepted", Text("转接成功", "transfer accepted"), Holds.FLAG),
        Field("called_back_at", Text("回拨时间", "called back"), Holds.TIME),
    ),
    "call_backs": (
        Field("order_id", Text("工单编号", "order number"), Holds.ID, required=True),
        Field("at", Text("回访时间", "call-back time"), Holds.TIME, required=True),
        Field("by", Text("回访方式", "call-back by"), Holds.CODE),
        Field("reached", Text("是否接通", "reached"), Holds.FLAG),
        Field("contacted", Text("是否已联系", "contacted"), Holds.FLAG),
        Field("solved", Text("是否解决", "solved"), Holds.FLAG),
        Field("satisfaction", Text("满意度", "satisfaction"), Holds.CODE, codes=Satisfaction),
        Field("truthful", Text("是否属实", "truthful"), Holds.FLAG),
    ),
}

#: What people call each table.
TITLES: dict[str, Text] = {
    "orders": Text("工单", "orders"),
    "steps": Text("流程记录", "steps"),
    "calls": Text("通话", "calls"),
    "call_backs": Text("回访", "call-backs"),
}


def field_of(table: str, name: str) -> Field | None:
    """Return a table's field by name, None when it has none of that name."""
    return next((field for field in FIELDS[table] if field.name == name), None)


@cache
def headers(table: str, name: str) -> tuple[str, ...]:
    """Return what exports call a field, in comparable form, the likeliest first; the field's own name is among them."""
    return tuple(dict.fromkeys(comparable(header) for header in (*_listed()[table].get(name, ()), name)))


@cache
def category_levels() -> tuple[frozenset[str], ...]:
    """Return what exports call each level of a category, in comparable form, the widest level first."""
    return tuple(frozenset(map(comparable, level)) for level in _listed()["category_levels"])


@cache
def _listed() -> dict[str, Any]:
    text = files("suqiu.intake").joinpath("headers.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found
