"""What goes over the wire: every field with its limits, so that the published schema says what is accepted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field
from pydantic_core import PydanticCustomError

from suqiu.domain.order import Channel, OrderType, Satisfaction, Status, StepKind, Urgency

NUMBER = r"^[A-Za-z0-9._-]{1,40}$"
CODE = r"^[A-Za-z0-9_-]{1,32}$"
_ID = r"^[A-Za-z0-9._-]{1,40}$"


def _in_reach(moment: datetime) -> datetime:
    if not 1970 < moment.year < 2200:  # beyond, zones and calendars cannot follow
        raise PydanticCustomError("out_of_reach", "out of reach")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_reach)]
OrderNumber = Annotated[str, Field(pattern=NUMBER, description="工单编号 order number")]
Code = Annotated[str, Field(pattern=CODE)]
Id = Annotated[str, Field(pattern=_ID)]
Version = Annotated[int, Field(ge=0, le=2_000_000_000)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
LongText = Annotated[str, Field(min_length=1, max_length=5000)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class Strict(Schema):
    """A body in which unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class ErrorSaid(Schema):
    """What is wrong, and how to mend it 错误说明."""

    code: str = Field(description="稳定的错误代码 stable code")
    message: str
    hint: str


class ErrorOut(Schema):
    """Every refusal, whatever its status 错误."""

    error: ErrorSaid


class CallerIn(Strict):
    """Who calls; goes into the vault and is never given out again 来电人."""

    name: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=40)
    contact: str = Field(default="", max_length=120)


class DemandIn(Strict):
    """One demand of a call 诉求."""

    title: str = Field(min_length=1, max_length=120)
    text: LongText
    type: OrderType | None = None
    category: Id | None = None
    place: Id | None = None
    urgency: Urgency = Urgency.NORMAL
    address: str = Field("", max_length=200)
    object_name: str = Field("", max_length=100)
    lon: Longitude | None = None
    lat: Latitude | None = None


class ComingIn(Strict):
    """A call or message with one or more demands 来电（来件）登记."""

    channel: Channel
    caller: CallerIn = Field(default_factory=CallerIn)
    secret: bool = Field(False, description="保密：不向承办单位透露来电人 keep the caller from the unit")
    call_id: str = Field("", max_length=60)
    language: str = Field("zh", pattern=r"^[a-z-]{2,10}$")
    at: Moment | None = None
    demands: list[DemandIn] = Field(min_length=1, max_length=10)


class Masked(Schema):
    """A caller as everybody with the order may see: `张**`, `138****5678` 脱敏身份."""

    name: str
    phone: str


class OrderOut(Schema):
    """An order; its texts are redacted 工单."""

    number: str
    version: int = Field(description="版本：写操作须在If-Match或version中带回 give it back when writing")
    contact: str
    title: str
    text: str
    channel: Channel
    type: OrderType | None
    category: str | None
    urgency: Urgency
    place: str | None
    address: str
    lon: float | None
    lat: float | None
    object_name: str
    status: Status
    status_at: Moment
    accepted_at: Moment
    department: str | None
    assisting: list[str]
    due_at: Moment | None
    due_stage: str | None
    sign_due_at: Moment | None
    contact_due_at: Moment | None
    reply_due_at: Moment | None
    close_due_at: Moment | None
    dispatches: int
    returns: int
    extensions: int
    urges: int
    supervisions: int
    reworks: int
    supervised: bool
    asked: list[str]
    exempt: bool
    secret: bool
    merged_into: str | None
    solved: bool | None
    satisfaction: Satisfaction | None
    replied_at: Moment | None
    closed_at: Moment | None


class OrderPage(Schema):
    """Some orders, the youngest first 工单列表."""

    items: list[OrderOut]
    next: str | None = Field(description="下一页游标，null为末页 cursor of the next page, null on the last")


class AcceptedOut(Schema):
    """What came of a call 受理结果."""

    contact: str
    orders: list[OrderOut]


class StepOut(Schema):
    """One thing that happened 流程记录."""

    seq: int
    kind: StepKind
    at: Moment
    actor: str
    department: str | None
    reason: str
    text: str
    until: Moment | None
    parent: str | None
    data: dict[str, Any]


class OfferedOut(Schema):
    """What the caller could do to an order now 可用操作."""

    kind: StepKind
    name: str
    needs: list[str]
    takes: list[str]
    hint: str


class AmendIn(Strict):
    """Corrections of what was taken down; what is absent stays 登记内容修改."""

    version: Version | None = None
    title: str | None = Field(None, min_length=1, max_length=120)
    text: LongText | None = None
    type: OrderType | None = None
    category: Id | None = None
    place: Id | None = None
    urgency: Urgency | None = None
    address: str | None = Field(None, max_length=200)
    object_name: str | None = Field(None, max_length=100)
    lon: Longitude | None = None
    lat: Latitude | None = None


class AttachmentOut(Schema):
    """A file with an order 附件."""

    code: str
    kind: Literal["demand", "proof"]
    name: str
    media_type: str
    size: int
    sha256: str
    at: Moment


class ContactOut(Schema):
    """A call or message 来电（来件）."""

    number: str
    channel: Channel
    at: Moment
    secret: bool
    language: str
    caller: Masked | None = Field(description="脱敏；保密来电为null masked; null for a secret caller")
    orders: list[str]


class CategoryOut(Schema):
    """One node of the taxonomy 分类."""

    id: str
    name: str
    parent: str | None
    level: int


class DepartmentOut(Schema):
    """A body that handles orders 承办单位."""

    id: str
    name: str
    kind: str
    region: str | None


class DutyOut(Schema):
    """A line of the dispatch catalogue 职责清单条目."""

    id: str
    category: str
    what: str
    clause: str
    lead: str | None
    assisting: list[str]
    district_assists: bool


class RegionOut(Schema):
    """A district, street or community 区划."""

    id: str
    name: str
    level: str
    parent: str | None


class LimitOut(Schema):
    """A time limit 时限."""

    stage: str
    type: OrderType | None
    urgency: Urgency | None
    amount: int
    unit: str


class SubscriptionIn(Strict):
    """A wish to be told of changes 事件订阅申请."""

    url: str = Field(min_length=8, max_length=500, pattern=r"^https?://[\x21-\x7e]+$")
    events: list[StepKind] = Field(default_factory=list, max_length=50, description="为空即全部 empty wants all")


class SubscriptionOut(Schema):
    """A subscription 事件订阅."""

    code: str
    url: str
    events: list[StepKind]
    active: bool
    made_at: Moment


class SubscriptionMade(SubscriptionOut):
    """A new subscription with the key that signs, told once 新订阅."""

    secret: str


class DeliveryOut(Schema):
    """A change on its way to a subscriber 推送记录."""

    code: str
    event: str
    number: str | None
    state: Literal["waiting", "delivered", "dead"]
    tries: int
    next_at: Moment | None
    status: int | None
    problem: str | None
    at: Moment
    done_at: Moment | None


class ImportOut(Schema):
    """A file handed in 批量导入."""

    code: str
    name: str
    state: Literal["waiting", "done", "failed"]
    read: int
    taken: int
    refused: int
    problem: ErrorSaid | None
    errors: str | None = Field(description="被拒行的文件地址 address of the file of refused rows")
    at: Moment
    done_at: Moment | None


class HealthOut(Schema):
    """Whether the platform works 健康状况."""

    status: Literal["ok"]
    version: str
    time: Moment
