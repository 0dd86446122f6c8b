"""How orders are put into words: registers, details, slips of the hand, personal data, closings."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from suqiu.simulate.chance import Chance
from suqiu.simulate.matter import Matter, Register, money
from suqiu.simulate.personal import Decoys, PersonalData, Planted
from suqiu.simulate.phrases import PlaceKind
from suqiu.simulate.scenario import Shares
from suqiu.simulate.words import Words

#: Characters of a text: fewest of its core, and most of the whole.
_SHORTEST, _LONGEST = 20, 400
#: Characters of what a talkative caller adds.
_LONGEST_TELLING = 220
#: Details added at once to a text to make it unlike all others.
_MOST_ADDED = 4
#: Bits of the memory of texts already written: 32 MB however many orders, and one needless retry in 250 at a million.
_SEEN_BITS = 28
#: A title tells the first clause, cut to what fits on its line.
_CLAUSE, _GIST = re.compile("[，。；：！？、]"), 20
_ENDS = "。！？，；：、）…!?"
_HALF_ENDS = "，；：、"
_CLOCK = ("早上七点", "上午九点半", "中午十二点", "下午三点", "傍晚六点", "晚上九点", "晚上十一点", "凌晨两点", "半夜")
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True, slots=True)
class Written:
    """A text and what was planted in it, with the position of its first character in the text."""

    text: str
    planted: tuple[tuple[Planted, int], ...]


class _Page:
    """Pieces of a text in the making, some of them with something planted; what no longer fits is left out."""

    def __init__(self, sentences: Sequence[str], room: int) -> None:
        self.pieces: list[tuple[str, Planted | None]] = [(sentence, None) for sentence in sentences]
        self._room = room - sum(map(len, sentences))

    def insert(self, at: int, text: str, planted: Planted | None = None) -> None:
        if text and len(text) <= self._room:
            self.pieces.insert(at, (text, planted))
            self._room -= len(text)

    def append(self, text: str) -> None:
        self.insert(len(self.pieces), text)

    def finish_sentence(self) -> None:
        last, planted = self.pieces[-1]
        if last[-1] in _HALF_ENDS:
            self.pieces[-1] = (last[:-1] + "。", planted)

    def written(self, end: str) -> Written:
        at, found = 0, []
        for text, planted in self.pieces:
            if planted is not None:
                found.append((planted, at + planted.offset))
            at += len(text)
        return Written("".join(text for text, _ in self.pieces) + end, tuple(found))


class Seen:
    """A memory of texts, in constant space: it may take a new text for an old one, but never the reverse."""

    def __init__(self) -> None:
        self._bits = bytearray(1 << (_SEEN_BITS - 3))

    def is_new(self, text: str) -> bool:
        """Say whether a text was never asked about before, and remember it."""
        place = zlib.crc32(text.encode()) >> (32 - _SEEN_BITS)
        byte, bit = place >> 3, 1 << (place & 7)
        if self._bits[byte] & bit:
            return False
        self._bits[byte] |= bit
        return True


class _Details(dict[str, str | int]):
    """Values for the gaps of a detail, new for each."""

    __slots__ = ("_chance", "_day")

    def __init__(self, chance: Chance, day: date) -> None:
        super().__init__()
        self._chance = chance
        self._day = day

    def __missing__(self, gap: str) -> str | int:
        chance = self._chance
        if gap in ("n", "m"):
            return chance.whole(2, 60)
        if gap == "few":
            return chance.whole(1, 6)
        if gap == "times":
            return chance.whole(2, 9)
        if gap == "room":
            return f"{chance.whole(1, 32)}0{chance.whole(1, 6)}"
        if gap == "hour":
            return chance.pick(_CLOCK)
        if gap == "day":
            return chance.whole(1, 28)
        if gap == "month":
            return (self._day.month - 1 - chance.whole(0, 1)) % 12 + 1
        if gap == "weekday":
            return chance.pick(_WEEKDAYS)
        if gap == "age":
            return chance.whole(19, 78)
        if gap == "old":
            return chance.whole(66, 93)
        if gap == "letter":
            return chance.pick("ABCDEFGH")
        return money(chance)


class Wording:
    """Writes texts, no two alike unless asked for."""

    def __init__(self, words: Words, shares: Shares, personal: PersonalData, decoys: Decoys, chance: Chance) -> None:
        self._words = words
        self._shares = shares
        self._personal = personal
        self._decoys = decoys
        self._chance = chance
        self._seen = Seen()

    def core(self, matter: Matter, say: Sequence[str], more: Sequence[str], where: str, cue: str, day: date) -> None:
        """Write the sentences that say what a matter is, into the matter; they are like no earlier matter's.

        Args:
            matter: what it is about.
            say: phrases for the demand.
            more: phrases for the second demand, empty for none.
            where: what to call the place beyond its own name, empty where there is none.
            cue: a sentence about a danger, empty for none.
            day: of the order.
        """
        chance, words = self._chance, self._words
        parts: list[str] = []
        if chance.roll() < 0.3:
            parts.append(self._detail(words.times, day))
        chosen = chance.pick(say)
        told = chosen.format_map(matter.gaps)
        matter.gist = _CLAUSE.split(told, maxsplit=1)[0][:_GIST]
        parts.append(_ended(self._spoken(told), "，"))
        if where and chance.roll() < 0.5:
            parts.append(where + "，")
        if cue:
            parts.append(_ended(cue.format_map(matter.gaps), "。"))
        if self._now(self._shares.talkative):
            parts.extend(self._at_length(matter, [line for line in say if line != chosen], day))
        if not more:
            parts.extend(self._detail(words.facts, day) + "，" for _ in range(self._facts()))
            if chance.roll() < 0.25:
                parts.append(self._detail(words.impacts, day) + "。")
        else:
            second = chance.pick(more).format_map(matter.gaps)
            parts.append(chance.pick(words.more) + _ended(second, "。"))
        matter.core = self._made_new(parts, day)

    def reword(self, matter: Matter, day: date) -> None:
        """Put a matter that was written before in other words, as the same caller does the second time."""
        parts = [self._spoken(matter.core[0]), *matter.core[1:]]
        again = self._detail(self._words.history, day) + "，"
        parts.insert(0 if self._chance.roll() < 0.4 else len(parts), again)
        matter.core = self._made_new(parts, day)

    def dress(
        self,
        matter: Matter,
        register: Register,
        *,
        ask: Sequence[str],
        department: str,
        person: tuple[str, str, str],
        day: date,
    ) -> Written:
        """Put opening, wish, closing, personal data and routing hint around a matter's sentences.

        Args:
            matter: with its core written.
            register: whose words they are.
            ask: phrases for the wish; general ones serve where it is empty.
            department: name for the agent's routing hint, empty for none.
            person: the caller's name, short name and telephone.
            day: of the order.
        """
        chance, words = self._chance, self._words
        hint = chance.pick(words.hints).format(dept=department) if department and self._now(self._shares.hint) else ""
        page = _Page(matter.core, _LONGEST - len(hint))
        if chance.roll() < 0.65:
            wish = chance.pick(ask) if ask and chance.roll() < 0.7 else self._detail(words.requests, day)
            page.append(_ended(wish.format_map(matter.gaps), "。"))
        page.finish_sentence()
        if chance.roll() < 0.8:
            page.insert(0, chance.pick(getattr(words.openings, register)))
        first = 1 if len(page.pieces) > 1 else 0
        if self._now(self._shares.personal):
            for _ in range(2 if chance.roll() < 0.25 else 1):
                phrase, datum = self._personal.plant(*person)
                page.insert(chance.whole(first, len(page.pieces)), phrase, datum)
        if self._now(self._shares.decoys):
            phrase, decoy = self._decoys.plant(day.year)
            page.insert(chance.whole(first, len(page.pieces)), phrase, decoy)
        if chance.roll() < 0.25:
            page.append(chance.pick(words.closings))
        return page.written(hint)

    def title(self, matter: Matter) -> str:
        """Write an order's one-line title, as agents do: where, and the first thing that was said.

        It names neither the category nor the type: titles that did would give every model the answer.
        """
        spot = matter.site.name if matter.site is not None and self._chance.roll() < 0.7 else ""
        if spot in matter.gist:
            spot = ""
        title = self._chance.pick(self._words.titles).format(spot=spot, gist=matter.gist)
        return title.replace("（）", "")

    def spot(self, kind: PlaceKind, day: date) -> str:
        """Say where exactly in a place of this kind."""
        return self._detail(self._words.spots[kind], day)

    def _made_new(self, parts: list[str], day: date) -> list[str]:
        """Add details until the sentences are long enough and like no others."""
        more: list[str] = []
        while sum(map(len, parts)) + sum(map(len, more)) < _SHORTEST or not self._seen.is_new("".join(parts + more)):
            if len(more) == _MOST_ADDED:
                more.clear()
            more.append(self._detail(self._words.facts, day) + "，")
        return parts + more

    def _now(self, share: float) -> bool:
        return self._chance.roll() < share

    def _at_length(self, matter: Matter, others: Sequence[str], day: date) -> list[str]:
        """Go on about the same matter, as some callers do."""
        told: list[str] = []
        for line in others:
            said = [_ended(line.format_map(matter.gaps), "。"), self._detail(self._words.facts, day) + "，"]
            if sum(map(len, told + said)) > _LONGEST_TELLING:
                break
            told.extend(said)
        return [*told, self._detail(self._words.history, day) + "。"]

    def _detail(self, lines: Sequence[str], day: date) -> str:
        return self._chance.pick(lines).format_map(_Details(self._chance, day))

    def _facts(self) -> int:
        roll = self._chance.roll()
        if roll < 0.35:
            return 0
        if roll < 0.75:
            return 1
        return 2 if roll < 0.93 else self._chance.whole(3, 6)

    def _spoken(self, text: str) -> str:
        """Let some texts have a filler, a dialect word or a typing error."""
        chance, words = self._chance, self._words
        if chance.roll() < self._shares.dialect:
            for word, local in words.dialect.items():
                if word in text:
                    text = text.replace(word, chance.pick(local), 1)
                    break
            else:
                text = chance.pick(words.fillers) + text
        if chance.roll() < self._shares.typing_error:
            text = self._slip(text)
        return text

    def _slip(self, text: str) -> str:
        """Drop, double or mistake one character."""
        at = self._chance.whole(0, len(text) - 1)
        roll = self._chance.roll()
        if not "一" <= text[at] <= "鿿":
            return text
        if roll < 0.25:
            return text[:at] + text[at + 1 :]
        if roll < 0.5:
            return text[:at] + text[at] + text[at:]
        for n in (*range(at, len(text)), *range(at)):
            if text[n] in self._words.homophones:
                return text[:n] + self._words.homophones[text[n]] + text[n + 1 :]
        return text


def _ended(text: str, mark: str) -> str:
    """Close a sentence that has no mark at its end."""
    return text if text[-1] in _ENDS else text + mark
