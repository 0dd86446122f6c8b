"""What happens to an order from acceptance to archive, in steps that the flow allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from suqiu.domain.order import OrderType, Satisfaction, StepKind, Urgency
from suqiu.simulate.chance import Chance
from suqiu.simulate.office import DAY, Office
from suqiu.simulate.scenario import Manner

HOUR = 3600
_CITIZEN, _SUPERVISOR, _REVIEWER = "市民", "督办专员", "审核员"
_GRADES = (
    Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.BASIC,
    Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED,
)  # fmt: skip
#: How callers grade what was solved and what was not, cumulated, in the order of `_GRADES`.
_IF_SOLVED = (0.36, 0.80, 0.94, 0.99, 1.0)
_IF_NOT = (0.01, 0.03, 0.18, 0.62, 1.0)


@dataclass(frozen=True, slots=True)
class Case:
    """What is settled about an order before its life begins.

    Attributes:
        type, urgency: what it is.
        accepted: when, seconds since 1970, as all times here.
        dispatched: when it is dispatched if it is.
        due: when it must be closed.
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


class Lives:
    """Lives orders through."""

    def __init__(self, reasons: Mapping[str, tuple[str, ...]], office: Office, chance: Chance) -> None:
        self._reasons = reasons
        self._office = office
        self._chance = chance

    def live(self, case: Case) -> Life:
        """Return the whole life, even where it reaches beyond the period."""
        return _Course(case, self._reasons, self._office, self._chance).run()


