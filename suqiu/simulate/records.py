"""Turns drafts and their lives into the rows of the export and of the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from suqiu.domain.city import City, RegionLevel
from suqiu.domain.order import NAMES, OrderType, Status, StepKind, Urgency, status_after
from suqiu.simulate.callers import Population
from suqiu.simulate.chance import Chance
from suqiu.simulate.dispatch import Dispatch
from suqiu.simulate.happening import Happening
from suqiu.simulate.life import Event, Life
from suqiu.simulate.material import Material
from suqiu.simulate.matters import Draft
from suqiu.simulate.mix import Mix
from suqiu.simulate.places import PlaceBook
from suqiu.simulate.words import Words

Row = tuple[object, ...]
"""One row of a table."""

_ZH = {code: name.zh for code, name in NAMES.items()}
_YES = {True: "是", False: "否", None: None}
_DONE = frozenset({Status.CLOSED, Status.APPRAISED, Status.ARCHIVED})


@dataclass(slots=True)
class Rows:
    """The rows of one chunk, table by table."""

    orders: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    call_backs: list[Row] = field(default_factory=list)
    true_orders: list[Row] = field(default_factory=list)
    personal: list[Row] = field(default_factory=list)
    decoys: list[Row] = field(default_factory=list)


class Records:
    """Writes the records that a hotline keeps, with the gaps and errors that they have."""

    def __init__(
        self, city: City, material: Material, words: Words, mix: Mix, book: PlaceBook, people: Population,
        dispatch: Dispatch, happenings: Sequence[Happening], chance: Chance, horizon: int,
    ) -> None:  # fmt: skip
        self._city = city
        self._shares = material.scenario.shares
        self._replies = [material.phrases[leaf.id].reply for leaf in mix.leaves]
        self._words = words.replies
        self._leaves = mix.leaves
        self._paths = [_three([c.name for c in city.taxonomy.path(leaf.id)]) for leaf in mix.leaves]
        siblings: dict[str | None, list[int]] = {}
        for n, leaf in enumerate(mix.leaves):
            siblings.setdefault(leaf.parent, []).append(n)
        self._siblings = [siblings[leaf.parent] for leaf in mix.leaves]
        self._book, self._people, self._dispatch = book, people, dispatch
        self._happenings, self._chance, self._horizon = happenings, chance, horizon

    def rows(self, drafts: Sequence[Draft], lives: Sequence[Life], rng: np.random.Generator) -> Rows:
        """Return the rows of a chunk; what lies beyond the period's end has not happened yet."""
        rows = Rows()
        lon, lat = self._book.points(np.array([d.matter.home for d in drafts], dtype=np.int64), rng)
        for draft, life, x, y in zip(drafts, lives, lon.tolist(), lat.tolist(), strict=True):
            steps = [step for step in life.steps if step.at <= self._horizon]
            self._order(rows, draft, life, steps, (x, y))
            self._history(rows, draft, steps)
            for visit in life.visits:
                if visit.at <= self._horizon:
                    grade = _ZH[visit.satisfaction] if visit.satisfaction else None
                    rows.call_backs.append((
                        draft.order_id, visit.at, "机器人" if visit.robot else "人工", _YES[visit.reached],
                        _YES[visit.contacted], _YES[visit.solved], grade, _YES[visit.truthful],
                    ))  # fmt: skip
        return rows

    def _order(self, rows: Rows, draft: Draft, life: Life, steps: list[Event], point: tuple[float, float]) -> None:
        """Add an order's own row and the truth about it."""
        chance, matter = self._chance, draft.matter
        status = status_after(step.kind for step in steps)
        name, _, phone = self._people.person(matter.caller)
        secret = any(step.kind is StepKind.KEEP_SECRET for step in steps)
        known = chance.roll() >= self._shares.anonymous
        last = next((v for v in reversed(life.visits) if v.at <= self._horizon and v.reached), None)
        solved, grade = (last.solved, last.satisfaction) if last else (None, None)
        if draft.direct and life.grade is not None:
            solved, grade = life.solved, life.grade
        rows.orders.append((
            draft.order_id, _ZH[draft.channel], self._recorded_type(matter.type), *self._recorded_path(matter.leaf),
            draft.title, draft.written.text, draft.at, _first(steps, StepKind.DISPATCH), _first(steps, StepKind.SIGN),
            _first(steps, StepKind.CONTACT), _last(steps, StepKind.REPLY),
            _last(steps, StepKind.CLOSE) if status in _DONE else None,
            None if draft.direct or _first(steps, StepKind.DISPATCH) is None else life.due,
            _ZH[status] if status else None, self._unit(steps), *self._where(draft, point),
            self._recorded_urgency(matter.urgency), name if known else None, phone if known else None, _YES[secret],
            self._reply(rows, draft, life, steps), _YES[solved], _ZH[grade] if grade else None,
        ))  # fmt: skip
        for planted, start in draft.written.planted:
            found = rows.decoys if planted.is_decoy else rows.personal
            found.append((draft.order_id, "诉求内容", planted.kind.removeprefix("decoy_"), planted.string, start))
        self._true(rows, draft, life, steps)

    def _true(self, rows: Rows, draft: Draft, life: Life, steps: list[Event]) -> None:
        matter = draft.matter
        chain = self._book.chain(matter.home)
        closed = _first(steps, StepKind.CLOSE)
        sent = next((step.department for step in steps if step.kind is StepKind.DISPATCH), None)
        ended = status_after(step.kind for step in steps) in (Status.MERGED, Status.WITHDRAWN, Status.VOIDED)
        late = sent is not None and not ended and (closed if closed is not None else self._horizon) > life.due
        rows.true_orders.append((
            draft.order_id, matter.type.value, self._leaves[matter.leaf].id,
            self._leaves[matter.second].id if matter.second >= 0 else None, draft.right, sent,
            *(
                chain[level].id if level in chain and (matter.site or level is RegionLevel.DISTRICT) else None
                for level in (RegionLevel.DISTRICT, RegionLevel.STREET, RegionLevel.COMMUNITY)
            ),
            matter.urgency.value, matter.cue,
            self._happenings[matter.event].plan.label if matter.event >= 0 else None,
            draft.repeat_of, draft.repeat_kind.value if draft.repeat_kind else None, matter.caller, draft.direct,
            sent is not None and sent != draft.right, late, life.gamed, life.empty, life.solved, None,
        ))  # fmt: skip

    def _history(self, rows: Rows, draft: Draft, steps: list[Event]) -> None:
        for seq, step in enumerate(steps, 1):
            unit = self._dispatch.name(step.department) if step.department else None
            record = (step.actor, unit, step.reason, step.until, step.parent)
            rows.steps.append((draft.order_id, str(seq), _ZH[step.kind], step.at, *record))

    def _recorded_type(self, kind: OrderType) -> str | None:
        roll, shares = self._chance.roll(), self._shares
        if roll < shares.missing_record:
            return None
        if roll < shares.missing_record + shares.wrong_record:
            return _ZH[self._chance.pick((OrderType.CONSULT, OrderType.HELP, OrderType.COMPLAINT))]
        return _ZH[kind]

    def _recorded_path(self, leaf: int) -> tuple[str | None, ...]:
        roll, shares = self._chance.roll(), self._shares
        if roll < shares.missing_record:
            return (None, None, None)
        if roll < shares.missing_record + shares.wrong_record:
            leaf = self._chance.pick(self._siblings[leaf])
        return self._paths[leaf]

    def _recorded_urgency(self, urgency: Urgency) -> str:
        """Agents miss some dangers and raise a few false alarms."""
        roll = self._chance.roll()
        if urgency is Urgency.NORMAL:
            return _ZH[Urgency.URGENT if roll < 0.01 else urgency]
        return _ZH[urgency if roll < 0.8 else Urgency.NORMAL]

    def _where(self, draft: Draft, point: tuple[float, float]) -> tuple[str | None, ...]:
        """Return district, street, community, address, longitude and latitude as far as they were noted."""
        chain, chance = self._book.chain(draft.matter.home), self._chance
        names = [
            chain[level].name if level in chain else None
            for level in (RegionLevel.DISTRICT, RegionLevel.STREET, RegionLevel.COMMUNITY)
        ]
        site = draft.matter.site
        if site is None:
            return (names[0] if chance.roll() < 0.7 else None, None, None, None, None, None)
        noted = chance.roll()
        depth = 3 if noted < 0.86 else 2 if noted < 0.93 else 1 if noted < 0.97 else 0
        recorded = names[:depth] + [None] * (3 - depth)
        style = chance.roll()
        depth_written = 0 if style < 0.3 else 2 if style < 0.7 else 3
        before = "".join(name for name in names[:depth_written] if name)
        address = (
            f"{self._city.name if style > 0.8 else ''}{before}{site.name}{draft.spot}" if chance.roll() < 0.94 else None
        )
        if point[0] != point[0] or chance.roll() < 0.12:  # unknown, or not noted
            return (*recorded, address, None, None)
        return (*recorded, address, f"{point[0]:.6f}", f"{point[1]:.6f}")

    def _unit(self, steps: list[Event]) -> str | None:
        """Return the lead unit's name, as `WorkOrder.department` has it."""
        for step in reversed(steps):
            if step.kind in (StepKind.GRANT_RETURN, StepKind.REOPEN):
                return None
            if step.kind in (StepKind.DISPATCH, StepKind.REDISPATCH) and step.department:
                return self._dispatch.name(step.department)
        return None

    def _reply(self, rows: Rows, draft: Draft, life: Life, steps: list[Event]) -> str | None:
        """Write the answer: honest, evasive or empty; None before there is one."""
        chance, words, matter = self._chance, self._words, draft.matter
        if draft.direct:
            return chance.pick(words.answer)
        answered = _last(steps, StepKind.REPLY)
        if answered is None:
            return None
        if life.empty:
            return chance.pick(words.empty) or None
        day = datetime.fromtimestamp(answered, UTC)
        gaps = {"date": f"{day.month}月{day.day}日", "n": str(chance.whole(2, 6))}
        before, after = chance.pick(words.before).format_map(gaps), chance.pick(words.after).format_map(gaps)
        if matter.event >= 0:
            body = chance.pick(self._happenings[matter.event].plan.reply).format_map(matter.gaps)
        elif life.solved or chance.roll() < 0.5:
            body = chance.pick(self._replies[matter.leaf]).format_map(matter.gaps)
        else:
            body = chance.pick(words.unsolved)
        if chance.roll() < 0.06:
            short = self._people.person(matter.caller)[1]
            head, _, tail = chance.pick(words.caller).partition("{name}")
            rows.personal.append((draft.order_id, "答复内容", "name", short, len(before) + len(head)))
            before += head + short + tail
        return before + body + after


def _first(steps: list[Event], kind: StepKind) -> int | None:
    return next((step.at for step in steps if step.kind is kind), None)


def _last(steps: list[Event], kind: StepKind) -> int | None:
    return next((step.at for step in reversed(steps) if step.kind is kind), None)


def _three(names: list[str]) -> tuple[str | None, ...]:
    """Fit a path of categories into the export's three columns; a fourth level is left out."""
    return tuple((*names, None, None, None)[:3])
