"""What a step holds, field by field: what it needs, what it may have, and how long and which each may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from suqiu.domain.city import City, DepartmentKind
from suqiu.domain.order import OrderType, Satisfaction, StepKind
from suqiu.domain.text import Text
from suqiu.web.orders import refused
from suqiu.web.orders.actions import ACTIONS, Deed, Field

MOST: Mapping[Field, int] = {Field.REASON: 500, Field.TEXT: 5000}
GRADES = frozenset({"excellent", "good", "pass", "fail"})
_MOST_UNITS = 20
_MOST_FILES = 20
_MOST_KEY = 80
#: What may be answered on the spot, without a unit.
_DIRECT = frozenset({OrderType.CONSULT, OrderType.SUGGEST, OrderType.PRAISE, OrderType.OTHER, OrderType.HELP})
#: Signs that no text needs, and that a database refuses or a page shows backwards.
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def clean(text: str) -> str:
    """Return a text without control signs, with plain line ends and no space around it."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def cleaned(deed: Deed) -> Deed:
    """Return a deed with its texts cleaned."""
    return replace(
        deed,
        reason=clean(deed.reason),
        text=clean(deed.text),
        department=clean(deed.department),
        parent=clean(deed.parent).upper(),
        assisting=tuple(clean(id_) for id_ in deed.assisting),
        files=tuple(clean(code) for code in deed.files),
        key=clean(deed.key or "") or None,
    )


def check(deed: Deed, now: datetime, city: City) -> None:
    """Refuse a deed that lacks what its step needs, or holds what it does not take.

    Raises:
        InvalidInput: which field, and what to do.
    """
    action = ACTIONS[deed.kind]
    for field in Field:
        given = _given(deed, field)
        if field in action.needs and not given:
            raise refused.lacking(deed.kind, field)
        if given and field not in action.needs | action.takes:
            raise refused.not_taken(deed.kind, field)
    for field, most in MOST.items():
        if len(getattr(deed, field)) > most:
            raise refused.too_long(refused.FIELD_NAMES[field], most)
    if deed.satisfaction and deed.satisfaction not in set(Satisfaction):
        raise refused.unknown(Text("满意度", "satisfaction"), deed.satisfaction)
    if deed.grade and deed.grade not in GRADES:
        raise refused.unknown(Text("考评等次", "grade"), deed.grade)
    if len(deed.assisting) > _MOST_UNITS or len(deed.files) > _MOST_FILES or len(deed.key or "") > _MOST_KEY:
        raise refused.invalid(
            "too_many", "协办单位或附件过多，或请求标识过长", "too many units or files, or too long a key",
            f"各不超过{_MOST_UNITS}个，标识不超过{_MOST_KEY}字", f"at most {_MOST_UNITS} of each",
        )  # fmt: skip
    if deed.until is not None:
        _check_until(deed.until, now)
    if deed.kind is StepKind.CALL_BACK and not deed.reached and _said(deed):
        raise refused.invalid(
            "said_without_reaching", "未接通的回访不能登记诉求人的意见", "who was not reached has said nothing",
            "请只登记未接通，择时再次回访", "note only that nobody answered, and call again",
        )  # fmt: skip


def unit(id_: str, city: City) -> None:
    """Refuse a unit that the city pack does not have, or that is outside the city's power.

    Raises:
        InvalidInput: which, and what to do.
    """
    found = city.department_by_id.get(id_)
    if found is None:
        raise refused.unknown(Text("承办单位", "unit"), id_)
    if found.kind is DepartmentKind.OUTSIDE:
        raise refused.invalid(
            "unit_outside", f"“{found.name}”不受市政府领导，不能派单", f"{found.id} is outside the city's power",
            "请告知诉求人法定途径，或选择其他单位", "tell the caller the legal way, or choose another unit",
        )  # fmt: skip


def direct_answer(type_: str, deed: Deed) -> None:
    """Refuse to close on the spot what a unit must handle.

    Raises:
        InvalidInput: it is no matter for a direct answer, or the answer is lacking.
    """
    if type_ not in _DIRECT:
        raise refused.invalid(
            "not_direct", "投诉、举报和未定类型的诉求不能直接办结", "complaints, reports and untyped ones need a unit",
            "请先核定诉求类型并派单", "set its type and dispatch it",
        )  # fmt: skip
    if not deed.text:
        raise refused.lacking(StepKind.CLOSE, Field.TEXT)


def _given(deed: Deed, field: Field) -> bool:
    value = getattr(deed, field)
    return value is not None if field in _YES_OR_NO else bool(value)


_YES_OR_NO = frozenset({Field.SOLVED, Field.REACHED, Field.CONTACTED, Field.TRUTHFUL, Field.UNTIL})


def _said(deed: Deed) -> bool:
    return deed.solved is not None or bool(deed.satisfaction) or deed.truthful is not None or deed.contacted is not None


def _check_until(until: datetime, now: datetime) -> None:
    if until.tzinfo is None:
        raise refused.invalid(
            "no_zone", "期限缺少时区", "a time needs its zone", "请写明时区，如+08:00", "name it, as in +08:00"
        )
    if until <= now:
        raise refused.invalid(
            "until_past", "期限须晚于当前时间", "the time given has passed", "请填写将来的时间", "give a later one"
        )
