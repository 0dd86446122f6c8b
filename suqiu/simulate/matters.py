"""Draws what the orders of a chunk are about, and writes their texts; some repeat earlier ones."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from suqiu.domain.city import City, RegionLevel
from suqiu.domain.event import RepeatKind
from suqiu.domain.order import Channel, OrderType, Urgency
from suqiu.simulate.callers import Population
from suqiu.simulate.chance import Chance
from suqiu.simulate.dispatch import Dispatch
from suqiu.simulate.happening import Happening
from suqiu.simulate.material import Material
from suqiu.simulate.matter import Gaps, Matter, Register
from suqiu.simulate.mix import Choice, Mix
from suqiu.simulate.office import DAY
from suqiu.simulate.phrases import PlaceKind
from suqiu.simulate.places import PlaceBook, Site
from suqiu.simulate.scenario import Cue
from suqiu.simulate.timetable import Slots, Timetable
from suqiu.simulate.wording import Wording, Written

#: Days after which people call again about the same matter, and the longest they wait.
_AGAIN_DAYS = {RepeatKind.EXACT: 6.0, RepeatKind.REWORDED: 14.0}
_AGAIN_MOST_DAYS = 50
#: Repeats that would come after the period never come: a few more are planned for them.
_LOST = 1.1
#: Callers of planted events have numbers of their own, from here on: an event's callers are mostly different people.
_EVENT_CALLERS = 1 << 40


@dataclass(slots=True)
class Draft:
    """An order before its life.

    Attributes:
        order_id: its number.
        at: acceptance, seconds since 1970.
        day: the same as a date.
        channel: how it came in.
        matter: what it is about.
        written: its text.
        title: its title.
        spot: where exactly, as written in the address; empty for none.
        right: the department whose duty it is.
        assisting: those that assist.
        first: the department it is first sent to.
        direct: the agent answers it on the line, and nobody is sent anything.
        repeat_of: the first order about the same matter, None for none.
        repeat_kind: how it repeats that one.
    """

    order_id: str
    at: int
    day: date
    channel: Channel
    matter: Matter
    written: Written
    title: str
    spot: str
    right: str
    assisting: tuple[str, ...]
    first: str
    direct: bool
    repeat_of: str | None = None
    repeat_kind: RepeatKind | None = None


class Matters:
    """Makes drafts chunk by chunk; remembers which matters will come up again."""

    def __init__(
        self, city: City, material: Material, timetable: Timetable, mix: Mix, book: PlaceBook, people: Population,
        dispatch: Dispatch, happenings: Sequence[Happening], wording: Wording, chance: Chance,
    ) -> None:  # fmt: skip
        self._city = city
        self._scenario = material.scenario
        self._phrases = [material.phrases[leaf.id] for leaf in mix.leaves]
        self._types = [Choice(phrases.types) for phrases in self._phrases]
        self._event_types = [Choice(happening.plan.types) for happening in happenings]
        self._channels = list(self._scenario.channels)
        shares = np.array(list(self._scenario.channels.values()), dtype=np.float64)
        self._channel_edges = np.cumsum(shares / shares.sum())
        self._tops = np.array([leaf.id.partition(".")[0] for leaf in mix.leaves])
        self._same_top = {top: np.flatnonzero(self._tops == top).tolist() for top in set(self._tops.tolist())}
        cues = [(cue, mix.meant(cue.words)) for cue in self._scenario.cues]
        # A danger that belongs to a matter goes before one that may befall anybody.
        self._cues: list[list[Cue]] = [
            [cue for cue, meant in cues if cue.words and meant[n]] or [cue for cue, _ in cues if not cue.words]
            for n in range(len(mix.leaves))
        ]
        self._timetable, self._mix, self._book, self._people = timetable, mix, book, people
        self._dispatch, self._happenings, self._wording, self._chance = dispatch, happenings, wording, chance
        self._pending: list[tuple[int, str, RepeatKind, Draft]] = []

    def drafts(self, slots: Slots, rng: np.random.Generator) -> list[Draft]:
        """Return the drafts of a run of orders, in time order."""
        leaves, homes = self._drawn(slots, rng)
        callers = self._people.draw(homes, rng)
        channels = np.searchsorted(self._channel_edges, rng.random(len(leaves)), side="right")
        drafts = []
        for day, number, at, event, leaf, home, caller, channel in zip(
            slots.day.tolist(), slots.number.tolist(), slots.at.tolist(), slots.event.tolist(),
            leaves.tolist(), homes.tolist(), callers.tolist(), channels.tolist(), strict=True,
        ):  # fmt: skip
            today = self._timetable.first_day + timedelta(days=day)
            order_id = f"{self._scenario.order_prefix}{today:%Y%m%d}{number:06d}"
            how = self._channels[min(channel, len(self._channels) - 1)]
            if event < 0 and self._pending and self._pending[0][0] <= at:
                draft = self._repeated(heapq.heappop(self._pending), order_id, at, today, how)
            else:
                matter = self._matter(leaf, home, caller) if event < 0 else self._of_event(event)
                draft = self._fresh(matter, order_id, at, today, how)
            self._plan_repeat(draft)
            drafts.append(draft)
        return drafts

    def _drawn(self, slots: Slots, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw each order's leaf and community."""
        chances = rng.random((2, len(slots.day)))
        leaves = np.zeros(len(slots.day), dtype=np.int64)
        homes = np.zeros(len(slots.day), dtype=np.int64)
        for day in np.unique(slots.day):
            here = slots.day == day
            today = self._timetable.first_day + timedelta(days=int(day))
            leaves[here] = self._mix.draw(today, int(self._timetable.storm[day]), chances[0, here])
        for top in np.unique(self._tops[leaves]):
            here = self._tops[leaves] == top
            homes[here] = self._book.draw(str(top), chances[1, here])
        return leaves, homes

    def _matter(self, leaf: int, home: int, caller: int) -> Matter:
        """Make up an ordinary matter."""
        chance, phrases = self._chance, self._phrases[leaf]
        kind = self._types[leaf].pick(chance.roll())
        gaps, site = Gaps(chance, self._book, home), None
        if phrases.place is not PlaceKind.NONE:
            site = chance.pick(self._book.sites(phrases.place, home))
            gaps = Gaps(chance, self._book, site.home)
            gaps[phrases.place.value] = site.name
        matter = Matter(leaf, kind, site.home if site else home, site, caller, -1, Urgency.NORMAL, gaps)
        if kind not in (OrderType.CONSULT, OrderType.PRAISE, OrderType.SUGGEST):
            matter.urgency = self._scenario.pressing.get(self._mix.leaves[leaf].id, Urgency.NORMAL)
        if kind not in (OrderType.PRAISE, OrderType.SUGGEST):
            if self._cues[leaf] and chance.roll() < self._scenario.shares.cue:
                cue = chance.pick(self._cues[leaf])
                matter.cue, matter.urgency = cue.cue, max(cue.urgency, matter.urgency, key=list(Urgency).index)
            if chance.roll() < self._scenario.shares.several_demands:
                matter.second = chance.pick(self._same_top[str(self._tops[leaf])])
                matter.second = -1 if matter.second == leaf else matter.second
        return matter

    def _of_event(self, event: int) -> Matter:
        """Make up one caller's view of a planted event."""
        chance, happening = self._chance, self._happenings[event]
        home = chance.pick(happening.homes)
        sites = happening.sites[home]
        site: Site | None = chance.pick(sites) if sites and happening.plan.place is not PlaceKind.NONE else None
        gaps = Gaps(chance, self._book, site.home if site else home)
        gaps.update(happening.fixed)
        if site:
            gaps[happening.plan.place.value] = site.name
        caller = _EVENT_CALLERS * (event + 1) + int(chance.roll() * 20 * happening.plan.orders)
        kind = self._event_types[event].pick(chance.roll())
        return Matter(
            happening.leaf, kind, site.home if site else home, site, caller, event, happening.plan.urgency, gaps
        )

    def _fresh(self, matter: Matter, order_id: str, at: int, day: date, channel: Channel) -> Draft:
        chance, dispatch = self._chance, self._dispatch
        right, assisting = dispatch.right(matter.leaf, matter.home, chance)
        first = right
        if chance.roll() < self._scenario.shares.misdispatch:
            others = dispatch.wrong(matter.leaf, matter.home, right)
            first = chance.pick(others) if others else right
        spot = self._wording.spot(self._kind(matter), day) if matter.site and chance.roll() < 0.7 else ""
        say = self._happenings[matter.event].plan.say if matter.event >= 0 else self._phrases[matter.leaf].say
        more = self._phrases[matter.second].say if matter.second >= 0 else ()
        cue = ""
        if matter.cue:
            cue = chance.pick(next(one.say for one in self._cues[matter.leaf] if one.cue == matter.cue))
        self._wording.core(matter, say, more, self._where(matter, spot), cue, day)
        title = self._wording.title(matter)
        direct = (
            matter.type in (OrderType.CONSULT, OrderType.OTHER)
            and matter.urgency is Urgency.NORMAL
            and chance.roll() < self._scenario.shares.consult_direct
        )
        draft = Draft(order_id, at, day, channel, matter, Written("", ()), title, spot, right, assisting, first, direct)
        draft.written = self._dressed(draft)
        return draft

    def _dressed(self, draft: Draft) -> Written:
        """Put opening, wish, personal data and hint around what the draft is about."""
        matter = draft.matter
        plan = self._happenings[matter.event].plan if matter.event >= 0 else self._phrases[matter.leaf]
        return self._wording.dress(
            matter,
            self._register(draft.channel),
            ask=plan.ask,
            department="" if draft.direct else self._dispatch.called(draft.first, self._chance),
            person=self._people.person(matter.caller),
            day=draft.day,
        )

    def _repeated(
        self, planned: tuple[int, str, RepeatKind, Draft], order_id: str, at: int, day: date, channel: Channel
    ) -> Draft:
        """Make the order that repeats an earlier one."""
        _, _, kind, old = planned
        matter, chance = old.matter, self._chance
        caller = matter.caller if chance.roll() < 0.9 else matter.caller + 1
        again = Matter(
            matter.leaf, matter.type, matter.home, matter.site, caller, matter.event, matter.urgency, matter.gaps,
            matter.second, matter.cue, matter.core,
        )  # fmt: skip
        draft = Draft(
            order_id, at, day, channel, again, old.written, old.title, old.spot, old.right, old.assisting, old.right,
            old.direct, old.repeat_of or old.order_id, kind,
        )  # fmt: skip
        if kind is RepeatKind.REWORDED:
            self._wording.reword(again, day)
            draft.title = self._wording.title(again)
            draft.written = self._dressed(draft)
        return draft

    def _plan_repeat(self, draft: Draft) -> None:
        """Settle whether the matter comes up again, and when; a repeat seldom comes up a third time."""
        shares, roll = self._scenario.shares, self._chance.roll()
        if draft.repeat_of is not None:
            roll *= 5
        if roll < shares.exact_repeat * _LOST:
            kind = RepeatKind.EXACT
        elif roll < (shares.exact_repeat + shares.reworded_repeat) * _LOST:
            kind = RepeatKind.REWORDED
        else:
            return
        wait = 0.02 + min(self._chance.waiting(_AGAIN_DAYS[kind]), _AGAIN_MOST_DAYS)
        heapq.heappush(self._pending, (draft.at + int(wait * DAY), draft.order_id, kind, draft))

    def _where(self, matter: Matter, spot: str) -> str:
        """Say where, in one of the ways people do; empty where the matter has no place."""
        if matter.site is None:
            return ""
        chain, chance = self._book.chain(matter.home), self._chance
        levels = chance.pick(
            ((), (RegionLevel.STREET,), (RegionLevel.COMMUNITY,), (RegionLevel.DISTRICT, RegionLevel.STREET))
        )
        names = "".join(chain[level].name for level in levels if level in chain)
        head = chance.pick(("地点在", "位置是", "具体在", "就是", "地址：", ""))
        return f"{head}{names}{matter.site.name}{spot}"

    def _kind(self, matter: Matter) -> PlaceKind:
        return self._happenings[matter.event].plan.place if matter.event >= 0 else self._phrases[matter.leaf].place

    def _register(self, channel: Channel) -> Register:
        if channel is Channel.PHONE:
            return Register.AGENT if self._chance.roll() < 0.6 else Register.FIRST
        if channel in (Channel.SUPERIOR, Channel.POLICE):
            return Register.PASSED
        return Register.LETTER if self._chance.roll() < 0.6 else Register.FIRST
