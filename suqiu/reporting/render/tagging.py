"""The tags that tie each printed number and name to what it stands for."""

from __future__ import annotations

import hashlib

from suqiu.reporting.numbers import Aspect

#: Word refuses tags over 64 characters; an aspect and its separator take two.
_LONGEST = 62
_NAME = "name:"


def number_tag(fact_id: str, aspect: Aspect) -> str:
    """Return the tag of a printed number: its aspect and its fact's id, or the id's hash where it is too long."""
    if len(fact_id) > _LONGEST:
        fact_id = f"#{hashlib.sha256(fact_id.encode()).hexdigest()[:32]}"
    return f"{aspect}:{fact_id}"


def name_tag(text: str) -> str:
    """Return the tag of a quoted name: a hash, so that a name that is edited later no longer fits."""
    return _NAME + hashlib.sha256(text.encode()).hexdigest()[:16]


def is_name_tag(tag: str) -> bool:
    """Say whether a tag marks a name."""
    return tag.startswith(_NAME)


def printable(text: str) -> str:
    """Return text without the control characters that XML and HTML forbid; tabs and line breaks become blanks."""
    if text.isprintable():
        return text
    return "".join(
        " " if char in "\t\r\n" else char for char in text if char in "\t\r\n" or (char.isprintable() or char == "　")
    )
