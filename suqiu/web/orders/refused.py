"""What the flow says when it refuses: which rule, and what to do."""

from __future__ import annotations

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from suqiu.domain.order import NAMES, Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.orders.actions import Field

FIELD_NAMES: dict[Field, Text] = {
    Field.REASON: Text("理由", "a reason"),
    Field.TEXT: Text("内容", "a text"),
    Field.DEPARTMENT: Text("承办单位", "a unit"),
    Field.ASSISTING: Text("协办单位", "assisting units"),
    Field.UNTIL: Text("期限", "a time"),
    Field.PARENT: Text("主工单", "the order to merge into"),
    Field.FILES: Text("附件", "files"),
    Field.SOLVED: Text("是否解决", "whether it is solved"),
    Field.SATISFACTION: Text("满意度", "the satisfaction"),
    Field.REACHED: Text("是否接通", "whether anybody answered"),
    Field.CONTACTED: Text("是否已联系", "whether the unit had made contact"),
    Field.TRUTHFUL: Text("是否属实", "whether the reply is true"),
    Field.GRADE: Text("考评等次", "the grade"),
}
_FLOW = Text("请刷新工单后按流程办理", "reload the order and follow the flow")


def no_such_order(number: str) -> NotFound:
    """The order does not exist, or not for this actor: which of the two is not told."""
    return NotFound(
        "order.none",
        Text("未找到工单“{number}”", "there is no order {number}").fill(number=number[:40]),
        Text(
            "请核对工单编号；不在您的数据范围内的工单不可见", "check the number; orders out of your scope are not shown"
        ),
    )


def no_right(kind: StepKind) -> NotPermitted:
    """The actor's roles do not take this step."""
    return NotPermitted(
        "order.no_right",
        Text("您的角色不能办理“{step}”", "your role cannot take the step “{step}”").fill(step=NAMES[kind]),
        Text("如工作需要，请向安全管理员申请", "ask the security administrator if your work needs it"),
    )


def only_a_person(kind: StepKind) -> NotPermitted:
    """A machine asks for what only a person may decide."""
    return NotPermitted(
        "order.only_a_person",
        Text("“{step}”须由人工作出，系统和接口不能代办", "“{step}” is a person's decision; no system may take it").fill(
            step=NAMES[kind]
        ),
        Text("请转交有权限的人员办理", "leave it to somebody with the right"),
    )


def not_the_unit(kind: StepKind, assisting: bool = False) -> NotPermitted:
    """The actor does not belong to the unit that has the order."""
    who = Text("主办或协办单位", "the lead or an assisting unit") if assisting else Text("主办单位", "the lead unit")
    return NotPermitted(
        "order.not_the_unit",
        Text("“{step}”只能由{who}的人员办理", "“{step}” is for people of {who}").fill(step=NAMES[kind], who=who),
        Text(
            "请由承办单位的账号办理；单位有误时先改派", "let the unit do it; if the unit is wrong, dispatch anew first"
        ),
    )


def illegal(number: str, status: Status | None, kind: StepKind) -> Conflict:
    """The step does not follow from the present state."""
    now = NAMES[status] if status is not None else Text("未受理", "not accepted")
    return Conflict(
        "order.illegal_step",
        Text("工单{id}当前为“{now}”，不能“{step}”", "order {id} is {now}: cannot {step}").fill(
            id=number, now=now, step=NAMES[kind]
        ),
        _FLOW,
    )


def moved_on(number: str, since: Text) -> Conflict:
    """Somebody else was first."""
    return Conflict(
        "order.moved_on",
        Text("工单{id}已有新进展：{since}", "order {id} has moved on: {since}").fill(id=number, since=since),
        Text("请刷新后再办理；您填写的内容尚未保存", "reload it first; what you filled in is not saved"),
    )


def key_reused(kind: StepKind) -> Conflict:
    """One key for two different deeds."""
    return Conflict(
        "order.key_reused",
        Text("该请求标识已用于“{step}”", "this key was used for “{step}”").fill(step=NAMES[kind]),
        Text("不同的操作请使用不同的标识", "give each deed a key of its own"),
    )


def not_asked(kind: StepKind) -> Conflict:
    """There is nothing that waits for this decision."""
    return Conflict(
        "order.not_asked",
        Text("没有待审的申请，不能“{step}”", "nothing waits for this decision: cannot {step}").fill(step=NAMES[kind]),
        _FLOW,
    )


def asked_already(kind: StepKind) -> Conflict:
    """The same request still waits."""
    return Conflict(
        "order.asked_already",
        Text("已有一项申请待审，不能再次“{step}”", "one request waits already: cannot {step} again").fill(
            step=NAMES[kind]
        ),
        Text("请等待审核结果", "wait for the decision"),
    )


def own_request(kind: StepKind) -> NotPermitted:
    """Nobody decides on what they asked for or wrote."""
    return NotPermitted(
        "order.own_request",
        Text("申请人或经办人本人不能办理“{step}”", "who asked or wrote cannot take the step “{step}”").fill(
            step=NAMES[kind]
        ),
        Text("请由另一名审核人员办理", "let another reviewer decide"),
    )


def conflict(code: str, zh: str, en: str, hint_zh: str, hint_en: str) -> Conflict:
    """Return a refusal from the present state."""
    return Conflict(f"order.{code}", Text(zh, en), Text(hint_zh, hint_en))


def invalid(code: str, zh: str, en: str, hint_zh: str, hint_en: str) -> InvalidInput:
    """Return a refusal of what was given."""
    return InvalidInput(f"order.{code}", Text(zh, en), Text(hint_zh, hint_en))


def lacking(kind: StepKind, field: Field) -> InvalidInput:
    """Something that the step needs was not given."""
    return InvalidInput(
        f"order.needs_{field}",
        Text("“{step}”须填写{field}", "“{step}” needs {field}").fill(step=NAMES[kind], field=FIELD_NAMES[field]),
        Text("请补充后重新提交", "fill it in and send it again"),
    )


def not_taken(kind: StepKind, field: Field) -> InvalidInput:
    """Something was given that the step has no place for: it would be lost."""
    return InvalidInput(
        f"order.takes_no_{field}",
        Text("“{step}”不记录{field}", "“{step}” keeps no such thing: {field}").fill(
            step=NAMES[kind], field=FIELD_NAMES[field]
        ),
        Text("请去掉该项后重新提交", "leave it out and send it again"),
    )


def too_long(what: Text, most: int) -> InvalidInput:
    """A text is longer than is kept."""
    return InvalidInput(
        "order.too_long",
        Text("{what}超过{most}字", "{what} is longer than {most} characters").fill(what=what, most=most),
        Text("请精简后重新提交", "shorten it and send it again"),
    )


def unknown(what: Text, value: str) -> InvalidInput:
    """A code or id does not exist."""
    return InvalidInput(
        "order.unknown_code",
        Text("没有“{value}”这一{what}", "there is no {what} “{value}”").fill(what=what, value=value[:40]),
        Text("请从列表中选择", "choose one from the list"),
    )
