"""Texts in the language of whoever looks: pairs of `domain.text.Text` on this side, gettext in templates."""

from __future__ import annotations

from django.utils.translation import get_language

from suqiu.domain.text import Language, Text


def language() -> Language:
    """Return the language of the request that is answered; Chinese outside of one."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def told(text: Text) -> str:
    """Return a pair of texts in the reader's language."""
    return text.to(language())
