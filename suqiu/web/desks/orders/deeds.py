"""A step as a form: its inputs follow from `orders.actions`, what was typed becomes a deed 环节表单."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.http import QueryDict

from suqiu.domain.city import DepartmentKind
from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import NAMES, Satisfaction, StepKind
from suqiu.domain.text import Text
from suqiu.web.orders.actions import Action, Deed, Field
from suqiu.web.orders.models import Order
from suqiu.web.site import site

_K, _F = StepKind, Field
_LONGEST = {"reason": 500, "text": 5_000, "key": 80, "parent": 40, "department": 40}

_LABELS: Mapping[Field, Text] = {
    _F.REASON: Text("理由", "reason"),
    _F.TEXT: Text("内容", "text"),
    _F.DEPARTMENT: Text("承办单位", "unit"),
    _F.ASSISTING: Text("协办单位", "assisting units"),
    _F.UNTIL: Text("延至", "until"),
    _F.PARENT: Text("并入的工单编号", "number of the order to merge into"),
    _F.FILES: Text("佐证材料", "proof"),
    _F.SOLVED: Text("是否解决", "solved?"),
    _F.SATISFACTION: Text("满意度", "satisfaction"),
    _F.REACHED: Text("是否接通", "reached?"),
    _F.CONTACTED: Text("承办单位是否联系过诉求人", "did the unit get in touch?"),
    _F.TRUTHFUL: Text("反馈是否属实", "is the reply true?"),
    _F.GRADE: Text("考评等次", "grade"),
}
#: Where a step means something more exact.
_OWN_LABELS: Mapping[tuple[StepKind, Field], Text] = {
    (_K.DISPATCH, _F.DEPARTMENT): Text("主办单位", "lead unit"),
    (_K.REDISPATCH, _F.DEPARTMENT): Text("新的主办单位", "new lead unit"),
    (_K.REQUEST_RETURN, _F.DEPARTMENT): Text("建议承办单位", "unit that should have it"),
    (_K.REQUEST_RETURN, _F.REASON): Text("退单依据", "rule that it rests on"),
    (_K.CONTACT, _F.TEXT): Text("联系情况", "how the contact went"),
    (_K.REPLY, _F.TEXT): Text("办理情况答复", "reply"),
    (_K.CALL_BACK, _F.TEXT): Text("回访记录", "note of the call"),
    (_K.CALL_BACK, _F.SOLVED): Text("诉求人认为是否解决", "solved, says the caller?"),
    (_K.SUPERVISE, _F.UNTIL): Text("督办期限", "deadline"),
    (_K.SUPERVISE, _F.REASON): Text("督办要求", "what is asked"),
    (_K.SHELVE, _F.UNTIL): Text("预计解除时间", "expected release"),
    (_K.END_SUPERVISION, _F.TEXT): Text("督办结果", "result"),
    (_K.FAIL_REVIEW, _F.REASON): Text("退回原因", "why it goes back"),
}
YES_NO = (("yes", Text("是", "yes")), ("no", Text("否", "no")))
GRADES = (
    ("excellent", Text("优秀", "excellent")), ("good", Text("良好", "good")),
    ("pass", Text("合格", "pass")), ("fail", Text("不合格", "fail")),
)  # fmt: skip
_FIVE = tuple((str(grade), NAMES[grade]) for grade in Satisfaction)
_ORDER = (
    _F.REACHED, _F.CONTACTED, _F.SOLVED, _F.SATISFACTION, _F.TRUTHFUL, _F.DEPARTMENT, _F.ASSISTING, _F.PARENT,
    _F.UNTIL, _F.GRADE, _F.TEXT, _F.REASON, _F.FILES,
)  # fmt: skip
_KIND_NAMES: Mapping[DepartmentKind, Text] = {
    DepartmentKind.BUREAU: Text("市级部门", "bureaus"),
    DepartmentKind.UTILITY: Text("公用企业", "utilities"),
    DepartmentKind.DISTRICT: Text("区县", "districts"),
    DepartmentKind.STREET: Text("街镇", "streets and towns"),
    DepartmentKind.OUTSIDE: Text("不受市政府领导的单位", "outside the city's power"),
}


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the form.

    Attributes:
        name: of the field.
        look: `area`, `line`, `unit`, `units`, `moment`, `choice`, `files`.
        label: as shown.
        needed: the step is refused without it.
        value: what was typed.
        values: what was ticked, for `units`.
        choices: of `choice`: code and name.
        longest: characters taken.
    """

    name: str
    look: str
    label: Text
    needed: bool
    value: str = ""
    values: tuple[str, ...] = ()
    choices: tuple[tuple[str, Text], ...] = ()
    longest: int = 0


