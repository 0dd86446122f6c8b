"""Each rule of the flow beyond what may follow what, through the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted, SuqiuError
from suqiu.domain.order import Status, StepKind
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Right, Role, step_right
from suqiu.web.accounts.scope import Scope
from suqiu.web.orders import flow, following, tracking
from suqiu.web.orders.history import timeline
from suqiu.web.orders.models import Contact, Order, Step
from suqiu.web.site import site
from tests.web import made

_K = StepKind
pytestmark = pytest.mark.django_db


def _refused(
    kind: type[SuqiuError], code: str, order: Order, step: StepKind, by: Actor | None = None, **said: Any
) -> None:
    """Try a step; it is refused under this code and leaves nothing."""
    before = (Step.objects.count(), Order.objects.filter(pk=order.pk).values().get())
    with pytest.raises(kind) as refusal:
        made.act(order, step, by, **said)
    assert refusal.value.code == f"order.{code}"
    assert (Step.objects.count(), Order.objects.filter(pk=order.pk).values().get()) == before


# --- units ------------------------------------------------------------------------------------------------------------


def test_only_the_lead_unit_signs() -> None:
    one = made.order("dispatched", "D01", assisting=("D02",))
    _refused(NotFound, "none", one, _K.SIGN, made.somebody(Role.HANDLER, "D05"))
    _refused(NotPermitted, "not_the_unit", one, _K.SIGN, made.somebody(Role.HANDLER, "D02"))
    assert made.act(one, _K.SIGN).status == Status.HANDLING


def test_an_assisting_unit_may_contact_the_caller_and_attach_proof() -> None:
    one = made.order("handling", "D01", assisting=("D02",))
    assisting = made.somebody(Role.HANDLER, "D02")
    made.act(one, _K.CONTACT, assisting, text="10时电话联系，约定下午上门")
    made.proof(one, assisting)
    assert one.steps.get(kind=_K.CONTACT).department == "D02"
    _refused(NotPermitted, "not_the_unit", one, _K.REPLY, assisting, text="已办", solved=False)


def test_a_unit_of_the_past_can_do_nothing_more() -> None:
    one = made.order("returned", "D01")
    one = made.act(one, _K.DISPATCH, department="D02")
    former = made.somebody(Role.HANDLER, "D01")
    _refused(NotPermitted, "not_the_unit", one, _K.SIGN, former)
    with pytest.raises(NotPermitted):
        made.proof(one, former)
    assert {unit.department: unit.role for unit in one.units.all()} == {"D01": "past", "D02": "lead"}


@pytest.mark.parametrize(("unit", "code"), [("X99", "unknown_code"), ("O01", "unit_outside")])
def test_orders_go_only_to_units_that_the_city_can_instruct(unit: str, code: str) -> None:
    _refused(InvalidInput, code, made.order("accepted"), _K.DISPATCH, department=unit)
    _refused(InvalidInput, code, made.order("accepted"), _K.DISPATCH, department="D01", assisting=(unit,))


def test_a_unit_leads_or_assists_once() -> None:
    one = made.order("accepted")
    _refused(InvalidInput, "unit_twice", one, _K.DISPATCH, department="D01", assisting=("D01",))
    one = made.act(one, _K.DISPATCH, department="D01", assisting=("D02",))
    _refused(Conflict, "unit_already", one, _K.ADD_ASSIST, department="D02")
    _refused(Conflict, "not_assisting", one, _K.DROP_ASSIST, department="D05")
    _refused(InvalidInput, "same_unit", one, _K.REDISPATCH, department="D01", reason="改派")
    one = made.act(one, _K.REDISPATCH, department="D02", reason="职责在城管")
    assert {unit.department: unit.role for unit in one.units.all()} == {"D01": "past", "D02": "lead"}


# --- requests and decisions -------------------------------------------------------------------------------------------


def test_nobody_decides_on_what_they_asked_for() -> None:
    both = made.actor(made.user(Role.HANDLER, Role.REVIEWER, Role.DISPATCHER, departments=("D01",)))
    one = made.order("handling", "D01")
    one = made.act(one, _K.REQUEST_EXTENSION, both, reason="等待配件", until=site().now() + timedelta(days=60))
    assert one.asked == ["extension"]
    _refused(NotPermitted, "own_request", one, _K.GRANT_EXTENSION, both)
    _refused(
        Conflict, "asked_already", one, _K.REQUEST_EXTENSION, reason="再次", until=site().now() + timedelta(days=70)
    )
    one = made.act(one, _K.GRANT_EXTENSION)
    assert (one.asked, one.extensions) == ([], 1)
    one = made.act(one, _K.REPLY, both, text="已修复两盏路灯", solved=False)
    _refused(NotPermitted, "own_request", one, _K.PASS_REVIEW, both)


def test_a_decision_needs_a_request() -> None:
    one = made.order("handling")
    for kind in (_K.GRANT_EXTENSION, _K.GRANT_UNREASONABLE):
        _refused(Conflict, "not_asked", one, kind, reason="同意")
    _refused(Conflict, "not_asked", made.order("closed"), _K.REJECT_APPEAL, reason="驳回")


def test_an_extension_ends_later_than_the_present_limit_and_within_the_calendar() -> None:
    one = made.order("handling")
    assert one.close_due_at is not None
    _refused(InvalidInput, "extension_too_short", one, _K.REQUEST_EXTENSION, reason="忙", until=one.close_due_at)
    far = site().now().replace(year=2060)
    _refused(InvalidInput, "extension_too_long", one, _K.REQUEST_EXTENSION, reason="忙", until=far)
    until = one.close_due_at + timedelta(days=5)
    one = made.act(made.act(one, _K.REQUEST_EXTENSION, reason="等待配件", until=until), _K.GRANT_EXTENSION)
    assert one.close_due_at == until.replace(microsecond=0)
    _refused(InvalidInput, "extension_too_short", one, _K.REQUEST_EXTENSION, reason="再延", until=until)


def test_a_return_is_asked_for_within_its_limit() -> None:
    one = made.order("handling")
    with made.days_later(12):
        _refused(Conflict, "return_too_late", one, _K.REQUEST_RETURN, reason="不属本单位职责")
    assert made.act(one, _K.REQUEST_RETURN, reason="不属本单位职责", department="D02").status == Status.RETURN_PENDING
    assert one.steps.get(kind=_K.REQUEST_RETURN).data == {"suggested": "D02"}


def test_the_next_unit_has_its_own_time_to_return() -> None:
    one = made.order("returned", "D01")
    with made.days_later(12):
        one = made.act(made.act(one, _K.DISPATCH, department="D02"), _K.REQUEST_RETURN, reason="也不属本单位")
    assert one.status == Status.RETURN_PENDING


def test_what_a_former_unit_asked_for_falls_with_it() -> None:
    one = made.order("handling")
    one = made.act(one, _K.REQUEST_EXTENSION, reason="等待配件", until=site().now() + timedelta(days=60))
    one = made.act(one, _K.REDISPATCH, department="D02", reason="职责在城管")
    assert one.asked == []


def test_supervision_and_shelving_end_only_where_they_are() -> None:
    one = made.order("handling")
    _refused(Conflict, "not_supervised", one, _K.END_SUPERVISION, text="已办")
    _refused(Conflict, "illegal_step", one, _K.RELEASE)
    one = made.act(one, _K.SUPERVISE, reason="群众反映强烈")
    assert one.supervised
    _refused(Conflict, "supervised_already", one, _K.SUPERVISE, reason="再督办")
    assert not made.act(one, _K.END_SUPERVISION, text="已督促到位").supervised


# --- closing ----------------------------------------------------------------------------------------------------------


def test_a_reply_that_says_solved_needs_proof() -> None:
    one = made.order("handling")
    _refused(InvalidInput, "reply_needs_proof", one, _K.REPLY, text="已修复", solved=True)
    proof = made.proof(one)
    one = made.act(one, _K.REPLY, text="已修复", solved=True, files=(proof.code,))
    proof.refresh_from_db()
    assert proof.step is not None
    assert proof.step.kind == _K.REPLY


def test_proof_of_an_earlier_try_proves_nothing() -> None:
    one = made.order("handling")
    made.proof(one)
    one = made.act(one, _K.REPLY, text="已修复", solved=True)
    one = made.act(made.act(one, _K.PASS_REVIEW), _K.REWORK, reason="现场仍不亮")
    _refused(InvalidInput, "reply_needs_proof", one, _K.REPLY, text="又修复了", solved=True)


def test_closing_as_solved_needs_proof_or_the_caller_s_word() -> None:
    one = made.order("reviewed")
    _refused(InvalidInput, "close_needs_proof", one, _K.CLOSE, solved=True)
    _refused(InvalidInput, "unsolved_needs_reason", one, _K.CLOSE, solved=False)
    one = made.act(one, _K.CALL_BACK, reached=False)
    _refused(InvalidInput, "close_needs_proof", one, _K.CLOSE, solved=True)
    one = made.act(one, _K.CALL_BACK, reached=True, solved=True, satisfaction="satisfied")
    one = made.act(one, _K.CLOSE, solved=True)
    assert (one.status, one.solved, one.satisfaction) == (Status.CLOSED, True, "satisfied")


def test_closing_against_the_caller_s_word_needs_proof_and_a_reason() -> None:
    one = made.order("reviewed")
    one = made.act(one, _K.CALL_BACK, reached=True, solved=False)
    made.proof(one)
    _refused(InvalidInput, "against_the_caller", one, _K.CLOSE, solved=True)
    assert made.act(one, _K.CLOSE, solved=True, reason="现场已恢复，诉求人另有新诉求").status == Status.CLOSED


def test_a_question_is_answered_on_the_spot_and_a_complaint_never() -> None:
    one = made.accepted(type="consult")
    _refused(InvalidInput, "needs_text", one, _K.CLOSE, solved=True)
    one = made.act(one, _K.CLOSE, solved=True, text="周一至周五9时至17时办理")
    assert one.steps.get(kind=_K.CLOSE).data == {"solved": True, "direct": True}
    _refused(InvalidInput, "not_direct", made.accepted(type="complaint"), _K.CLOSE, solved=True, text="已转告")
    _refused(InvalidInput, "not_direct", made.accepted(type=""), _K.CLOSE, solved=True, text="已转告")


def test_who_was_not_reached_has_said_nothing() -> None:
    _refused(InvalidInput, "said_without_reaching", made.order("reviewed"), _K.CALL_BACK, reached=False, solved=True)


def test_no_machine_closes_or_rejects_anything() -> None:
    every = frozenset({Right.SEE_ORDERS, *(step_right(kind) for kind in StepKind)})
    for machine in (Actor("api:省平台", every), Actor("rule:auto", every)):
        _refused(NotPermitted, "only_a_person", made.order("reviewed"), _K.CLOSE, machine, solved=False, reason="超时")
        _refused(NotPermitted, "only_a_person", made.order("return_pending"), _K.REFUSE_RETURN, machine, reason="不符")
        _refused(NotPermitted, "only_a_person", made.order("accepted"), _K.VOID, machine, reason="重复")
        assert {_K.CLOSE, _K.VOID} & {one.kind for one in flow.offered(machine, made.order("accepted"))} == set()


# --- emergencies ------------------------------------------------------------------------------------------------------


def _by_citizen(**fields: Any) -> Order:
    citizen = Actor("citizen", frozenset({step_right(_K.ACCEPT), step_right(_K.URGE), Right.SEE_ORDERS}))
    return made.accepted(actor=citizen, channel="web", **fields)


def test_an_emergency_that_nobody_saw_is_not_closed_voided_or_merged() -> None:
    one = _by_citizen(title="煤气泄漏", text="楼道里煤气泄漏，味道很大，老人头晕", type="consult")
    assert one.emergency_cue == "gas"
    other = made.order("accepted")
    _refused(Conflict, "emergency_unseen", one, _K.CLOSE, solved=False, text="请联系燃气公司", reason="已告知")
    _refused(Conflict, "emergency_unseen", one, _K.VOID, reason="重复")
    _refused(Conflict, "emergency_unseen", one, _K.MERGE, parent=other.number)
    made.act(one, _K.URGE, Actor("citizen", frozenset({step_right(_K.URGE), Right.SEE_ORDERS})))
    _refused(Conflict, "emergency_unseen", one, _K.VOID, reason="重复")
    one = made.act(one, _K.URGE, reason="已电话核实，燃气公司到场")
    assert made.act(one, _K.VOID, reason="与110同一警情").status == Status.VOIDED


def test_a_cue_once_seen_stays_when_the_words_are_changed() -> None:
    one = _by_citizen(title="煤气泄漏", text="楼道里煤气泄漏，味道很大")
    one = flow.amend(made.somebody(Role.AGENT), one.number, one.version, title="楼道异味", text="楼道里有异味")
    assert one.emergency_cue == "gas"


# --- merging ----------------------------------------------------------------------------------------------------------


def test_merging_takes_an_open_order_other_than_itself() -> None:
    one = made.order("accepted")
    _refused(InvalidInput, "own_parent", one, _K.MERGE, parent=one.number)
    _refused(InvalidInput, "no_parent", one, _K.MERGE, parent="LJ19990101-000001")
    for status in ("closed", "withdrawn", "merged"):
        _refused(Conflict, "parent_not_open", one, _K.MERGE, parent=made.order(status).number)


def test_one_reply_reaches_everybody_who_is_merged_and_no_history_tells_what_did_not_happen() -> None:
    parent = made.order("handling")
    child = made.order("merged", parent=parent)
    grandchild = made.order("accepted")
    parent = made.act(parent, _K.REPLY, text="两盏路灯已换新", solved=False)
    assert [one.pk for one in following.children(parent)] == [child.pk]
    assert following.speaker(child).pk == parent.pk
    heard = [line for line in timeline(child) if line.heard]
    assert [(line.kind, line.text) for line in heard] == [(_K.REPLY, "两盏路灯已换新")]
    assert list(child.steps.values_list("kind", flat=True)) == ["accept", "merge"]
    _refused(Conflict, "parent_not_open", grandchild, _K.MERGE, parent=child.number)
    _refused(Conflict, "carries_others", parent, _K.WITHDRAW, reason="诉求人撤回")


def test_an_undone_merge_leaves_nothing_behind() -> None:
    child = made.order("handling", "D02")
    child = made.act(child, _K.MERGE, parent=made.order("handling").number)
    assert (child.status, child.due_at) == (Status.MERGED, None)
    child = made.act(child, _K.UNMERGE, reason="不是同一盏灯")
    assert (child.status, child.merged_into_id, child.department) == (Status.HANDLING, None, "D02")
    assert child.due_stage == "reply"


# --- secrecy, reopening, what is taken --------------------------------------------------------------------------------


def test_keeping_a_caller_secret_keeps_the_whole_call_secret() -> None:
    one = made.act(made.order("accepted"), _K.KEEP_SECRET)
    assert one.secret
    assert Contact.objects.get(pk=one.contact_id).secret
    assert made.accepted(secret=True).secret


def test_a_citizen_reopens_with_the_code_and_in_time() -> None:
    code = tracking.new_code()
    one = made.order("closed", track_code=code)
    with pytest.raises(NotFound):
        flow.reopen_by_citizen(one.number, tracking.new_code(), "灯又不亮了")
    with made.days_later(31), pytest.raises(Conflict, match="reopen_too_late"):
        flow.reopen_by_citizen(one.number, code, "灯又不亮了")
    with made.days_later(29):
        again = flow.reopen_by_citizen(one.number, code, "灯又不亮了", key="k1")
        assert (again.status, again.department, again.reworks) == (Status.ACCEPTED, "", 1)
        assert flow.reopen_by_citizen(one.number, code, "灯又不亮了", key="k1").version == again.version


def test_what_a_step_has_no_place_for_is_refused_and_not_lost() -> None:
    _refused(InvalidInput, "takes_no_text", made.order("dispatched"), _K.SIGN, text="收到")
    _refused(InvalidInput, "needs_reason", made.order("replied"), _K.FAIL_REVIEW)
    _refused(InvalidInput, "too_long", made.order("replied"), _K.FAIL_REVIEW, reason="长" * 501)
    _refused(InvalidInput, "unknown_code", made.order("closed"), _K.APPRAISE, grade="great")
    _refused(InvalidInput, "until_past", made.order("handling"), _K.SUPERVISE, reason="急", until=site().now())


def test_offered_is_what_can_be_done() -> None:
    one = made.order("handling")
    assert [action.kind for action in flow.offered(made.somebody(Role.HANDLER, "D01"), one)] == [
        _K.CONTACT, _K.REQUEST_RETURN, _K.REQUEST_EXTENSION, _K.REPLY, _K.CLAIM_UNREASONABLE,
    ]  # fmt: skip
    assert flow.offered(made.somebody(Role.ANALYST), one) == []
    assert _K.CLOSE not in flow.next_steps(one)


def test_an_archive_leaves_nothing_undecided() -> None:
    one = made.act(made.order("closed"), _K.APPEAL, reason="诉求不合理，应剔除")
    _refused(Conflict, "undecided", one, _K.ARCHIVE)
    one = made.act(one, _K.UPHOLD_APPEAL, reason="同意剔除")
    assert made.act(one, _K.ARCHIVE).status == Status.ARCHIVED


def test_texts_lose_what_no_text_needs() -> None:
    one = made.act(made.order("handling"), _K.CONTACT, text="  约定\x00明天\u202e上门\r\n核实 ")
    assert one.steps.get(kind=_K.CONTACT).text == "约定明天上门\n核实"


def test_a_machine_s_scope_holds_for_its_deeds() -> None:
    office = Actor("api:城管平台", frozenset({Right.SEE_ORDERS, step_right(_K.SIGN)}), Scope(frozenset({"D02"})))
    assert made.act(made.order("dispatched", "D02"), _K.SIGN, office).status == Status.HANDLING
    _refused(NotFound, "none", made.order("dispatched", "D01"), _K.SIGN, office)
