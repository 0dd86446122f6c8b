"""Bilingual texts: Chinese first, English beside it, never one without the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One phrase in both languages of the product 双语文本.

    A phrase that lacks a language cannot be built, so a missing translation is a type error and
    not something that a user finds.
    """

    zh: str
    en: str

    def to(self, language: Language) -> str:
        """Return the phrase in one language."""
        return self.zh if language == "zh" else self.en

    def fill(self, **values: object) -> Text:
        """Fill the `{named}` gaps of both phrases; a `Text` value is filled in its own language.

        Raises:
            KeyError: a gap has no value.
        """
        zh = {key: value.zh if isinstance(value, Text) else value for key, value in values.items()}
        en = {key: value.en if isinstance(value, Text) else value for key, value in values.items()}
        return Text(self.zh.format(**zh), self.en.format(**en))