_LOOKS: Mapping[Field, str] = {
    _F.REASON: "area", _F.TEXT: "area", _F.DEPARTMENT: "unit", _F.ASSISTING: "units", _F.UNTIL: "moment",
    _F.PARENT: "line", _F.FILES: "files",
}  # fmt: skip
_CHOICES: Mapping[Field, tuple[tuple[str, Text], ...]] = {
    _F.SOLVED: YES_NO, _F.REACHED: YES_NO, _F.CONTACTED: YES_NO, _F.TRUTHFUL: YES_NO,
    _F.SATISFACTION: _FIVE, _F.GRADE: GRADES,
}  # fmt: skip


def inputs(action: Action, typed: QueryDict | None = None) -> list[Input]:
    """Return the inputs of a step's form, holding what was typed."""
    return [
        Input(
            field, _LOOKS.get(field, "choice"), _OWN_LABELS.get((action.kind, field), _LABELS[field]),
            field in action.needs, typed.get(field, "") if typed else "",
            tuple(typed.getlist(field)) if typed else (), _CHOICES.get(field, ()), _LONGEST.get(field, 0),
        )
        for field in _ORDER if field in action.needs | action.takes
    ]  # fmt: skip


def units() -> list[tuple[Text, list[tuple[str, str, str]]]]:
    """Return the units to choose from, by their kind: id, name, and other names to find them by."""
    by_kind = sorted(site().city.departments, key=lambda one: list(_KIND_NAMES).index(one.kind))
    return [
        (_KIND_NAMES[kind], [(one.id, one.name, " ".join(one.aliases)) for one in group])
        for kind, group in groupby(by_kind, key=lambda one: one.kind)
    ]


def read(kind: StepKind, typed: QueryDict, files: tuple[str, ...] = ()) -> Deed:
    """Return what was typed as a deed; what is missing is for the flow to say.

    Raises:
        InvalidInput: something typed cannot be what it should be.
    """
    return Deed(
        kind,
        _version(typed.get("version", "")),
        reason=_text(typed, "reason"),
        text=_text(typed, "text"),
        department=_text(typed, "department"),
        assisting=tuple(dict.fromkeys(one for one in typed.getlist("assisting") if one)),
        until=_moment(typed.get("until", "")),
        parent=_text(typed, "parent"),
        files=files,
        solved=_yes(typed, "solved"),
        satisfaction=_one_of(typed, "satisfaction", _FIVE),
        reached=_yes(typed, "reached"),
        contacted=_yes(typed, "contacted"),
        truthful=_yes(typed, "truthful"),
        grade=_one_of(typed, "grade", GRADES),
        key=_text(typed, "key") or None,
    )


def kind_of(name: str) -> StepKind:
    """Return the step of a name in an address.

    Raises:
        InvalidInput: there is none.
    """
    try:
        return StepKind(name)
    except ValueError as error:
        raise _malformed(name) from error


def as_typed(when: datetime | None) -> str:
    """Return a moment as an input of the browser holds it."""
    return when.astimezone(site().zone).strftime("%Y-%m-%dT%H:%M") if when else ""


def asked_until(order: Order) -> datetime | None:
    """Return the moment that the standing request for an extension asks for."""
    step = order.steps.filter(kind=StepKind.REQUEST_EXTENSION).last() if "extension" in order.asked else None
    return step.until if step else None


def _malformed(what: str) -> InvalidInput:
    return InvalidInput(
        "deed.malformed",
        Text("“{what}”填写有误", "{what} is malformed").fill(what=what[:40]),
        Text("请核对后重新提交", "check it and send again"),
    )


def _version(said: str) -> int:
    if not said.isdecimal() or len(said) > 9:
        raise _malformed("version")
    return int(said)


def _text(typed: QueryDict, name: str) -> str:
    said = typed.get(name, "").replace("\r\n", "\n").strip()
    if len(said) > _LONGEST[name]:
        raise InvalidInput(
            "deed.too_long",
            Text("“{name}”超过{most}字", "{name} exceeds {most} characters").fill(
                name=_LABELS[Field(name)] if name in set(Field) else name, most=_LONGEST[name]
            ),
            Text("请精简后重新提交", "shorten it and send again"),
        )
    return said


def _moment(said: str) -> datetime | None:
    if not said:
        return None
    try:
        when = datetime.fromisoformat(said)
    except ValueError as error:
        raise _malformed(said) from error
    return when if when.tzinfo else when.replace(tzinfo=site().zone)


def _yes(typed: QueryDict, name: str) -> bool | None:
    said = _one_of(typed, name, YES_NO)
    return None if not said else said == "yes"


def _one_of(typed: QueryDict, name: str, choices: tuple[tuple[str, Text], ...]) -> str:
    said = typed.get(name, "")
    if said and said not in {code for code, _ in choices}:
        raise _malformed(name)
    return said
