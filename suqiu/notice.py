"""What every use case tells a person."""

from __future__ import annotations

from dataclasses import dataclass

from suqiu.domain.text import Text


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of what was found, for a person 结果摘要."""

    name: Text
    value: Text