class _Course:
    """One order's life in the making."""

    def __init__(self, case: Case, reasons: Mapping[str, tuple[str, ...]], office: Office, chance: Chance) -> None:
        self._case = case
        self._reasons = reasons
        self._office = office
        self._chance = chance
        self._clock = case.accepted
        self._cap: int | None = None
        self._contacted = False
        self.life = Life([], case.due)

    def run(self) -> Life:
        case, roll = self._case, self._chance.roll
        self._add(StepKind.ACCEPT, case.accepted, case.agent)
        if case.secret:
            self._add(StepKind.KEEP_SECRET, case.accepted, case.agent)
        if case.direct:
            return self._answered()
        fate = roll()
        if fate < 0.003:
            self._add(StepKind.VOID, case.accepted + 600, case.agent, reason=True)
            return self.life
        if case.merged_into and roll() < 0.6 and self._merged():
            return self.life
        self._dispatched()
        if fate < 0.010:
            self._add(StepKind.WITHDRAW, self._clock + int(self._chance.waiting(5 * HOUR)), _CITIZEN, reason=True)
            return self.life
        end = self._end()
        self._handled(end)
        if case.merged_into and self.life.steps[-1].kind is not StepKind.REPLY and self._merged():
            return self.life
        self._finished()
        return self.life

    def _add(
        self, kind: StepKind, at: int, actor: str, department: str | None = None, *, reason: bool = False,
        until: int | None = None, parent: str | None = None,
    ) -> None:  # fmt: skip
        """Append a step, never before the last one, and not after the moment that must not be passed."""
        if self._cap is not None and at > self._cap:
            at = self._cap
        self._clock = at = max(at, self._clock)
        why = self._chance.pick(self._reasons[kind]) if reason else None
        self.life.steps.append(Event(kind, at, actor, department, why, until, parent))

    def _answered(self) -> Life:
        """Let the agent close the order on the line."""
        chance, life = self._chance, self.life
        self._add(StepKind.CLOSE, self._case.accepted + 60 + int(chance.waiting(150)), self._case.agent)
        life.solved = chance.roll() < 0.96
        if chance.roll() < 0.4:
            life.grade = self._graded(life.solved)
        return life

    def _merged(self) -> bool:
        """Merge into the order it repeats; a few merges are undone, and False is returned."""
        at = self._clock + int(self._chance.waiting(HOUR))
        self._add(StepKind.MERGE, at, _REVIEWER, reason=True, parent=self._case.merged_into)
        if self._chance.roll() < 0.95:
            return True
        self._add(StepKind.UNMERGE, at + int(self._chance.waiting(8 * HOUR)), _REVIEWER)
        return False

    def _dispatched(self) -> None:
        """Send it out, and back and forth until the right department has it."""
        case, chance = self._case, self._chance
        at, unit = case.dispatched, case.first
        self._add(StepKind.DISPATCH, at, case.agent, unit)
        bounces = 0
        while unit != case.right:
            if chance.roll() < 0.4:
                self._add(StepKind.SIGN, self._later(1.5 * HOUR), self._clerk(unit), unit)
            self._add(StepKind.REQUEST_RETURN, self._later(4 * HOUR), self._clerk(unit), unit, reason=True)
            if chance.roll() < 0.12:
                self._add(StepKind.REFUSE_RETURN, self._later(3 * HOUR), _REVIEWER, unit, reason=True)
                self._add(StepKind.REQUEST_RETURN, self._later(4 * HOUR), self._clerk(unit), unit, reason=True)
            self._add(StepKind.GRANT_RETURN, self._later(3 * HOUR), _REVIEWER, unit, reason=True)
            bounces += 1
            unit = case.right if bounces == 3 or chance.roll() < 0.85 else chance.pick(case.wrong)
            self._add(StepKind.REDISPATCH, self._clock + int(chance.waiting(HOUR)), case.agent, unit, reason=True)
        if bounces == 0 and chance.roll() < 0.025:  # the right department tries to get rid of it
            self._add(StepKind.REQUEST_RETURN, self._later(3 * HOUR), self._clerk(unit), unit, reason=True)
            self._add(StepKind.REFUSE_RETURN, self._later(3 * HOUR), _REVIEWER, unit, reason=True)

    def _end(self) -> int:
        """Settle when it will be closed: in time, just in time without work, or late."""
        case, chance, life = self._case, self._chance, self.life
        span = case.due - case.dispatched
        manner, roll = case.manner, chance.roll()
        in_office = case.urgency is Urgency.NORMAL
        if in_office and roll < manner.gamed:
            life.gamed, life.empty, life.solved = True, True, False
            self._cap = max(case.due - 90, self._clock)
            return case.due - chance.whole(180, 2400)
        late = roll > 1.0 - manner.late * (1.0 if in_office else 0.6)
        life.empty = chance.roll() < manner.empty
        life.solved = chance.roll() < manner.solved * (0.25 if life.empty else 1.0) * (0.85 if late else 1.0)
        if late:
            return case.due + HOUR // 2 + int(chance.waiting(0.5 * span))
        self._cap = max(case.due - 60, self._clock)
        if case.type is OrderType.PRAISE:
            life.solved = True
        return case.dispatched + int(span * min(0.93, manner.speed * (0.3 + 0.8 * chance.roll())))

    def _handled(self, end: int) -> None:
        """Sign, work, and reply."""
        case, chance = self._case, self._chance
        clerk = self._clerk(case.right)
        sign = self._later(1.5 * HOUR)
        self._add(StepKind.SIGN, min(sign, self._clock + max(300, (end - self._clock) // 4)), clerk, case.right)
        begin = self._clock
        if self.life.gamed:
            self._add(StepKind.REPLY, end, clerk, case.right)
            return
        end = self._extended(begin, end, clerk)
        if case.merged_into and chance.roll() < 0.5:
            return
        ready = begin + int((end - begin) * 0.8)
        for share, kind, actor, unit in sorted(self._happenings(clerk), key=lambda happening: happening[0]):
            at = begin + int((ready - begin) * share)
            if kind is StepKind.CONTACT:
                self._contacted = True
            self._add(kind, at, actor, unit, reason=kind in self._reasons)
        if chance.roll() < 0.012:
            self._shelved(clerk)
        reply = ready if case.always_open or self._cap is None else min(self._office.next(ready), max(ready, end))
        self._add(StepKind.REPLY, max(reply, self._clock), clerk, case.right)

    def _extended(self, begin: int, end: int, clerk: str) -> int:
        """Ask for more time for some orders; return when it will be closed then."""
        case, chance = self._case, self._chance
        if case.urgency is not Urgency.NORMAL or chance.roll() > 0.07 or case.due - begin < DAY:
            return end
        at = begin + int((case.due - begin) * 0.6)
        if self._cap is not None and end < at:
            return end
        self._add(StepKind.REQUEST_EXTENSION, at, clerk, case.right, reason=True)
        decided = min(self._later(3 * HOUR), case.due - 30)
        if chance.roll() < 0.2:
            self._add(StepKind.REFUSE_EXTENSION, decided, _REVIEWER, case.right, reason=True)
            return max(end, self._clock)
        self.life.due = case.due + 7 * DAY
        self._add(StepKind.GRANT_EXTENSION, decided, _REVIEWER, case.right, reason=True, until=self.life.due)
        if self._cap is not None:
            self._cap = self.life.due - 60
        return self._clock + int((self.life.due - self._clock) * (0.4 + 0.55 * chance.roll()))

    def _happenings(self, clerk: str) -> list[tuple[float, StepKind, str, str | None]]:
        """Return what happens between signature and reply: share of the time, kind, actor, department."""
        case, roll = self._case, self._chance.roll
        found: list[tuple[float, StepKind, str, str | None]] = []
        if roll() < 0.9:
            found.append((0.35 * roll(), StepKind.CONTACT, clerk, case.right))
        if case.assisting and roll() < 0.4:
            unit = self._chance.pick(case.assisting)
            found.append((0.1, StepKind.ADD_ASSIST, clerk, unit))
            if roll() < 0.08:
                found.append((0.4, StepKind.DROP_ASSIST, clerk, unit))
        urges = 0.06 if self._cap is not None else 0.35
        while roll() < urges:
            found.append((0.2 + 0.75 * roll(), StepKind.URGE, _CITIZEN, None))
        if roll() < (0.02 if self._cap is not None else 0.2):
            found.append((0.7 + 0.2 * roll(), StepKind.SUPERVISE, _SUPERVISOR, case.right))
            found.append((0.98, StepKind.END_SUPERVISION, _SUPERVISOR, case.right))
        if roll() < 0.012:
            granted = StepKind.GRANT_UNREASONABLE if roll() < 0.5 else StepKind.REFUSE_UNREASONABLE
            found.append((0.5, StepKind.CLAIM_UNREASONABLE, clerk, case.right))
            found.append((0.65, granted, _REVIEWER, case.right))
        return found

    def _shelved(self, clerk: str) -> None:
        """Shelve it for weeks: the clock stands still meanwhile."""
        self._add(StepKind.SHELVE, self._later(4 * HOUR), clerk, self._case.right, reason=True)
        pause = 10 * DAY + int(self._chance.waiting(30 * DAY))
        begin = self._clock
        self._cap = None if self._cap is None else self._cap + pause
        self.life.due += pause
        self._add(StepKind.RELEASE, begin + pause, _REVIEWER, self._case.right, reason=True)

    def _finished(self) -> None:
        """Review, call back, rework where it was not solved, close, appraise and archive."""
        case, chance, life = self._case, self._chance, self.life
        clerk = self._clerk(case.right)
        if life.steps[-1].kind is not StepKind.REPLY:  # a merge was undone
            self._add(StepKind.REPLY, self._later(8 * HOUR), clerk, case.right)
        if not life.gamed and chance.roll() < (0.3 if life.empty else 0.03):
            self._add(StepKind.FAIL_REVIEW, self._later(2 * HOUR), _REVIEWER, case.right, reason=True)
            self._add(StepKind.REPLY, self._later(5 * HOUR), clerk, case.right)
            life.empty = life.empty and chance.roll() < 0.3
        self._add(StepKind.PASS_REVIEW, self._clock + int(chance.waiting(HOUR)), _REVIEWER, case.right)
        if not life.gamed and chance.roll() < 0.78:
            self._visited()
            if life.visits[-1].solved is False and chance.roll() < 0.3:
                self._again(StepKind.REWORK)
        self._add(StepKind.CLOSE, self._clock + int(chance.waiting(HOUR)), _REVIEWER, case.right)
        closed, self._cap = self._clock, None
        if life.gamed and chance.roll() < 0.7:  # the centre asks after the fact
            life.visits.append(self._visit(closed + int((0.5 + chance.roll()) * 2 * DAY)))
        if not life.solved and chance.roll() < 0.05:
            self._add(StepKind.REOPEN, closed + DAY + int(chance.waiting(6 * DAY)), _CITIZEN, reason=True)
            self._add(StepKind.DISPATCH, self._clock + int(chance.waiting(HOUR)), case.agent, case.right)
            self._again(None)
            self._add(StepKind.CLOSE, self._clock + int(chance.waiting(HOUR)), _REVIEWER, case.right)
        self._appraised()

    def _again(self, first: StepKind | None) -> None:
        """Handle it a second time, from a rework or after it was dispatched anew."""
        case, chance, life = self._case, self._chance, self.life
        clerk = self._clerk(case.right)
        self._cap = None
        if first is not None:
            self._add(first, self._clock + int(chance.waiting(HOUR)), _REVIEWER, case.right, reason=True)
        else:
            self._add(StepKind.SIGN, self._later(HOUR), clerk, case.right)
        life.solved = chance.roll() < 0.5
        life.empty = life.empty and chance.roll() < 0.3
        self._add(StepKind.REPLY, self._later(40 * HOUR), clerk, case.right)
        self._add(StepKind.PASS_REVIEW, self._clock + int(chance.waiting(HOUR)), _REVIEWER, case.right)
        self._visited()

    def _appraised(self) -> None:
        """Appraise, hear appeals and archive."""
        case, chance = self._case, self._chance
        clerk = self._clerk(case.right)
        if chance.roll() < 0.8:
            self._add(StepKind.APPRAISE, self._clock + 5 * DAY + int(chance.roll() * 15 * DAY), "考核专员", case.right)
            if chance.roll() < 0.012:
                self._add(StepKind.APPEAL, self._later(20 * HOUR), clerk, case.right, reason=True)
                verdict = StepKind.UPHOLD_APPEAL if chance.roll() < 0.35 else StepKind.REJECT_APPEAL
                self._add(verdict, self._later(50 * HOUR), "考核专员", case.right, reason=True)
        if chance.roll() < 0.7:
            self._add(StepKind.ARCHIVE, self._clock + 30 * DAY, "系统")

    def _visited(self) -> None:
        visit = self._visit(self._clock + int(self._chance.waiting(10 * HOUR)))
        self._add(StepKind.CALL_BACK, visit.at, "智能回访" if visit.robot else f"回访员{visit.at % 17 + 1:02d}")
        # The step's own time counts: it may have been moved before the limit.
        self.life.visits.append(replace(visit, at=self._clock))

    def _visit(self, at: int) -> Visit:
        """Ask the caller; most answers are the truth."""
        chance, life = self._chance, self.life
        robot = chance.roll() < 0.45
        if chance.roll() < (0.25 if robot else 0.14):
            return Visit(at, robot, False, None, None, None, None)
        solved = bool(life.solved) if chance.roll() < 0.96 else not life.solved
        contacted = self._contacted if chance.roll() < 0.95 else not self._contacted
        truthful = chance.roll() < (0.15 if life.gamed else 0.5 if life.empty else 0.97)
        grade = self._graded(solved) if chance.roll() < 0.93 else None
        return Visit(at, robot, True, contacted, solved, grade, truthful)

    def _graded(self, solved: bool) -> Satisfaction:
        roll = self._chance.roll()
        steps = _IF_SOLVED if solved else _IF_NOT
        return _GRADES[next(n for n, edge in enumerate(steps) if roll < edge or n == len(steps) - 1)]

    def _later(self, mean: float) -> int:
        """Return a moment after the clock, in office hours unless the department never closes or the case presses."""
        at = self._clock + 120 + int(self._chance.waiting(mean))
        return at if self._case.always_open or self._case.urgency is not Urgency.NORMAL else self._office.next(at)

    def _clerk(self, unit: str) -> str:
        return f"{unit}经办{self._case.accepted % 9 + 1}"
