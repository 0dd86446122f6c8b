"""What is done to a text before a model sees it, and what an answer must not show.

The patterns and thresholds are data (`guarding.yaml`), each with its reason. Sentences that speak to a machine are
withheld: a model cannot obey what it never reads. What slips through meets an answer that can only be one of the
city's labels, about its own order alone, and is compared with what was withheld.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NewType

import yaml

from suqiu.models.prompting import Prompt

#: A text from which intake has taken personal data; whoever wraps a string in it says so.
Redacted = NewType("Redacted", str)

#: Signs that stay as they are when other forms of letters and digits are made plain.
_KEEP = frozenset("，。：；！？（）、…～“”‘’《》—\n")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
_CLAUSE = re.compile(r"[^，,、]+[，,、]*")
_NUMBER = re.compile(r"[0-9]+")
_ADDRESS = re.compile(r"(?i)https?:|www\.")
_WHITE = re.compile(r"[ \t\r]+")
_NOT_WORDS = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Guarded:
    """A text made ready for a model 清理后的原文.

    Attributes:
        shown: what the model reads, without its markers.
        withheld: sentences taken out because they speak to a machine.
        masked: numbers masked here, which intake should have masked.
        empty: too little is left to judge by, because sentences were withheld.
    """

    shown: str
    withheld: str
    masked: int
    empty: bool


class Guard:
    """Cleans texts and judges answers by the patterns of one data file."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._breakout = re.compile("|".join(f"(?:{_local(item)})" for item in data["breakouts"]["patterns"]))
        self._look_alikes = _compiled(data["look_alikes"]["patterns"])
        self._strong = re.compile("|".join(f"(?:{_local(item)})" for item in data["strong"]["patterns"]))
        self._weak = re.compile("|".join(f"(?:{_local(item)})" for item in data["weak"]["patterns"]))
        self._refusal = re.compile("|".join(f"(?:{_local(item)})" for item in data["refusals"]["patterns"]))
        masks = data["masks"]
        self._private = re.compile(f"(?P<date>{masks['dates']})|{'|'.join(masks['patterns'])}")
        self._mask = str(masks["word"])
        self._code = str(data["codes"]["pattern"])
        checks = {name: entry["value"] for name, entry in data["checks"].items()}
        self._remaining = int(checks["remaining_characters"])
        self._leak = int(checks["leak_characters"])
        self._digits = int(checks["number_digits"])
        self._grounded = float(checks["grounded_share"])
        self._preamble, self._ask = str(data["preamble"]["text"]), str(data["ask"]["text"])

    def prepare(self, text: str, *, raw: int, most: int) -> Guarded:
        """Make a text ready.

        Args:
            text: redacted.
            raw: characters that are looked at.
            most: characters that are shown.
        """
        plain = _plain(text[:raw]).replace("<", "〈").replace(">", "〉")
        broken = self._breakout.search(plain)
        plain, outside = (plain[: broken.start()], plain[broken.start() :]) if broken else (plain, "")
        for _ in range(3):  # what is left of a marker may form another one
            before = plain
            for pattern in self._look_alikes:
                plain = pattern.sub(" ", plain)
            if plain == before:
                break
        masked = 0

        def mask(match: re.Match[str]) -> str:
            nonlocal masked
            if match["date"] is not None:
                return match[0]
            masked += 1
            return self._mask

        plain = _WHITE.sub(" ", self._private.sub(mask, plain)).strip()
        shown, withheld = self._parted(plain)
        withheld += self._private.sub(mask, outside)
        too_little = bool(withheld) and len(_NOT_WORDS.sub("", shown)) < self._remaining
        return Guarded(shown[:most], withheld, masked, too_little)

    def _parted(self, text: str) -> tuple[str, str]:
        """Take out clauses that speak to a machine, with the rest of their sentence and what carries them on."""
        if not self._strong.search(text):
            return text, ""
        shown: list[str] = []
        withheld: list[str] = []
        for sentence in _SENTENCE.findall(text):
            if self._strong.search(sentence):
                clauses = _CLAUSE.findall(sentence)
                first = next((n for n, clause in enumerate(clauses) if self._strong.search(clause)), 0)
                shown.append("".join(clauses[:first]))
                withheld.append("".join(clauses[first:]))
            else:
                (withheld if withheld and self._weak.search(sentence) else shown).append(sentence)
        return "".join(shown).strip(), "".join(withheld)

    def system(self, prompt: Prompt) -> str:
        """Return a prompt's whole system text: its task, the rules for all, and its mark that no answer may show."""
        parts = {"task": prompt.told.strip(), "example": prompt.example, "canary": canary(prompt.task)}
        return re.sub(r"\{(task|example|canary)\}", lambda match: parts[match[1]], self._preamble).strip()

    def wrapped(self, names: Sequence[str], texts: Sequence[Guarded]) -> str:
        """Put each text between markers that it cannot hold itself: it has no angle brackets any more."""
        lines = []
        for name, text in zip(names, texts, strict=True):
            mark = f"{name} {sha256(text.shown.encode()).hexdigest()[:8]}"
            lines += [f"<{mark}>", text.shown, f"</{mark}>"]
        return "\n".join([*lines, self._ask])

    def refuses(self, said: str) -> bool:
        """Say whether words decline to answer."""
        return self._refusal.search(said) is not None

    def speaks_to_a_machine(self, text: str) -> bool:
        """Say whether a text holds words meant for a machine."""
        return self._strong.search(text) is not None

    def echoes(self, label: str, words: Iterable[str], texts: Sequence[Guarded]) -> bool:
        """Say whether a label was put into the model's mouth.

        So it is when its words stand in what was withheld and nowhere else, or when the text gives its code, which no
        citizen knows, and none of its words.

        Args:
            label: its id.
            words: its name, and other words for it.
            texts: what was asked about.
        """
        told = "".join(text.withheld for text in texts)
        rest = "".join(text.shown for text in texts)
        if any(word in rest for word in words if word):
            return False
        code = re.compile(self._code.replace("{id}", re.escape(label)))
        named = any(word in told for word in words if word)
        return named or code.search(told) is not None or code.search(rest) is not None

    def strays(self, said: str, task: str, texts: Sequence[Guarded], *, grounded: bool) -> bool:
        """Say whether words of an answer tell what they must not: rules, orders to a machine, invented numbers.

        Args:
            said: words of the answer.
            task: the prompt's task, without labels: their words may be repeated.
            texts: what it was about.
            grounded: the words must be mostly those of the texts.
        """
        if canary(task) in said or self.speaks_to_a_machine(said) or self._leaks(said, task):
            return True
        source = "".join(text.shown for text in texts)
        numbers = [number for number in _NUMBER.findall(said) if len(number) >= self._digits]
        if any(number not in source for number in numbers):
            return True
        if _ADDRESS.search(said) and not _ADDRESS.search(source):
            return True
        return grounded and _share(said, source) < self._grounded

    def _leaks(self, said: str, task: str) -> bool:
        rules = _NOT_WORDS.sub("", task + self._preamble)
        words = _NOT_WORDS.sub("", said)
        return any(words[at : at + self._leak] in rules for at in range(len(words) - self._leak + 1))


@lru_cache(maxsize=1)
def shipped_guard() -> Guard:
    """Read the patterns that come with the package."""
    return Guard(yaml.safe_load(files("suqiu.models").joinpath("guarding.yaml").read_text(encoding="utf-8")))


def canary(task: str) -> str:
    """Return a prompt's own mark: an answer that shows it tells the prompt."""
    return f"S{sha256(task.encode()).hexdigest()[:10]}"


def _plain(text: str) -> str:
    """Make letters and digits of other forms plain, and drop what cannot be seen."""
    kept = (char if char in _KEEP else unicodedata.normalize("NFKC", char) for char in text)
    return "".join(char for char in "".join(kept) if char == "\n" or unicodedata.category(char)[0] != "C")


def _share(said: str, source: str) -> float:
    """Share of the characters of `said` that stand in `source`; 1 when it has none."""
    words, known = _NOT_WORDS.sub("", said), frozenset(source)
    return sum(char in known for char in words) / len(words) if words else 1.0


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _local(pattern: str) -> str:
    """Turn a leading `(?i)` into one that holds for this alternative only."""
    return f"(?i:{pattern[4:]})" if pattern.startswith("(?i)") else pattern
