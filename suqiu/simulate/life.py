"""The words of an order's life: what is settled before it begins, and what then happens."""

from __future__ import annotations

from dataclasses import dataclass, field

from suqiu.domain.order import OrderType, Satisfaction, StepKind, Urgency
from suqiu.simulate.scenario import Manner


@dataclass(frozen=True, slots=True)
class Case:
    """What is settled about an order before its life begins.

    Attributes:
        type, urgency: what it is.
        accepted: when, seconds since 1970, as all times here.
        dispatched: when it is dispatched if it is.
        due: when it must be closed.
        sign_due, contact_due, reply_due: when it must be signed for, its caller contacted, and answered.
        agent: number of the agent who takes it.
        direct: the agent answers it on the line.
        secret: the caller wants not to be named.
        right: the department whose duty it is.
        first: the department it is first sent to.
        wrong: others that it might be sent to by mistake.
        assisting: departments that assist.
        merged_into: the order it repeats and is merged into, None for none.
        manner: how the right department works.
        always_open: that department works round the clock.
    """

    type: OrderType
    urgency: Urgency
    accepted: int
    dispatched: int
    due: int
    sign_due: int
    contact_due: int
    reply_due: int
    agent: str
    direct: bool
    secret: bool
    right: str
    first: str
    wrong: tuple[str, ...]
    assisting: tuple[str, ...]
    merged_into: str | None
    manner: Manner
    always_open: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a life; as `domain.order.Step`, with times in seconds since 1970."""

    kind: StepKind
    at: int
    actor: str
    department: str | None = None
    reason: str | None = None
    until: int | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One call-back 回访."""

    at: int
    robot: bool
    reached: bool
    contacted: bool | None
    solved: bool | None
    satisfaction: Satisfaction | None
    truthful: bool | None


@dataclass(slots=True)
class Life:
    """Everything that happens to an order, and the truth behind it.

    Attributes:
        steps: oldest first.
        visits: call-backs, oldest first.
        due: when it must be closed, with granted extensions and pauses.
        gamed: closed just before the limit without having been handled.
        empty: its reply says nothing.
        solved: the matter was truly solved; None where nobody handled it.
        grade: satisfaction stated on the line after a direct answer.
    """

    steps: list[Event]
    due: int
    visits: list[Visit] = field(default_factory=list)
    gamed: bool = False
    empty: bool = False
    solved: bool | None = None
    grade: Satisfaction | None = None
