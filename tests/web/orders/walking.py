"""Random walks through the flow: legal and illegal deeds of random actors, with no database.

An actor that does not exist in any table is enough: what it may do hangs on its label, rights and scope alone.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from suqiu import citypack
from suqiu.domain.errors import SuqiuError
from suqiu.domain.order import RULES, OrderType, Satisfaction, StepKind, Urgency
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import RIGHTS, Role, step_right
from suqiu.web.accounts.scope import Scope
from suqiu.web.orders.actions import ACTIONS, Deed, Field
from suqiu.web.orders.clocks import Clocks
from suqiu.web.orders.decisions import Case, Rules, Taken, decide
from suqiu.web.orders.happened import Happened
from suqiu.web.orders.keeping import by_person
from suqiu.web.orders.projection import Standing

ZONE = ZoneInfo("Asia/Shanghai")
CITY = citypack.load(Path(__file__).resolve().parents[3] / "cities/linjiang")
CLOCKS = Clocks(CITY, ZONE)
RULES_OF_CITY = Rules(CITY, CLOCKS)
UNITS = ("D01", "D02", "D05", "Q01")
_K, _F = StepKind, Field
#: What leads on is tried more often, what ends a walk less.
_LIKELY = {
    **dict.fromkeys((_K.DISPATCH, _K.SIGN, _K.REPLY, _K.PASS_REVIEW, _K.CLOSE, _K.APPEAL), 4.0),
    **dict.fromkeys((_K.UPHOLD_APPEAL, _K.REJECT_APPEAL, _K.REQUEST_RETURN, _K.REFUSE_RETURN), 4.0),
    **dict.fromkeys((_K.WITHDRAW, _K.VOID, _K.MERGE, _K.ARCHIVE), 0.2),
}
_ALL_STEPS = frozenset(step_right(kind) for kind in StepKind)


def person(number: str, *roles: Role, units: tuple[str, ...] = ()) -> Actor:
    """Return somebody of the hotline or a unit, in no table."""
    rights = frozenset[str]().union(*(RIGHTS[role] for role in roles))
    return Actor(f"user:{number}", rights, Scope(frozenset(units) if units else None), User(number=number))


ACTORS = (
    *(person(f"{n}{role}", role) for n in (1, 2) for role in Role if role is not Role.HANDLER),
    *(person(f"{n}{unit}", Role.HANDLER, units=(unit,)) for n in (1, 2) for unit in UNITS),
    person("both", Role.HANDLER, Role.REVIEWER, units=UNITS),
    Actor("citizen", frozenset(step_right(kind) for kind in (_K.RATE, _K.URGE, _K.REOPEN))),
    Actor("api:城管", _ALL_STEPS, Scope(frozenset({"D02"}))),
    Actor("rule:due", _ALL_STEPS),
)


@dataclass(slots=True)
class Tried:
    """One deed that somebody tried.

    Attributes:
        actor, deed: who and what.
        before, after: where the order stood; the same when it was refused.
        taken: what the step keeps; None when it was refused.
        refusal: why; None when it was taken.
        history: every step so far.
        case: the order as decisions saw it.
    """

    actor: Actor
    deed: Deed
    before: Standing
    after: Standing
    taken: Taken | None
    refusal: SuqiuError | None
    history: list[Happened]
    case: Case


@dataclass
class Walk:
    """One order on its way."""

    seed: int
    randomness: random.Random = field(init=False)
    standing: Standing = field(default_factory=Standing)
    history: list[Happened] = field(default_factory=list)
    proofs: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.randomness = random.Random(self.seed)
        self.type = self.randomness.choice(["", *map(str, OrderType)])
        self.urgency = str(self.randomness.choice(list(Urgency)))
        self.cue = self.randomness.choice(["", "", "", "fire"])
        start = datetime(2026, 1, 5, tzinfo=ZONE) + timedelta(minutes=self.randomness.randrange(400_000))
        self.now = start.replace(microsecond=self.randomness.randrange(1_000_000))
        first = self.randomness.choice(("user:1agent", "user:1agent", "citizen", "api:城管"))
        self._add(Happened(_K.ACCEPT, self.now, first, by_person(first)))

    def steps(self, count: int) -> Iterator[Tried]:
        """Try so many deeds."""
        for _ in range(count):
            yield self._try()

    def _try(self) -> Tried:
        pick = self.randomness
        self.now += timedelta(minutes=pick.choice((0, 1, 30, 300, 900, 3000, 9000)))
        legal = [kind for kind, rule in RULES.items() if self.standing.status in rule.sources]
        likely = [_LIKELY.get(kind, 1.0) for kind in legal]
        kind = pick.choices(legal, likely)[0] if legal and pick.random() < 0.85 else pick.choice(list(ACTIONS))
        if pick.random() < 0.1:
            self.proofs.append(self.now)
        actor = self._actor(kind)
        deed = self.deed(kind)
        case = Case(
            1, "LJ1", self.type, self.urgency, self.cue, self.standing, tuple(self.proofs), pick.choice((0, 0, 0, 1))
        )
        before = copy.deepcopy(self.standing)
        parent = self._parent(pick) if kind is _K.MERGE else None
        try:
            taken = decide(case, actor, deed, self.now, RULES_OF_CITY, parent)
        except SuqiuError as refusal:
            return Tried(actor, deed, before, self.standing, None, refusal, self.history, case)
        self._add(
            Happened(
                kind, self.now, actor.label, actor.is_person, taken.department, taken.until, taken.parent, taken.data
            )
        )
        return Tried(actor, deed, before, self.standing, taken, None, self.history, case)

    def _add(self, step: Happened) -> None:
        self.standing = self.standing.after(step, CLOCKS.pausing, CLOCKS.resuming)
        self.history.append(step)

    def _actor(self, kind: StepKind) -> Actor:
        fit = [one for one in ACTORS if one.may(step_right(kind))]
        units = [one for one in fit if self.standing.department in (one.scope.departments or ())]
        if units and self.randomness.random() < 0.6:
            return self.randomness.choice(units)
        return self.randomness.choice(fit if fit and self.randomness.random() < 0.8 else ACTORS)

    def deed(self, kind: StepKind) -> Deed:
        pick, action = self.randomness, ACTIONS[kind]
        said: dict[str, Any] = {}
        for one in Field:
            wanted = one in action.needs or (one in action.takes and pick.random() < 0.5)
            if one is not _F.FILES and (wanted if pick.random() < 0.97 else not wanted):
                said[str(one)] = self._value(one)
        if said.get("reached") is False and pick.random() < 0.9:
            for name in ("solved", "satisfaction", "truthful", "contacted"):
                said.pop(name, None)
        return Deed(kind, len(self.history), **said)

    def _value(self, one: Field) -> Any:
        pick = self.randomness
        return {
            _F.REASON: "理由",
            _F.TEXT: "内容",
            _F.DEPARTMENT: pick.choice((*UNITS, *UNITS, *UNITS, "O01", "X99")),
            _F.ASSISTING: pick.choice(((), ("D02",), ("D05", "Q01"))),
            _F.UNTIL: self.now + timedelta(hours=pick.choice((-1, 5, 200, 700, 2000, 90_000))),
            _F.PARENT: "LJ2",
            _F.SOLVED: pick.choice((True, False)),
            _F.SATISFACTION: str(pick.choice(list(Satisfaction))),
            _F.REACHED: pick.choice((True, True, False)),
            _F.CONTACTED: pick.choice((True, False)),
            _F.TRUTHFUL: pick.choice((True, False)),
            _F.GRADE: pick.choice(("excellent", "good", "pass", "fail", "great")),
        }[one]

    @staticmethod
    def _parent(pick: random.Random) -> Case | None:
        kinds = pick.choice(((_K.ACCEPT,), (_K.ACCEPT, _K.DISPATCH), (_K.ACCEPT, _K.VOID), (_K.ACCEPT, _K.MERGE)))
        standing = Standing()
        for kind in kinds:
            parent = 3 if kind is _K.MERGE else None
            standing.take(Happened(kind, datetime(2026, 1, 1, tzinfo=ZONE), "user:1", parent=parent), *_CLOCKS)
        other, same = (Case(pk, f"LJ{pk}", "", "normal", "", standing) for pk in (2, 1))
        return pick.choice((other, same, None))


_CLOCKS = (CLOCKS.pausing, CLOCKS.resuming)
