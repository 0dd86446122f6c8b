"""Who may take which step, when, and with what: everything beyond `domain.order.RULES`.

Pure: an order's standing, an actor and a deed in; what the step keeps, or a refusal, out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suqiu.domain.city import City
from suqiu.domain.order import RULES, Status, StepKind
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import step_right
from suqiu.web.orders import contents, refused
from suqiu.web.orders.actions import ACTIONS, Deed, Field, as_data
from suqiu.web.orders.clocks import Clocks
from suqiu.web.orders.projection import APPEAL, ASSIST, EXTENSION, LEAD, UNREASONABLE, Standing

_K = StepKind
#: States in which an order is still at work.
OPEN: frozenset[Status] = RULES[_K.WITHDRAW].sources
#: Only a person may take these: no demand is closed, set aside or refused by a machine.
PERSONS_ONLY = frozenset(
    {
        _K.CLOSE, _K.VOID, _K.WITHDRAW, _K.GRANT_UNREASONABLE, _K.REFUSE_UNREASONABLE, _K.REFUSE_RETURN,
        _K.REFUSE_EXTENSION, _K.REJECT_APPEAL, _K.FAIL_REVIEW,
    }
)  # fmt: skip
#: Steps that end an order or hide it in another: not before a person has looked at an emergency.
_AFTER_A_LOOK = frozenset({_K.CLOSE, _K.VOID, _K.MERGE})
#: Which request each step makes, and each decision answers.
_ASKS = {_K.REQUEST_EXTENSION: EXTENSION, _K.CLAIM_UNREASONABLE: UNREASONABLE, _K.APPEAL: APPEAL}
_ANSWERS = {
    _K.GRANT_EXTENSION: EXTENSION,
    _K.REFUSE_EXTENSION: EXTENSION,
    _K.GRANT_UNREASONABLE: UNREASONABLE,
    _K.REFUSE_UNREASONABLE: UNREASONABLE,
    _K.UPHOLD_APPEAL: APPEAL,
    _K.REJECT_APPEAL: APPEAL,
}
#: Steps that concern no unit.
_NO_UNIT = frozenset({_K.ACCEPT, _K.CALL_BACK, _K.RATE, _K.REOPEN, _K.WITHDRAW, _K.VOID, _K.KEEP_SECRET, _K.ARCHIVE})


@dataclass(frozen=True, slots=True)
class Case:
    """An order as decisions look at it 待决工单.

    Attributes:
        pk, number: of the order.
        type, urgency, emergency_cue: as in `models.Order`.
        standing: where it stands.
        proofs: when each proof of handling was brought.
        carries: orders that are merged into it.
    """

    pk: int
    number: str
    type: str
    urgency: str
    emergency_cue: str
    standing: Standing
    proofs: tuple[datetime, ...] = ()
    carries: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a city decides by.

    Attributes:
        city: its units and weights.
        clocks: its time limits.
    """

    city: City
    clocks: Clocks


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step keeps besides its texts.

    Attributes:
        department, until, parent, data: as in `models.Step`.
    """

    department: str
    until: datetime | None
    parent: int | None
    data: dict[str, Any]


def decide(case: Case, actor: Actor, deed: Deed, now: datetime, rules: Rules, parent: Case | None = None) -> Taken:
    """Return what the step keeps.

    Args:
        case: the order; its proofs count the files that come with the deed.
        actor, deed: who wants what.
        now: the moment of the step.
        rules: the city's.
        parent: the order to merge into, where the deed names one that the actor sees.

    Raises:
        NotPermitted, Conflict, InvalidInput: the rule that is broken, and what to do.
    """
    may(case, actor, deed.kind)
    contents.check(deed, now, rules.city)
    asked = case.standing.asked.get(_ANSWERS.get(deed.kind, ""))
    until = deed.until or (asked.until if asked is not None and deed.kind is _K.GRANT_EXTENSION else None)
    own = _CHECKS.get(deed.kind)
    if own is not None:
        own(case, deed, until, now, rules)
    if deed.kind is _K.MERGE:
        _may_merge(case, deed, parent)
    data = as_data(deed)
    if deed.kind is _K.REQUEST_RETURN and not data.get("suggested"):
        data.pop("suggested", None)
    if deed.kind is _K.CLOSE and case.standing.status is Status.ACCEPTED:
        data["direct"] = True
    return Taken(_department(case, actor, deed), until, parent.pk if parent is not None else None, data)


def may(case: Case, actor: Actor, kind: StepKind) -> None:
    """Refuse a step that this actor may not take from where the order stands, whatever it holds.

    Raises:
        NotPermitted, Conflict: the rule that is broken.
    """
    standing = case.standing
    if kind not in ACTIONS or not actor.may(step_right(kind)):
        raise refused.no_right(kind)
    if kind in PERSONS_ONLY and not actor.is_person:
        raise refused.only_a_person(kind)
    if ACTIONS[kind].by_unit and not _is_of_unit(actor, standing, kind):
        raise refused.not_the_unit(kind, assisting=kind is _K.CONTACT)
    if standing.status is None or standing.status not in RULES[kind].sources:
        raise refused.illegal(case.number, standing.status, kind)
    if kind in _AFTER_A_LOOK and case.emergency_cue and not standing.touched_by_person:
        raise refused.conflict(
            "emergency_unseen",
            "系统提示该工单可能紧急，须先由人工处理后才能办结、作废或并单",
            "a cue of an emergency: somebody must act on it before it is closed, voided or merged",
            "请先核实并派单或催办；通过电话核实的请登记",
            "check it, then dispatch or urge it first",
        )
    _may_ask_or_answer(standing, actor, kind)
    _may_besides(case, kind)


def _is_of_unit(actor: Actor, standing: Standing, kind: StepKind) -> bool:
    """Say whether an actor belongs to the lead unit, or for a contact to any unit that works on the order."""
    units = actor.scope.departments
    if units is None:
        return False
    if standing.department and standing.department in units:
        return True
    return kind is _K.CONTACT and any(role == ASSIST and unit in units for unit, role in standing.units.items())


def _may_ask_or_answer(standing: Standing, actor: Actor, kind: StepKind) -> None:
    asks, answers = _ASKS.get(kind), _ANSWERS.get(kind)
    if asks is not None and asks in standing.asked:
        raise refused.asked_already(kind)
    if answers is not None:
        if answers not in standing.asked:
            raise refused.not_asked(kind)
        if standing.asked[answers].actor == actor.label:
            raise refused.own_request(kind)
    if kind in {_K.GRANT_RETURN, _K.REFUSE_RETURN} and standing.return_asked_by == actor.label:
        raise refused.own_request(kind)
    if kind in {_K.PASS_REVIEW, _K.FAIL_REVIEW} and standing.replied_by == actor.label:
        raise refused.own_request(kind)


def _may_besides(case: Case, kind: StepKind) -> None:
    standing = case.standing
    if kind is _K.CLAIM_UNREASONABLE and standing.exempt:
        raise refused.conflict(
            "exempt_already", "该工单已认定为不合理诉求", "it is granted as unreasonable already",
            "无需重复申报", "there is no need to claim it again",
        )  # fmt: skip
    if kind is _K.SUPERVISE and standing.supervised:
        raise refused.conflict(
            "supervised_already", "该工单已在督办中", "it is under supervision already",
            "可先办结当前督办，或改用催办", "end that supervision first, or urge it",
        )  # fmt: skip
    if kind is _K.END_SUPERVISION and not standing.supervised:
        raise refused.conflict(
            "not_supervised", "该工单不在督办中", "it is not under supervision",
            "请刷新工单", "reload the order",
        )  # fmt: skip
    if kind is _K.KEEP_SECRET and standing.secret:
        raise refused.conflict(
            "secret_already", "该工单已对承办单位保密", "the caller is kept secret already",
            "无需重复设置", "there is no need to do it again",
        )  # fmt: skip
    if kind is _K.ARCHIVE and standing.asked:
        raise refused.conflict(
            "undecided", "该工单还有待审的申请，不能归档", "a request still waits: it cannot be archived",
            "请先审核申请", "decide on the request first",
        )  # fmt: skip
    if kind in {_K.WITHDRAW, _K.VOID} and case.carries:
        raise refused.conflict(
            "carries_others", "有其他工单并入该工单，不能撤单或作废", "other orders are merged into it: it cannot end",
            "请先撤销并单", "undo the merges first",
        )  # fmt: skip


def _may_merge(case: Case, deed: Deed, parent: Case | None) -> None:
    if parent is None:
        raise refused.invalid(
            "no_parent", f"未找到主工单“{deed.parent[:40]}”", f"there is no order {deed.parent[:40]} to merge into",
            "请核对主工单编号", "check the number",
        )  # fmt: skip
    if parent.pk == case.pk:
        raise refused.invalid(
            "own_parent", "工单不能并入自身", "an order cannot be merged into itself",
            "请填写另一个工单的编号", "give another order's number",
        )  # fmt: skip
    if parent.standing.merged_into is not None or parent.standing.status not in OPEN:
        # A parent that is merged itself is not open: so no circle of merges can arise.
        raise refused.conflict(
            "parent_not_open", f"主工单“{parent.number}”已办结、撤销或并入其他工单", f"{parent.number} is not open",
            "请选择仍在办理的主工单", "choose an order that is still at work",
        )  # fmt: skip


def _department(case: Case, actor: Actor, deed: Deed) -> str:
    """Return the unit that a step concerns."""
    kind, standing = deed.kind, case.standing
    if kind in {_K.DISPATCH, _K.REDISPATCH, _K.ADD_ASSIST, _K.DROP_ASSIST}:
        return deed.department
    if kind in _NO_UNIT:
        return ""
    units = actor.scope.departments or frozenset()
    if kind is _K.CONTACT and standing.department not in units:
        return min(unit for unit, role in standing.units.items() if role == ASSIST and unit in units)
    return standing.department


def _check_dispatch(case: Case, deed: Deed, until: datetime | None, now: datetime, rules: Rules) -> None:
    contents.unit(deed.department, rules.city)
    if deed.kind is _K.REDISPATCH and deed.department == case.standing.department:
        raise refused.invalid(
            "same_unit", "改派单位与现承办单位相同", "it is with that unit already",
            "请选择另一个单位；催促办理请用催办", "choose another unit, or urge the present one",
        )  # fmt: skip
    for id_ in deed.assisting:
        contents.unit(id_, rules.city)
    if deed.department in deed.assisting or len(set(deed.assisting)) < len(deed.assisting):
        raise refused.invalid(
            "unit_twice", "主办单位与协办单位重复", "a unit is named twice",
            "同一单位只能有一种承办身份", "a unit leads or assists, once",
        )  # fmt: skip


def _check_assist(case: Case, deed: Deed, until: datetime | None, now: datetime, rules: Rules) -> None:
    role = case.standing.units.get(deed.department)
    if deed.kind is _K.ADD_ASSIST:
        contents.unit(deed.department, rules.city)
        if role in {LEAD, ASSIST}:
            raise refused.conflict(
                "unit_already", "该单位已是主办或协办单位", "that unit leads or assists already",
                "请选择另一个单位", "choose another unit",
            )  # fmt: skip
    elif role != ASSIST:
        raise refused.conflict(
            "not_assisting", "该单位不是协办单位", "that unit does not assist",
            "请从协办单位中选择", "choose one of the assisting units",
        )  # fmt: skip


def _check_return(case: Case, deed: Deed, until: datetime | None, now: datetime, rules: Rules) -> None:
    if deed.department:
        contents.unit(deed.department, rules.city)
        if deed.department == case.standing.department:
            raise refused.invalid(
                "same_unit", "建议的承办单位就是本单位", "the unit suggested is your own",
                "请建议另一个单位，或留空", "suggest another, or none",
            )  # fmt: skip
    due = rules.clocks.return_due(case.type, case.urgency, case.standing)
    if due is not None and now > due:
        last = due.strftime("%Y-%m-%d %H:%M")
        raise refused.conflict(
            "return_too_late", f"已超过退单时限（{last}），不能申请退单", f"returns could be asked for until {last}",
            "请继续办理；确属其他单位职责的，请与派单员协商改派", "handle it, or ask for a new dispatch",
        )  # fmt: skip


def _check_extension(case: Case, deed: Deed, until: datetime | None, now: datetime, rules: Rules) -> None:
    if until is None:
        raise refused.lacking(deed.kind, Field.UNTIL)
    due = rules.clocks.dues(case.type, case.urgency, case.standing).close
    if until <= now or (due is not None and until <= due):
        raise refused.invalid(
            "extension_too_short", "延期期限须晚于现办结时限", "an extension ends later than the present limit",
            "请填写更晚的期限", "give a later time",
        )  # fmt: skip
    if not rules.clocks.covers(until):
        raise refused.invalid(
            "extension_too_long", "延期期限超出工作日历的范围", "the calendar does not know that day yet",
            "请填写较早的期限，或先补充工作日历", "give an earlier time, or complete the calendar",
        )  # fmt: skip


def _check_reply(case: Case, deed: Deed, until: datetime | None, now: datetime, rules: Rules) -> None:
    if deed.solved and not _proved(case):
        raise refused.invalid(
            "reply_needs_proof", "反馈“已解决”须附佐证材料", "a reply that says “solved” needs proof",
            "请先上传照片、文书等佐证；未解决的请如实选择“未解决”并说明", "attach some, or say it is not solved",
        )  # fmt: skip


def _check_close(case: Case, deed: Deed, until: datetime | None, now: datetime, rules: Rules) -> None:
    standing = case.standing
    direct = standing.status is Status.ACCEPTED
    if direct:
        contents.direct_answer(case.type, deed)
    if not deed.solved and not deed.reason:
        raise refused.invalid(
            "unsolved_needs_reason", "未解决而办结须说明理由", "closing what is not solved needs a reason",
            "请写明未解决的原因和已向诉求人解释的情况", "say why, and what the caller was told",
        )  # fmt: skip
    if not deed.solved or direct:
        return  # the answer given on the spot is its own proof
    if standing.said_solved is False and not deed.reason:
        raise refused.invalid(
            "against_the_caller", "诉求人最近一次表示未解决，按已解决办结须说明理由",
            "the caller said last that it is not solved: closing it as solved needs a reason",
            "请写明依据，或改为重办", "say why, or have it reworked",
        )  # fmt: skip
    if not standing.said_solved and not _proved(case):
        raise refused.invalid(
            "close_needs_proof", "以“已解决”办结须有佐证材料，或回访时诉求人确认已解决",
            "closing as solved needs proof, or the caller's word at a call-back",
            "请先回访、补充佐证，或按未解决办结", "call back, attach proof, or close it as not solved",
        )  # fmt: skip


def _proved(case: Case) -> bool:
    """Say whether there is proof from the present try: an earlier one proved what did not hold."""
    since = case.standing.round_from
    return any(since is None or at >= since for at in case.proofs)


def _check_reopen(case: Case, deed: Deed, until: datetime | None, now: datetime, rules: Rules) -> None:
    days = round(rules.city.weight("flow.reopen_days"))
    ended = case.standing.closed_at or case.standing.status_at
    if ended is not None and (now - ended).total_seconds() > days * 86_400:
        raise refused.conflict(
            "reopen_too_late", f"办结已超过{days}天，不能重启", f"it was closed more than {days} days ago",
            "请按新诉求重新登记，并注明原工单编号", "take it down anew and name this order's number",
        )  # fmt: skip


_Check = Callable[[Case, Deed, datetime | None, datetime, Rules], None]
_CHECKS: dict[StepKind, _Check] = {
    _K.DISPATCH: _check_dispatch,
    _K.REDISPATCH: _check_dispatch,
    _K.ADD_ASSIST: _check_assist,
    _K.DROP_ASSIST: _check_assist,
    _K.REQUEST_RETURN: _check_return,
    _K.REQUEST_EXTENSION: _check_extension,
    _K.GRANT_EXTENSION: _check_extension,
    _K.REPLY: _check_reply,
    _K.CLOSE: _check_close,
    _K.REOPEN: _check_reopen,
}
