"""Where an order stands after its steps: every derived column, and what decisions look at besides.

Pure: a history in, a standing out. The same rules as `domain.order.status_after` and `analysis.histories`, so that
the platform and the reports never tell two stories of one order.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from suqiu.domain.order import RULES, Status, StepKind
from suqiu.web.orders.happened import Happened

LEAD, ASSIST, PAST = "lead", "assist", "past"
EXTENSION, UNREASONABLE, APPEAL = "extension", "unreasonable", "appeal"

_K = StepKind
_SIDE_BRANCHES = frozenset({Status.RETURN_PENDING, Status.SHELVED, Status.MERGED})


class Asked(NamedTuple):
    """What waits for a decision: who asked, and until when."""

    actor: str
    until: datetime | None


@dataclass(slots=True)
class Standing:
    """Where an order stands 工单现状.

    The first attributes are columns of `models.Order` and mean the same. The others:

    Attributes:
        units: each unit that has or had the order, with its role.
        asked: what waits for a decision.
        before: the state in which a side branch began.
        last_at: when the last step was taken.
        first_dispatched_at: when the first unit got it: the clocks' start.
        dispatched_at: when the present unit got it.
        signed: any unit has signed it.
        extended_at, extended_until: the last granted extension.
        pauses: stretches in which the clocks stood; the end is None while one lasts.
        round_from: when the present try began: the last rework or reopening, else acceptance.
        said_solved: what the caller said last in the present try; None where nobody has asked.
        replied_by: who wrote the standing reply.
        return_asked_by: who asked for the return that waits.
        touched_by_person: a person has taken a step.
    """

    version: int = 0
    status: Status | None = None
    status_at: datetime | None = None
    accepted_at: datetime | None = None
    department: str = ""
    dispatches: int = 0
    returns: int = 0
    extensions: int = 0
    urges: int = 0
    supervisions: int = 0
    reworks: int = 0
    supervised: bool = False
    exempt: bool = False
    secret: bool = False
    merged_into: int | None = None
    solved: bool | None = None
    satisfaction: str = ""
    replied_at: datetime | None = None
    closed_at: datetime | None = None

    units: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    before: Status | None = None
    last_at: datetime | None = None
    first_dispatched_at: datetime | None = None
    dispatched_at: datetime | None = None
    signed: bool = False
    extended_at: datetime | None = None
    extended_until: datetime | None = None
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    round_from: datetime | None = None
    said_solved: bool | None = None
    replied_by: str = ""
    return_asked_by: str = ""
    touched_by_person: bool = False

    def take(self, step: Happened, pausing: frozenset[StepKind], resuming: frozenset[StepKind]) -> None:
        """Move on by one step, legal or not: a history of another system is history too.

        Args:
            step: what happened.
            pausing, resuming: kinds that stop the clocks and start them again, as the city's limits say.
        """
        self.version += 1
        self.last_at = step.at
        self.touched_by_person = self.touched_by_person or step.person
        self._move(step)
        if step.kind in pausing or step.kind in resuming:
            if self.pauses and self.pauses[-1][1] is None:
                self.pauses[-1] = (self.pauses[-1][0], step.at)
            if step.kind in pausing:
                self.pauses.append((step.at, None))
        then = _THEN.get(step.kind)
        if then is not None:
            then(self, step)

    def after(self, step: Happened, pausing: frozenset[StepKind], resuming: frozenset[StepKind]) -> Standing:
        """Return the standing after one more step; this one stays as it is."""
        then = copy.copy(self)
        then.units, then.asked, then.pauses = dict(self.units), dict(self.asked), list(self.pauses)
        then.take(step, pausing, resuming)
        return then

    def _move(self, step: Happened) -> None:
        rule = RULES[step.kind]
        if rule.back:
            if self.before is not None:
                self.status = self.before
            self.status_at = step.at
        elif rule.target is not None:
            if rule.target in _SIDE_BRANCHES and self.status not in _SIDE_BRANCHES:
                self.before = self.status
            self.status = rule.target
            self.status_at = step.at

    def _hand_to(self, department: str) -> None:
        self._lead_leaves()
        if department:
            self.units[department] = LEAD
        self.department = department

    def _lead_leaves(self) -> None:
        for unit, role in self.units.items():
            if role == LEAD:
                self.units[unit] = PAST
        self.department = ""

    def _forget(self, *what: str) -> None:
        for one in what:
            self.asked.pop(one, None)


def stand(
    history: Iterable[Happened], pausing: frozenset[StepKind] = frozenset(), resuming: frozenset[StepKind] = frozenset()
) -> Standing:
    """Return where an order stands after a history, oldest first."""
    standing = Standing()
    for step in history:
        standing.take(step, pausing, resuming)
    return standing


def _accepted(one: Standing, step: Happened) -> None:
    one.accepted_at = one.accepted_at or step.at
    one.round_from = one.round_from or step.at


def _dispatched(one: Standing, step: Happened) -> None:
    one.dispatches += 1
    one.first_dispatched_at = one.first_dispatched_at or step.at
    one.dispatched_at = step.at
    one._hand_to(step.department)
    for unit in step.data.get("assisting", ()):
        if one.units.get(unit) != LEAD:
            one.units[unit] = ASSIST
    # What the former unit asked for is not the new one's.
    one._forget(EXTENSION, UNREASONABLE)


def _assisting(one: Standing, step: Happened) -> None:
    if step.department and one.units.get(step.department) != LEAD:
        one.units[step.department] = ASSIST


def _no_longer_assisting(one: Standing, step: Happened) -> None:
    if one.units.get(step.department) == ASSIST:
        one.units[step.department] = PAST


def _return_asked(one: Standing, step: Happened) -> None:
    one.return_asked_by = step.actor


def _returned(one: Standing, step: Happened) -> None:
    one.returns += 1
    one._lead_leaves()
    one._forget(EXTENSION, UNREASONABLE)


def _signed(one: Standing, step: Happened) -> None:
    one.signed = True


def _extended(one: Standing, step: Happened) -> None:
    one.extensions += 1
    if step.until is not None:
        one.extended_at, one.extended_until = step.at, step.until
    one._forget(EXTENSION)


def _asks(what: str) -> Callable[[Standing, Happened], None]:
    def asks(one: Standing, step: Happened) -> None:
        one.asked[what] = Asked(step.actor, step.until)

    return asks


def _answers(what: str) -> Callable[[Standing, Happened], None]:
    def answers(one: Standing, step: Happened) -> None:
        one._forget(what)

    return answers


def _urged(one: Standing, step: Happened) -> None:
    one.urges += 1


def _supervised(one: Standing, step: Happened) -> None:
    one.supervisions += 1
    one.supervised = True


def _supervision_ended(one: Standing, step: Happened) -> None:
    one.supervised = False


def _replied(one: Standing, step: Happened) -> None:
    one.replied_at, one.replied_by = step.at, step.actor
    one._forget(EXTENSION)


def _reply_failed(one: Standing, step: Happened) -> None:
    one.replied_at, one.replied_by = None, ""


def _asked_caller(one: Standing, step: Happened) -> None:
    if step.data.get("solved") is not None:
        one.solved = one.said_solved = bool(step.data["solved"])
    if step.data.get("satisfaction"):
        one.satisfaction = str(step.data["satisfaction"])


def _reworked(one: Standing, step: Happened) -> None:
    one.reworks += 1
    one.replied_at = one.closed_at = None
    one.replied_by = ""
    one.round_from, one.said_solved = step.at, None
    one._forget(APPEAL)


def _reopened(one: Standing, step: Happened) -> None:
    _reworked(one, step)
    for unit in one.units:
        one.units[unit] = PAST
    one.department = ""
    one.asked.clear()


def _closed(one: Standing, step: Happened) -> None:
    one.closed_at = step.at


def _over(one: Standing, step: Happened) -> None:
    one.asked.clear()


def _exempted(one: Standing, step: Happened) -> None:
    one.exempt = True
    one._forget(UNREASONABLE)


def _merged(one: Standing, step: Happened) -> None:
    one.merged_into = step.parent
    one.asked.clear()


def _unmerged(one: Standing, step: Happened) -> None:
    one.merged_into = None


def _kept_secret(one: Standing, step: Happened) -> None:
    one.secret = True


_THEN: dict[StepKind, Callable[[Standing, Happened], None]] = {
    _K.ACCEPT: _accepted,
    _K.DISPATCH: _dispatched,
    _K.REDISPATCH: _dispatched,
    _K.SIGN: _signed,
    _K.ADD_ASSIST: _assisting,
    _K.DROP_ASSIST: _no_longer_assisting,
    _K.REQUEST_RETURN: _return_asked,
    _K.GRANT_RETURN: _returned,
    _K.REQUEST_EXTENSION: _asks(EXTENSION),
    _K.GRANT_EXTENSION: _extended,
    _K.REFUSE_EXTENSION: _answers(EXTENSION),
    _K.URGE: _urged,
    _K.SUPERVISE: _supervised,
    _K.END_SUPERVISION: _supervision_ended,
    _K.REPLY: _replied,
    _K.FAIL_REVIEW: _reply_failed,
    _K.CALL_BACK: _asked_caller,
    _K.RATE: _asked_caller,
    _K.REWORK: _reworked,
    _K.REOPEN: _reopened,
    _K.CLOSE: _closed,
    _K.APPEAL: _asks(APPEAL),
    _K.UPHOLD_APPEAL: _answers(APPEAL),
    _K.REJECT_APPEAL: _answers(APPEAL),
    _K.ARCHIVE: _over,
    _K.MERGE: _merged,
    _K.UNMERGE: _unmerged,
    _K.CLAIM_UNREASONABLE: _asks(UNREASONABLE),
    _K.GRANT_UNREASONABLE: _exempted,
    _K.REFUSE_UNREASONABLE: _answers(UNREASONABLE),
    _K.WITHDRAW: _over,
    _K.VOID: _over,
    _K.KEEP_SECRET: _kept_secret,
}
