"""The word lists that come with the package, each in a file with its reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from suqiu.reading.extract.scan import any_of

#: Signs that stand for a mention's kind in a masked scan; private use, so no text holds them by chance.
REGION_SIGN, ROAD_SIGN, POINT_SIGN, ORGANISATION_SIGN, NUMBER_SIGN, BUILDING_SIGN = (chr(0xE000 + n) for n in range(6))
#: Any named place or organisation in a masked scan, as a character class without brackets.
PLACE_SIGNS = REGION_SIGN + ROAD_SIGN + POINT_SIGN + ORGANISATION_SIGN


@cache
def shipped(name: str) -> Mapping[str, Any]:
    """Read one of the shipped files by its name without `.yaml`."""
    source = files("suqiu.reading.extract").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(source)
    return loaded


def ending(words: Iterable[str], not_before: str, not_behind: str = "") -> str:
    """Return a pattern for a word that ends a name, with what must not follow it.

    Args:
        words: the words; with `not_behind` all of one character.
        not_before: alternatives that make another word of it.
        not_behind: alternatives that do so from before it.
    """
    # The word has been read when this is tried, so it looks back over one character more.
    looks_back = "".join(f"(?<!{re.escape(part)}.)" for part in not_behind.split("|") if part)
    return f"(?:{any_of(words)})(?!{not_before}){looks_back}"
