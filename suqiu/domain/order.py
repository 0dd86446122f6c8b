"""The work order: who asks what, where, and everything that happened to it since.

Steps are appended, never overwritten; the status is derived from them. The flow is that of
GB/T 33358 and of the hotlines' published rules: accept, dispatch, sign, handle, reply, review,
call back, close, appraise, archive, with every side branch as a step of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from suqiu.domain.errors import Conflict
from suqiu.domain.text import Text


class OrderType(StrEnum):
    """What kind of demand an order is 诉求类型."""

    CONSULT = "consult"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGEST = "suggest"
    PRAISE = "praise"
    OTHER = "other"


class Channel(StrEnum):
    """How the citizen reached the hotline 受理渠道."""

    PHONE = "phone"
    WEB = "web"
    APP = "app"
    WECHAT = "wechat"
    MAIL = "mail"
    SUPERIOR = "superior"
    POLICE = "police"
    OTHER = "other_channel"


class Urgency(StrEnum):
    """How fast an order must move 紧急程度."""

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Satisfaction(StrEnum):
    """The five grades of GB/T 39735-2020 满意度."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    BASIC = "basic"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"


class Status(StrEnum):
    """Where an order stands, derived from its steps 工单状态."""

    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    RETURN_PENDING = "return_pending"
    RETURNED = "returned"
    REPLIED = "replied"
    REVIEWED = "reviewed"
    CALLED_BACK = "called_back"
    CLOSED = "closed"
    APPRAISED = "appraised"
    ARCHIVED = "archived"
    SHELVED = "shelved"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


class StepKind(StrEnum):
    """Everything that can happen to an order 流程环节."""

    ACCEPT = "accept"
    DISPATCH = "dispatch"
    REDISPATCH = "redispatch"
    SIGN = "sign"
    CONTACT = "contact"
    ADD_ASSIST = "add_assist"
    DROP_ASSIST = "drop_assist"
    REQUEST_RETURN = "request_return"
    GRANT_RETURN = "grant_return"
    REFUSE_RETURN = "refuse_return"
    REQUEST_EXTENSION = "request_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    URGE = "urge"
    SUPERVISE = "supervise"
    END_SUPERVISION = "end_supervision"
    SHELVE = "shelve"
    RELEASE = "release"
    REPLY = "reply"
    PASS_REVIEW = "pass_review"
    FAIL_REVIEW = "fail_review"
    CALL_BACK = "call_back"
    RATE = "rate"
    REWORK = "rework"
    REOPEN = "reopen"
    CLOSE = "close"
    APPRAISE = "appraise"
    APPEAL = "appeal"
    UPHOLD_APPEAL = "uphold_appeal"
    REJECT_APPEAL = "reject_appeal"
    ARCHIVE = "archive"
    MERGE = "merge"
    UNMERGE = "unmerge"
    CLAIM_UNREASONABLE = "claim_unreasonable"
    GRANT_UNREASONABLE = "grant_unreasonable"
    REFUSE_UNREASONABLE = "refuse_unreasonable"
    WITHDRAW = "withdraw"
    VOID = "void"
    KEEP_SECRET = "keep_secret"


