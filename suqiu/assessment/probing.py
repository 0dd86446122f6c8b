"""What a probe is: a versioned, pure question to the evidence.

A probe is one function in one file of `probes/`, made known by `@probe`. It gets the evidence and its own keyword
arguments, as the standard writes them, and returns an `Answer`. It opens nothing, prints nothing and decides
nothing: whether the value is good enough is the standard's matter.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from suqiu.domain.evidence import Interval, Outcome
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text

_NAME = re.compile(r"[a-z][a-z0-9_]*\.v[1-9]\d*")


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """One column of one form that a probe reads 所需数据.

    Attributes:
        form: its name; `measure` stands for an operational measure, whose id is then the column.
        column: the column's name; empty where any row of the form will do.
    """

    form: str
    column: str


@dataclass(frozen=True, slots=True)
class Probe:
    """A question that can be put to evidence 探测器.

    Attributes:
        name: with its version: a change of what it computes is a new version.
        about: what it computes, the first line of its docstring.
        ask: the function: evidence, then keyword arguments.
        needs: from the same arguments, the columns it reads.
    """

    name: str
    about: str
    ask: Callable[..., Answer]
    needs: Callable[..., tuple[Need, ...]]

    def wrong(self, arguments: Mapping[str, Any]) -> str | None:
        """Return what is wrong with arguments, in one English sentence, None when nothing is."""
        wanted = inspect.signature(self.ask).parameters
        names = [name for name in wanted if name != "evidence"]
        unknown = [name for name in arguments if name not in names]
        if unknown:
            return f"{self.name} takes no {unknown[0]!r}, but {', '.join(names)}"
        lacking = [name for name in names if wanted[name].default is inspect.Parameter.empty and name not in arguments]
        if lacking:
            return f"{self.name} needs {lacking[0]!r}"
        try:
            self.needs(**arguments)
        except (ValueError, TypeError, KeyError) as error:
            return f"{self.name}: {error}"
        return None


#: Every probe by its name; filled as the modules of `probes` are read.
PROBES: dict[str, Probe] = {}


def probe(
    name: str, *, needs: Callable[..., tuple[Need, ...]]
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Make a function known as a probe.

    Args:
        name: `share.v1`.
        needs: takes the same keyword arguments, without the evidence, and says which columns are read; raises
            ValueError where an argument makes no sense.

    Raises:
        ValueError: the name is taken, or has no version.
    """

    def known(ask: Callable[..., Answer]) -> Callable[..., Answer]:
        if not _NAME.fullmatch(name) or name in PROBES:
            raise ValueError(f"{name}: a probe's name is its own and ends in .v1, .v2, …")
        about = (ask.__doc__ or "").strip().splitlines()[0]
        PROBES[name] = Probe(name, about, ask, needs)
        return ask

    return known


def known(
    value: float,
    *,
    interval: Interval | None = None,
    numerator: float | None = None,
    denominator: float | None = None,
    rows: int,
) -> Answer:
    """Return a known answer."""
    return Answer(Outcome.KNOWN, value, interval, numerator, denominator, rows)


def unknown(reason: Text, rows: int = 0) -> Answer:
    """Return that nobody can tell, and why."""
    return Answer(Outcome.UNKNOWN, rows=rows, reason=reason)
