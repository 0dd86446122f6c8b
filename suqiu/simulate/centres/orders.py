"""Orders, their steps and call-backs as a centre exports them: the rates that measures look at come out as planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from suqiu.domain.city import City, DepartmentKind, RegionLevel
from suqiu.domain.clock import Stage
from suqiu.domain.order import NAMES, Channel, OrderType, Satisfaction, Status, StepKind, Urgency, status_after
from suqiu.simulate.centres.lots import Flags, Lots
from suqiu.simulate.centres.plan import Plan, Work
from suqiu.simulate.office import DAY, dues
from suqiu.simulate.words import Words

HOUR = 3600
Moments = npt.NDArray[np.int64]
Row = tuple[object, ...]

_ZH = {code: name.zh for code, name in NAMES.items()}
_YES = {True: "是", False: "否", None: None}
_DONE = frozenset({Status.CLOSED, Status.APPRAISED, Status.ARCHIVED})
_CHANNELS: dict[str, float] = {
    Channel.PHONE: 0.74, Channel.WECHAT: 0.09, Channel.APP: 0.07, Channel.WEB: 0.06, Channel.MAIL: 0.04,
}  # fmt: skip
_TYPES: dict[str, float] = {
    OrderType.CONSULT: 0.26, OrderType.HELP: 0.32, OrderType.COMPLAINT: 0.28, OrderType.REPORT: 0.06,
    OrderType.SUGGEST: 0.05, OrderType.PRAISE: 0.03,
}  # fmt: skip
_URGENCIES: dict[str, float] = {Urgency.NORMAL: 0.955, Urgency.URGENT: 0.04, Urgency.EMERGENCY: 0.005}
_DISPATCHED, _REPEATED = 0.8, 0.04
#: How far back the order lies that another repeats.
_BACK = 80
_PLEASED = (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.BASIC)
_NOT_PLEASED = (Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED)
_REVIEWER, _SYSTEM = "审核员", "系统"


@dataclass(slots=True)
class Export:
    """The rows of three files, as `suqiu.simulate.columns` names their columns 导出."""

    orders: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    call_backs: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class _Settled:
    """What is settled about all orders before they are lived through; times in seconds since 1970."""

    accepted: Moments
    channels: list[str]
    types: list[str]
    urgencies: list[str]
    leaves: Moments
    homes: Moments
    repeats: Moments
    merged: Flags
    dispatched: Flags
    sent: Moments
    begun: Moments
    misdispatched: Flags
    refused: Flags
    due: dict[Stage, Moments]
    signed: Moments
    contacted: Moments
    replied: Moments
    closed: Moments
    extended: Flags
    reworked: Flags


class Orders:
    """Makes the orders of one centre."""

    def __init__(self, city: City, words: Words, plan: Plan, work: Work, lots: Lots, prefix: str) -> None:
        self._city, self._words, self._plan, self._work, self._lots = city, words, plan, work, lots
        self._prefix = prefix
        self._horizon = _seconds(datetime.combine(plan.collected, datetime.min.time())) - 1
        self._communities = [one for one in city.regions if one.level is RegionLevel.COMMUNITY]
        self._leaves = city.taxonomy.leaves
        leads = {duty.category: duty.lead for duty in reversed(city.duties)}
        self._leads = [leads.get(leaf.id) for leaf in self._leaves]
        self._of_district = {one.region: one.name for one in city.departments if one.kind is DepartmentKind.DISTRICT}

    def export(self, count: int) -> Export:
        """Return the rows of the export."""
        settled = self._settle(count)
        visits = self._visits(count, settled)
        flaws = self._flaws(count)
        export = Export()
        for n in range(count):
            steps = self._steps(n, settled, visits)
            known = [step for step in steps if step[1] <= self._horizon]
            export.orders.append(self._order(n, settled, visits, flaws, known))
            for seq, (kind, at, actor, unit, reason, until, parent) in enumerate(known, 1):
                export.steps.append((self._id(n), str(seq), _ZH[kind], at, actor, unit, reason, until, parent))
            for visit in visits.rows(n, settled, self._horizon):
                export.call_backs.append((self._id(n), *visit))
        return export

    def _id(self, n: int) -> str:
        return f"{self._prefix}{n + 1:06d}"

    def _settle(self, count: int) -> _Settled:
        lots, work = self._lots, self._work
        accepted = np.array([_seconds(at) for at in lots.times(count, self._plan.first, self._plan.last)])
        channels = lots.picks(count, _CHANNELS)
        types, urgencies = lots.picks(count, _TYPES), lots.picks(count, _URGENCIES)
        leaves = lots.wholes(count, 0, len(self._leaves) - 1)
        homes = lots.wholes(count, 0, len(self._communities) - 1)
        dispatched = lots.flags(count, _DISPATCHED)
        repeats = self._repeats(count, types, leaves, homes, dispatched)
        merged = lots.flags(count, work["merged"], (repeats >= 0) & dispatched)
        normal = np.array([one == Urgency.NORMAL for one in urgencies])
        going = dispatched & ~merged
        wrong = 1 - work["first_dispatch_right"]
        misdispatched = lots.flags(
            count, min(1.0, wrong * going.sum() / max((going & normal).sum(), 1)), going & normal
        )
        refusals = work["wrongful_returns"] / (1 - work["wrongful_returns"]) * misdispatched.sum()
        quiet = going & normal & ~misdispatched
        refused = lots.flags(count, refusals / max(quiet.sum(), 1), quiet)
        mean = 60 * work["dispatch_minutes"]
        sent = accepted + lots.even(count, 0.1 * mean, 1.9 * mean).astype(np.int64)
        begun = sent + np.where(misdispatched, lots.even(count, HOUR, 3 * HOUR), 0).astype(np.int64)
        due = dues(self._city, [OrderType(one) for one in types], [Urgency(one) for one in urgencies], sent)
        reworked = lots.flags(count, work["reworked"], quiet & ~refused)
        extended = lots.flags(count, min(1.0, work["extended"] * going.sum() / max((quiet & ~reworked).sum(), 1)),
                              quiet & ~reworked)  # fmt: skip
        for stage in (Stage.REPLY, Stage.CLOSE):
            due[stage] = np.where(extended, np.maximum(due[Stage.CLOSE], due[Stage.REPLY]) + 7 * DAY, due[stage])
        signed, contacted = self._begun(count, begun, sent, due, going)
        replied, closed = self._done(count, sent, np.maximum(signed, begun), due, going)
        # Whoever is answered before the call was due got it before the answer, or never.
        before = contacted <= due[Stage.CONTACT]
        answered = np.where(reworked, begun + (replied - begun) // 3, replied)
        contacted = np.where(before, np.minimum(contacted, begun + (answered - begun) // 2), contacted)
        contacted = np.where(contacted < answered, contacted, 0)
        return _Settled(
            accepted, channels, types, urgencies, leaves, homes, repeats, merged, dispatched, sent, begun,
            misdispatched, refused, due, signed, contacted, replied, closed, extended, reworked,
        )  # fmt: skip

    def _repeats(self, count: int, types: list[str], leaves: Moments, homes: Moments, dispatched: Flags) -> Moments:
        """Return which order each repeats, -1 for none; what repeats is about the same matter in the same place."""
        chosen, back = self._lots.flags(count, _REPEATED), self._lots.wholes(count, 1, _BACK)
        repeats = np.full(count, -1, dtype=np.int64)
        for n in np.flatnonzero(chosen).tolist():
            first = n - int(back[n])
            if first >= 0 and not chosen[first]:
                repeats[n] = first
                types[n], leaves[n], homes[n] = types[first], leaves[first], homes[first]
                dispatched[n] = dispatched[first]
        return repeats

    def _begun(
        self, count: int, begun: Moments, sent: Moments, due: dict[Stage, Moments], going: Flags
    ) -> tuple[Moments, Moments]:
        """Return when each was signed for, 0 where nobody noted it, and when its caller was to be contacted."""
        lots, work = self._lots, self._work
        noted = lots.flags(count, work["signed"], going)
        in_time = lots.flags(count, min(1.0, work["signed_on_time"] / work["signed"]), noted)
        # Before long holidays some orders are due before they must be signed for.
        tight = due[Stage.SIGN] + 10 * HOUR > np.minimum(due[Stage.CLOSE], due[Stage.REPLY])
        in_time |= noted & tight
        early = begun + ((due[Stage.SIGN] - begun) * lots.even(count, 0.02, 0.4)).astype(np.int64)
        late = due[Stage.SIGN] + lots.even(count, HOUR / 2, 8 * HOUR).astype(np.int64)
        signed = np.where(noted, np.where(in_time, early, late), 0)
        called = lots.flags(count, work["contacted_on_time"], going)
        soon = begun + ((due[Stage.CONTACT] - begun) * lots.even(count, 0.05, 0.7)).astype(np.int64)
        tardy = due[Stage.CONTACT] + lots.even(count, HOUR, 12 * HOUR).astype(np.int64)
        return signed, np.where(called, soon, tardy)

    def _done(
        self, count: int, sent: Moments, begun: Moments, due: dict[Stage, Moments], going: Flags
    ) -> tuple[Moments, Moments]:
        """Return when each was answered and closed; answers that come too late belong to what closes late."""
        lots, work = self._lots, self._work
        late = going & ~lots.flags(count, work["closed_on_time"], going)
        overdue = (1 - work["replied_on_time"]) / max(1 - work["closed_on_time"], 1e-9)
        answered_late = lots.flags(count, min(1.0, overdue), late)
        pace, share = lots.even(count, 0.6, 1.4), lots.even(count, 0.5, 0.9)
        after, slow = lots.even(count, 2 * HOUR, 4 * DAY), lots.even(count, HOUR, 6 * HOUR)
        span = due[Stage.CLOSE] - sent
        closed = sent + (span * np.minimum(0.97, work["pace"] * pace)).astype(np.int64)
        closed = np.where(late, due[Stage.CLOSE] + after.astype(np.int64), np.maximum(closed, begun + HOUR))
        # Nothing is closed on time by being signed for too late.
        closed = np.where(~late, np.minimum(closed, due[Stage.CLOSE] - 60), closed)
        until = np.minimum(due[Stage.REPLY], closed)
        replied = begun + ((until - begun) * share).astype(np.int64)
        replied = np.where(answered_late, due[Stage.REPLY] + slow.astype(np.int64), replied)
        closed = np.where(answered_late, np.maximum(closed, replied + 2 * HOUR), closed)
        return replied, closed

    def _visits(self, count: int, settled: _Settled) -> _Visits:
        lots, work = self._lots, self._work
        going = settled.dispatched & ~settled.merged
        visited = lots.flags(count, work["visited"], going) | settled.reworked
        reached = lots.flags(count, work["reached"], visited) | settled.reworked
        solved = lots.flags(count, work["solved"], reached)
        pleased = lots.flags(count, work["satisfied"], reached)
        truthful = lots.flags(count, work["truthful"], reached)
        robot = lots.flags(count, work["by_robot"], visited)
        grade = lots.even(count, 0, 1)
        grades = [
            (_PLEASED[int(lot * 3)] if good else _NOT_PLEASED[int(lot * 2)]).value
            for good, lot in zip(pleased, grade.tolist(), strict=True)
        ]
        return _Visits(visited, reached, solved, grades, truthful, robot)

    def _flaws(self, count: int) -> dict[str, Flags]:
        lots, work = self._lots, self._work
        names = ("type", "category", "district")
        return {
            **{name: ~lots.flags(count, work["complete"]) for name in names},
            "community": ~lots.flags(count, work["community"]),
            "unreadable": lots.flags(count, work["unreadable"]),
        }

    def _unit(self, n: int, settled: _Settled) -> str:
        lead = self._leads[int(settled.leaves[n])]
        if lead is not None:
            return self._city.department_by_id[lead].name
        home = self._communities[int(settled.homes[n])].id
        return self._of_district.get(home.partition(".")[0], self._city.departments[0].name)

    def _steps(self, n: int, s: _Settled, visits: _Visits) -> list[_Step]:
        """Live one order through; the steps come in the order of the flow."""
        agent, accepted = f"{1001 + n % 120}", int(s.accepted[n])
        steps: list[_Step] = [(StepKind.ACCEPT, accepted, agent, None, None, None, None)]
        if s.merged[n]:
            steps.append(
                (
                    StepKind.MERGE,
                    accepted + HOUR,
                    _REVIEWER,
                    None,
                    "同一事项，予以并单",
                    None,
                    self._id(int(s.repeats[n])),
                )
            )
            return steps
        if not s.dispatched[n]:
            steps.append((StepKind.CLOSE, accepted + 240, agent, None, None, None, None))
            return steps
        unit = self._unit(n, s)
        steps.extend(self._sent(n, s, unit, agent))
        clerk = f"{unit}经办"
        if s.signed[n]:
            steps.append((StepKind.SIGN, int(s.signed[n]), clerk, unit, None, None, None))
        if s.contacted[n]:
            steps.append((StepKind.CONTACT, int(s.contacted[n]), clerk, unit, None, None, None))
        if s.extended[n]:
            at = max(int(s.signed[n]), int(s.begun[n])) + HOUR
            due = int(s.due[Stage.CLOSE][n])
            steps.append((StepKind.REQUEST_EXTENSION, at, clerk, unit, "需协调多方，申请延期", None, None))
            steps.append((StepKind.GRANT_EXTENSION, at + HOUR, _REVIEWER, unit, "理由充分，同意延期", due, None))
        steps.extend(self._ended(n, s, visits, unit, clerk))
        return sorted(steps, key=lambda step: step[1])

    def _sent(self, n: int, s: _Settled, unit: str, agent: str) -> list[_Step]:
        """Return the dispatch, and what goes wrong with it."""
        sent, begun = int(s.sent[n]), int(s.begun[n])
        if s.misdispatched[n]:
            other = next(one.name for one in self._city.departments[n % 7 :] if one.name != unit)
            return [
                (StepKind.DISPATCH, sent, agent, other, None, None, None),
                (StepKind.REQUEST_RETURN, sent + 600, f"{other}经办", other, "不属于本单位职责", None, None),
                (StepKind.GRANT_RETURN, begun - 600, _REVIEWER, other, "情况属实，同意退回", None, None),
                (StepKind.REDISPATCH, begun, agent, unit, "按职责清单改派", None, None),
            ]
        steps: list[_Step] = [(StepKind.DISPATCH, sent, agent, unit, None, None, None)]
        if s.refused[n]:
            # Before anything else happens: it would else stand between signature and answer.
            steps.append((StepKind.REQUEST_RETURN, sent + 60, f"{unit}经办", unit, "不属于本单位职责", None, None))
            steps.append((StepKind.REFUSE_RETURN, sent + 120, _REVIEWER, unit, "按职责清单应由你单位办理", None, None))
        return steps

    def _ended(self, n: int, s: _Settled, visits: _Visits, unit: str, clerk: str) -> list[_Step]:
        """Return answer, review, call-back and closure; twice where it had to be done again."""
        replied, closed = int(s.replied[n]), int(s.closed[n])
        steps: list[_Step] = []
        if s.reworked[n]:
            begun = max(int(s.signed[n]), int(s.begun[n]))
            first, step = begun + (replied - begun) // 3, max((replied - begun) // 10, 1)
            steps += [
                (StepKind.REPLY, first, clerk, unit, None, None, None),
                (StepKind.PASS_REVIEW, first + step, _REVIEWER, unit, None, None, None),
                (StepKind.CALL_BACK, first + 2 * step, "回访员01", None, None, None, None),
                (StepKind.REWORK, first + 3 * step, _REVIEWER, unit, "市民表示问题未解决", None, None),
            ]
        steps.append((StepKind.REPLY, replied, clerk, unit, None, None, None))
        steps.append((StepKind.PASS_REVIEW, replied + (closed - replied) // 3, _REVIEWER, unit, None, None, None))
        if visits.visited[n]:
            who = "智能回访" if visits.robot[n] else "回访员02"
            steps.append((StepKind.CALL_BACK, replied + (closed - replied) // 2, who, None, None, None, None))
        steps.append((StepKind.CLOSE, closed, _REVIEWER, unit, None, None, None))
        if closed + 30 * DAY <= self._horizon:
            steps.append((StepKind.ARCHIVE, closed + 30 * DAY, _SYSTEM, None, None, None, None))
        return steps

    def _order(self, n: int, s: _Settled, visits: _Visits, flaws: dict[str, Flags], steps: list[_Step]) -> Row:
        first = {step[0]: step[1] for step in reversed(steps)}
        last = {step[0]: step[1] for step in steps}
        status = status_after(step[0] for step in steps)
        sent = StepKind.DISPATCH in first
        leaf, home = self._leaves[int(s.leaves[n])], self._communities[int(s.homes[n])]
        chain = [self._city.region_by_id[home.id[:2]], self._city.region_by_id[home.id.rpartition(".")[0]], home]
        places = [one.name for one in chain]
        if flaws["community"][n]:
            places[2] = ""
        if flaws["district"][n]:
            places = ["", "", ""]
        path = [one.name for one in self._city.taxonomy.path(leaf.id)]
        kind, urgency = _ZH[OrderType(s.types[n])], _ZH[Urgency(s.urgencies[n])]
        asked = visits.reached[n] and visits.at(n, s) <= self._horizon
        text = self._text(n, s, leaf.name)
        return (
            self._id(n), _ZH[Channel(s.channels[n])], None if flaws["type"][n] else kind,
            *([None] * 3 if flaws["category"][n] else (*path, *[None] * 3)[:3]), f"{leaf.name}问题", text,
            int(s.accepted[n]), first.get(StepKind.DISPATCH), first.get(StepKind.SIGN), first.get(StepKind.CONTACT),
            last.get(StepKind.REPLY), last.get(StepKind.CLOSE) if status in _DONE else None,
            int(s.due[Stage.CLOSE][n]) if sent else None, _ZH[status] if status else None,
            self._unit(n, s) if sent else None, *(place or None for place in places), None, None, None,
            "不详" if flaws["unreadable"][n] else urgency, None, None, "否",
            f"经现场核实，{leaf.name}问题已按规定办理。" if StepKind.REPLY in last else None,
            _YES[bool(visits.solved[n])] if asked else None,
            _ZH[Satisfaction(visits.grades[n])] if asked else None,
        )  # fmt: skip

    def _text(self, n: int, s: _Settled, matter: str) -> str:
        """Write what was said; whoever calls again says the same."""
        who = int(s.repeats[n]) if s.repeats[n] >= 0 else n
        words, home = self._words, self._communities[int(s.homes[who])].name
        opening = words.openings.agent[who % len(words.openings.agent)]
        ask = words.requests[who % len(words.requests)]
        return f"{opening}{home}{who % 97 + 1}号附近存在{matter}方面的问题，已持续{who % 25 + 2}天，{ask}。"


_Step = tuple[StepKind, int, str, str | None, str | None, int | None, str | None]
"""Kind, time, actor, department, reason, until, parent."""


@dataclass(frozen=True, slots=True)
class _Visits:
    """What call-backs find, order by order."""

    visited: Flags
    reached: Flags
    solved: Flags
    grades: list[str]
    truthful: Flags
    robot: Flags

    def at(self, n: int, s: _Settled) -> int:
        """Return when an order's caller was asked: between review and closure."""
        return int(s.replied[n]) + (int(s.closed[n]) - int(s.replied[n])) // 2

    def rows(self, n: int, s: _Settled, horizon: int) -> Sequence[Row]:
        """Return an order's rows, without its number."""
        at = self.at(n, s)
        if not self.visited[n] or at > horizon:
            return ()
        by = "机器人" if self.robot[n] else "人工"
        if not self.reached[n]:
            return ((at, by, "否", None, None, None, None),)
        grade = _ZH[Satisfaction(self.grades[n])]
        return ((at, by, "是", "是", _YES[bool(self.solved[n])], grade, _YES[bool(self.truthful[n])]),)


def _seconds(at: datetime) -> int:
    return int(np.datetime64(at, "s").astype(np.int64))