#: Chinese and English names of every code above, as users see them. Codes of all kinds differ, so one table serves.
NAMES: dict[StrEnum, Text] = {
    OrderType.CONSULT: Text("咨询", "inquiry"),
    OrderType.HELP: Text("求助", "request for help"),
    OrderType.COMPLAINT: Text("投诉", "complaint"),
    OrderType.REPORT: Text("举报", "report of wrongdoing"),
    OrderType.SUGGEST: Text("建议", "suggestion"),
    OrderType.PRAISE: Text("表扬", "praise"),
    OrderType.OTHER: Text("其他", "other"),
    Channel.PHONE: Text("电话", "telephone"),
    Channel.WEB: Text("网站", "web site"),
    Channel.APP: Text("移动客户端", "mobile app"),
    Channel.WECHAT: Text("微信微博", "WeChat and Weibo"),
    Channel.MAIL: Text("信箱", "mailbox"),
    Channel.SUPERIOR: Text("上级转办", "passed down from above"),
    Channel.POLICE: Text("110转办", "from 110"),
    Channel.OTHER: Text("其他渠道", "other channel"),
    Urgency.NORMAL: Text("一般", "normal"),
    Urgency.URGENT: Text("紧急", "urgent"),
    Urgency.EMERGENCY: Text("特急", "emergency"),
    Satisfaction.VERY_SATISFIED: Text("非常满意", "very satisfied"),
    Satisfaction.SATISFIED: Text("满意", "satisfied"),
    Satisfaction.BASIC: Text("基本满意", "basically satisfied"),
    Satisfaction.DISSATISFIED: Text("不满意", "dissatisfied"),
    Satisfaction.VERY_DISSATISFIED: Text("非常不满意", "very dissatisfied"),
    Status.ACCEPTED: Text("已受理", "accepted"),
    Status.DISPATCHED: Text("待签收", "awaiting signature"),
    Status.HANDLING: Text("办理中", "in handling"),
    Status.RETURN_PENDING: Text("退单待审", "return under review"),
    Status.RETURNED: Text("已退单待改派", "returned, awaiting new dispatch"),
    Status.REPLIED: Text("已反馈待审核", "replied, under review"),
    Status.REVIEWED: Text("已审核待回访", "reviewed, awaiting call-back"),
    Status.CALLED_BACK: Text("已回访", "called back"),
    Status.CLOSED: Text("已办结", "closed"),
    Status.APPRAISED: Text("已考评", "appraised"),
    Status.ARCHIVED: Text("已归档", "archived"),
    Status.SHELVED: Text("挂账", "shelved"),
    Status.MERGED: Text("已并单", "merged"),
    Status.WITHDRAWN: Text("已撤单", "withdrawn"),
    Status.VOIDED: Text("已作废", "voided"),
    StepKind.ACCEPT: Text("受理", "accept"),
    StepKind.DISPATCH: Text("派单", "dispatch"),
    StepKind.REDISPATCH: Text("改派", "re-dispatch"),
    StepKind.SIGN: Text("签收", "sign"),
    StepKind.CONTACT: Text("先行联系", "first contact"),
    StepKind.ADD_ASSIST: Text("增加协办", "add an assisting unit"),
    StepKind.DROP_ASSIST: Text("取消协办", "drop an assisting unit"),
    StepKind.REQUEST_RETURN: Text("申请退单", "request return"),
    StepKind.GRANT_RETURN: Text("同意退单", "grant return"),
    StepKind.REFUSE_RETURN: Text("驳回退单", "refuse return"),
    StepKind.REQUEST_EXTENSION: Text("申请延期", "request extension"),
    StepKind.GRANT_EXTENSION: Text("同意延期", "grant extension"),
    StepKind.REFUSE_EXTENSION: Text("驳回延期", "refuse extension"),
    StepKind.URGE: Text("催办", "urge"),
    StepKind.SUPERVISE: Text("督办", "supervise"),
    StepKind.END_SUPERVISION: Text("督办办结", "end supervision"),
    StepKind.SHELVE: Text("挂账", "shelve"),
    StepKind.RELEASE: Text("解除挂账", "release from the shelf"),
    StepKind.REPLY: Text("反馈", "reply"),
    StepKind.PASS_REVIEW: Text("审核通过", "pass review"),
    StepKind.FAIL_REVIEW: Text("审核退回", "fail review"),
    StepKind.CALL_BACK: Text("回访", "call back"),
    StepKind.RATE: Text("市民评价", "rated by the citizen"),
    StepKind.REWORK: Text("重办", "rework"),
    StepKind.REOPEN: Text("市民重启", "reopened by the citizen"),
    StepKind.CLOSE: Text("办结", "close"),
    StepKind.APPRAISE: Text("考评", "appraise"),
    StepKind.APPEAL: Text("考核申诉", "appeal"),
    StepKind.UPHOLD_APPEAL: Text("申诉通过", "appeal upheld"),
    StepKind.REJECT_APPEAL: Text("申诉驳回", "appeal rejected"),
    StepKind.ARCHIVE: Text("归档", "archive"),
    StepKind.MERGE: Text("并单", "merge"),
    StepKind.UNMERGE: Text("撤销并单", "undo merge"),
    StepKind.CLAIM_UNREASONABLE: Text("申报不合理诉求", "claim as unreasonable"),
    StepKind.GRANT_UNREASONABLE: Text("认定不合理诉求", "granted as unreasonable"),
    StepKind.REFUSE_UNREASONABLE: Text("驳回不合理诉求", "refused as unreasonable"),
    StepKind.WITHDRAW: Text("撤单", "withdraw"),
    StepKind.VOID: Text("作废", "void"),
    StepKind.KEEP_SECRET: Text("保密", "keep the caller secret"),
}

