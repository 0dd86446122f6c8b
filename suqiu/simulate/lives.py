"""What happens to an order from acceptance to archive, in steps that the flow allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from suqiu.domain.order import OrderType, Satisfaction, StepKind, Urgency
from suqiu.simulate.chance import Chance
from suqiu.simulate.life import Case, Event, Life, Visit
from suqiu.simulate.office import DAY, Office

HOUR = 3600
_CITIZEN, _SUPERVISOR, _REVIEWER = "市民", "督办专员", "审核员"
_GRADES = (
    Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.BASIC,
    Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED,
)  # fmt: skip
#: How callers grade what was solved and what was not, cumulated, in the order of `_GRADES`.
_IF_SOLVED = (0.36, 0.80, 0.94, 0.99, 1.0)
_IF_NOT = (0.01, 0.03, 0.18, 0.62, 1.0)
#: How much of the usual waiting each urgency allows: an emergency is passed on within minutes.
_PACE = {Urgency.NORMAL: 1.0, Urgency.URGENT: 0.3, Urgency.EMERGENCY: 0.06}


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
        self._pace = _PACE[case.urgency]
        self._cap: int | None = None
        self._close_from = 0
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
            if chance.roll() < 0.6:
                self._add(StepKind.SIGN, self._later(1.5 * HOUR), self._clerk(unit), unit)
                if not self._contacted and chance.roll() < 0.9:  # it learns from the caller that it is the wrong one
                    self._contact(self._later(2 * HOUR), unit)
            self._add(StepKind.REQUEST_RETURN, self._later(4 * HOUR), self._clerk(unit), unit, reason=True)
            if chance.roll() < 0.12:
                self._add(StepKind.REFUSE_RETURN, self._later(3 * HOUR), _REVIEWER, unit, reason=True)
                self._add(StepKind.REQUEST_RETURN, self._later(4 * HOUR), self._clerk(unit), unit, reason=True)
            self._add(StepKind.GRANT_RETURN, self._later(3 * HOUR), _REVIEWER, unit, reason=True)
            bounces += 1
            unit = case.right if bounces == 3 or chance.roll() < 0.85 else chance.pick(case.wrong)
            passed_on = self._clock + int(chance.waiting(HOUR) * self._pace)
            self._add(StepKind.REDISPATCH, passed_on, case.agent, unit, reason=True)
        if bounces == 0 and chance.roll() < 0.025:  # the right department tries to get rid of it
            if chance.roll() < 0.7:
                self._contact(self._later(2 * HOUR), unit)
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
            self._close_from = case.due + HOUR // 2 + int(chance.waiting(0.5 * span))
            return self._close_from
        self._cap = max(case.due - 60, self._clock)
        if case.type is OrderType.PRAISE:
            life.solved = True
        return case.dispatched + int(span * min(0.93, manner.speed * (0.3 + 0.8 * chance.roll())))

    def _handled(self, end: int) -> None:
        """Sign, contact the caller, work, and reply."""
        case, chance = self._case, self._chance
        clerk = self._clerk(case.right)
        self._begun(end, clerk)
        begin = self._clock
        if self.life.gamed:
            self._add(StepKind.REPLY, end, clerk, case.right)
            return
        ready = self._extended(begin, self._ready(end), clerk)
        if case.merged_into and chance.roll() < 0.5:
            return
        for share, kind, actor, unit in sorted(self._happenings(clerk), key=lambda happening: happening[0]):
            self._add(kind, begin + int((ready - begin) * share), actor, unit, reason=kind in self._reasons)
        if chance.roll() < 0.012:
            self._shelved(clerk)
        reply = ready if self._never_waits() else self._office.next(ready)
        # On a day off whoever is on duty sends the answer that would else come too late.
        self._add(StepKind.REPLY, ready if ready <= self._answer_by() < reply else reply, clerk, case.right)

    def _begun(self, end: int, clerk: str) -> None:
        """Sign for it and contact the caller, whose clock does not stop on days off: somebody is on duty then.

        Who games the clock contacts nobody; slow departments now and then sign or call too late.
        """
        case, chance = self._case, self._chance
        share = 0.05 + 0.7 * chance.roll() * min(1.0, 2 * self._pace)
        contact = case.dispatched + int((case.contact_due - case.dispatched) * share)
        if chance.roll() < 0.005 + 0.15 * case.manner.late:
            contact = case.contact_due + int(chance.waiting(10 * HOUR))
        if case.urgency is Urgency.NORMAL:
            contact = self._office.waking(contact, self._clock)
        sign = min(self._later(1.5 * HOUR), max(contact - HOUR // 6, self._clock + HOUR // 12))
        sign = min(sign, self._clock + max(300, (end - self._clock) // 4))
        calls = not self._contacted and not self.life.gamed and chance.roll() < 0.99
        if chance.roll() < 0.015 + 0.15 * case.manner.late:  # forgotten in the system, even where the work goes on
            if calls:
                self._contact(contact, case.right)
            calls, sign = False, min(case.sign_due + int(chance.waiting(3 * HOUR) * self._pace), end)
        self._add(StepKind.SIGN, sign, clerk, case.right)
        if calls:
            self._contact(max(contact, self._clock + 120 + int(chance.waiting(2 * HOUR) * self._pace)), case.right)

    def _contact(self, at: int, unit: str) -> None:
        self._contacted = True
        self._add(StepKind.CONTACT, at, self._clerk(unit), unit)

    def _ready(self, end: int) -> int:
        """Settle when the answer is ready: mostly within its own limit, even where closing drags on."""
        case, chance = self._case, self._chance
        by, late = self._answer_by(), self._cap is None
        if chance.roll() < (0.45 if late else 0.005 + 0.15 * case.manner.late):
            ready = by + HOUR // 2 + int(chance.waiting(0.2 * (by - case.dispatched)))
            return ready if late else min(ready, case.due - 2 * HOUR)
        return case.dispatched + int((by - case.dispatched) * min(0.9, case.manner.speed * (0.3 + 0.8 * chance.roll())))

    def _answer_by(self) -> int:
        """Return when an answer is due: an extension holds for answer and closure."""
        case, due = self._case, self.life.due
        return due if due > case.due else min(case.reply_due, due)

    def _extended(self, begin: int, ready: int, clerk: str) -> int:
        """Ask for more time for some orders; return when the answer will be ready then."""
        case, chance = self._case, self._chance
        if case.urgency is not Urgency.NORMAL or chance.roll() > 0.07 or case.due - begin < DAY:
            return ready
        at = begin + int((self._answer_by() - begin) * 0.6)
        if self._cap is not None and ready < at:
            return ready
        self._add(StepKind.REQUEST_EXTENSION, at, clerk, case.right, reason=True)
        decided = min(self._later(3 * HOUR), case.due - 30)
        if chance.roll() < 0.2:
            self._add(StepKind.REFUSE_EXTENSION, decided, _REVIEWER, case.right, reason=True)
            return max(ready, self._clock)
        self.life.due = case.due + 7 * DAY
        self._add(StepKind.GRANT_EXTENSION, decided, _REVIEWER, case.right, reason=True, until=self.life.due)
        self._close_from = 0
        if self._cap is not None:
            self._cap = self.life.due - 60
        return self._clock + int((self.life.due - self._clock) * (0.3 + 0.5 * chance.roll()))

    def _happenings(self, clerk: str) -> list[tuple[float, StepKind, str, str | None]]:
        """Return what happens between signature and reply: share of the time, kind, actor, department."""
        case, roll = self._case, self._chance.roll
        found: list[tuple[float, StepKind, str, str | None]] = []
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
        self._close_from += pause if self._close_from else 0
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
            if life.visits[-1].solved is False and chance.roll() < 0.25:
                self._again(StepKind.REWORK)
        closed = max(self._clock + int(chance.waiting(HOUR)), self._close_from)
        self._add(StepKind.CLOSE, closed, _REVIEWER, case.right)
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
        self._add(StepKind.REPLY, self._later(16 * HOUR), clerk, case.right)
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
        at = self._clock + 120 + int(self._chance.waiting(mean) * self._pace)
        return at if self._never_waits() else self._office.next(at)

    def _never_waits(self) -> bool:
        return self._case.always_open or self._case.urgency is not Urgency.NORMAL

    def _clerk(self, unit: str) -> str:
        return f"{unit}经办{self._case.accepted % 9 + 1}"