_OPEN = frozenset(
    {
        Status.ACCEPTED,
        Status.DISPATCHED,
        Status.HANDLING,
        Status.RETURN_PENDING,
        Status.RETURNED,
        Status.REPLIED,
        Status.REVIEWED,
        Status.CALLED_BACK,
        Status.SHELVED,
    }
)
_DONE = frozenset({Status.CLOSED, Status.APPRAISED})
_ANY = frozenset(Status)


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states a step is legal and where it leads 流转规则.

    Attributes:
        sources: states in which the step may happen; empty for the step that begins an order.
        target: the state it leads to; None leaves the state as it is.
        back: the step ends a side branch and restores the state in which the branch began.
    """

    sources: frozenset[Status]
    target: Status | None = None
    back: bool = False


def _from(*sources: Status, to: Status | None = None, back: bool = False) -> Rule:
    return Rule(frozenset(sources), to, back)


#: The flow as a table: the one place that says what may follow what.
RULES: dict[StepKind, Rule] = {
    StepKind.ACCEPT: _from(to=Status.ACCEPTED),
    StepKind.DISPATCH: _from(Status.ACCEPTED, Status.RETURNED, to=Status.DISPATCHED),
    StepKind.REDISPATCH: _from(Status.DISPATCHED, Status.HANDLING, Status.RETURNED, to=Status.DISPATCHED),
    StepKind.SIGN: _from(Status.DISPATCHED, to=Status.HANDLING),
    StepKind.CONTACT: _from(Status.DISPATCHED, Status.HANDLING),
    StepKind.ADD_ASSIST: _from(Status.DISPATCHED, Status.HANDLING),
    StepKind.DROP_ASSIST: _from(Status.DISPATCHED, Status.HANDLING),
    StepKind.REQUEST_RETURN: _from(Status.DISPATCHED, Status.HANDLING, to=Status.RETURN_PENDING),
    StepKind.GRANT_RETURN: _from(Status.RETURN_PENDING, to=Status.RETURNED),
    StepKind.REFUSE_RETURN: _from(Status.RETURN_PENDING, back=True),
    StepKind.REQUEST_EXTENSION: _from(Status.DISPATCHED, Status.HANDLING),
    StepKind.GRANT_EXTENSION: _from(Status.DISPATCHED, Status.HANDLING),
    StepKind.REFUSE_EXTENSION: _from(Status.DISPATCHED, Status.HANDLING),
    StepKind.URGE: Rule(_OPEN),
    StepKind.SUPERVISE: Rule(_OPEN),
    StepKind.END_SUPERVISION: Rule(_ANY),
    StepKind.SHELVE: _from(Status.HANDLING, to=Status.SHELVED),
    StepKind.RELEASE: _from(Status.SHELVED, back=True),
    StepKind.REPLY: _from(Status.HANDLING, to=Status.REPLIED),
    StepKind.PASS_REVIEW: _from(Status.REPLIED, to=Status.REVIEWED),
    StepKind.FAIL_REVIEW: _from(Status.REPLIED, to=Status.HANDLING),
    StepKind.CALL_BACK: _from(Status.REVIEWED, Status.CALLED_BACK, to=Status.CALLED_BACK),
    StepKind.RATE: _from(Status.REVIEWED, Status.CALLED_BACK, *_DONE, Status.ARCHIVED),
    StepKind.REWORK: _from(Status.REVIEWED, Status.CALLED_BACK, *_DONE, to=Status.HANDLING),
    StepKind.REOPEN: _from(*_DONE, Status.ARCHIVED, to=Status.ACCEPTED),
    StepKind.CLOSE: _from(Status.ACCEPTED, Status.REVIEWED, Status.CALLED_BACK, to=Status.CLOSED),
    StepKind.APPRAISE: _from(Status.CLOSED, to=Status.APPRAISED),
    StepKind.APPEAL: Rule(_DONE),
    StepKind.UPHOLD_APPEAL: Rule(_DONE),
    StepKind.REJECT_APPEAL: Rule(_DONE),
    StepKind.ARCHIVE: _from(*_DONE, to=Status.ARCHIVED),
    StepKind.MERGE: _from(Status.ACCEPTED, Status.DISPATCHED, Status.HANDLING, to=Status.MERGED),
    StepKind.UNMERGE: _from(Status.MERGED, back=True),
    StepKind.CLAIM_UNREASONABLE: Rule(_OPEN | _DONE),
    StepKind.GRANT_UNREASONABLE: Rule(_OPEN | _DONE),
    StepKind.REFUSE_UNREASONABLE: Rule(_OPEN | _DONE),
    StepKind.WITHDRAW: Rule(_OPEN, Status.WITHDRAWN),
    StepKind.VOID: _from(Status.ACCEPTED, to=Status.VOIDED),
    StepKind.KEEP_SECRET: Rule(_ANY),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an order, with time and person 流程记录.

    Attributes:
        kind: what happened.
        at: when, timezone-aware.
        actor: who did it: an agent's or clerk's number, `citizen`, or a model's name and version.
        department: the unit concerned: the receiver of a dispatch, the asker of a return; else None.
        reason: why, redacted; None where the step needs none.
        until: the new due time of a granted extension; else None.
        parent: the order merged into; else None.
    """

    kind: StepKind
    at: datetime
    actor: str
    department: str | None = None
    reason: str | None = None
    until: datetime | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a demand arises 事发地.

    Attributes:
        address: the words used, redacted.
        district, street, community: region ids of the city pack, None where unknown.
        lon, lat: WGS-84 degrees, None where unknown.
    """

    address: str = ""
    district: str | None = None
    street: str | None = None
    community: str | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in an order: who asks, or whom it is about 当事方.

    Attributes:
        role: `caller` or `subject`.
        name: redacted name of a person, or an organisation's name.
        caller_id: the pseudonym that joins one caller's orders; None for a subject.
        secret: the caller asked not to be named to the department.
    """

    role: str
    name: str
    caller_id: str | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One citizen's demand and its whole history 工单.

    Attributes:
        order_id: the hotline's own number.
        title: one line, redacted.
        text: the demand in full, redacted.
        channel: how it came in.
        type: kind of demand, None where nobody has said.
        category: the taxonomy node's id, None where nobody has said.
        place: where it arises.
        parties: caller and subjects.
        steps: what happened, oldest first.
    """

    order_id: str
    title: str
    text: str
    channel: Channel = Channel.PHONE
    type: OrderType | None = None
    category: str | None = None
    place: Place = field(default_factory=Place)
    parties: tuple[Party, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def status(self) -> Status | None:
        """Where the order stands after its last step; None before it was accepted."""
        return status_after(step.kind for step in self.steps)

    @property
    def department(self) -> str | None:
        """The lead unit of the last dispatch, None before the first or after a granted return."""
        for step in reversed(self.steps):
            if step.kind in {StepKind.GRANT_RETURN, StepKind.REOPEN}:
                return None
            if step.kind in {StepKind.DISPATCH, StepKind.REDISPATCH}:
                return step.department
        return None

    def allows(self, kind: StepKind) -> bool:
        """Say whether a step of this kind is legal now."""
        status = self.status
        return kind is StepKind.ACCEPT if status is None else status in RULES[kind].sources

    def after(self, step: Step) -> WorkOrder:
        """Return the order with one more step.

        Raises:
            Conflict: the step is illegal from the present state, or dated before the last one.
        """
        if not self.allows(step.kind):
            now = NAMES[self.status] if self.status else Text("未受理", "not accepted")
            raise Conflict(
                "order.illegal_step",
                Text("工单{id}当前为“{now}”，不能“{step}”", "order {id} is {now}: cannot {step}").fill(
                    id=self.order_id, now=now, step=NAMES[step.kind]
                ),
                Text("请刷新工单后按流程办理", "reload the order and follow the flow"),
            )
        if self.steps and step.at < self.steps[-1].at:
            raise Conflict(
                "order.step_before_last",
                Text("环节时间早于上一环节", "the step is dated before the last one"),
                Text("请核对时间", "check the time"),
            )
        return WorkOrder(
            self.order_id,
            self.title,
            self.text,
            self.channel,
            self.type,
            self.category,
            self.place,
            self.parties,
            (*self.steps, step),
        )


def status_after(kinds: Iterable[StepKind]) -> Status | None:
    """Derive the state from a history of step kinds, oldest first.

    Illegal steps are taken as they come: an export of another system is history too, and its
    last state is still the one its last state-changing step led to.
    """
    status: Status | None = None
    before: Status | None = None
    for kind in kinds:
        rule = RULES[kind]
        if rule.back:
            status = before if before is not None else status
        elif rule.target is not None:
            if rule.target in {Status.RETURN_PENDING, Status.SHELVED, Status.MERGED}:
                before = status if status not in {Status.RETURN_PENDING, Status.SHELVED, Status.MERGED} else before
            status = rule.target
    return status
