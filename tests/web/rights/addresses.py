"""Every address of the platform, found by walking its routes, with an argument for each gap.

A new view is found by itself. What it needs is a guard, and, for a gap of a new name, a line in `SAMPLES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

#: For each name of a gap, what to put there. Guards are asked before a view looks at its arguments, so nothing needs to
#: exist; orders in and out of scope are put in by the tests of scope.
SAMPLES: Mapping[str, str] = {
    "number": "LJ-NONE-1",
    "relay_id": "999999",
    "user_id": "999999",
    "code": "none",
    "name": "none",
    "file": "none.html",
    "form": "json",
    "subject": "none",
    "delivery": "none",
}
#: Some addresses take only certain words for a gap.
BY_ROUTE: Mapping[str, Mapping[str, str]] = {
    "open311/v2/^services/": {"code": "01"},
    "audit/<int:number>/": {"number": "1"},
}
_GAP = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>((?:[^()]|\([^()]*\))*)\)")


@dataclass(frozen=True, slots=True)
class Address:
    """One route.

    Attributes:
        route: as the platform declares it, joined from its parts.
        asks: what its guard asks for; None where there is no guard.
        gaps: names of its arguments.
    """

    route: str
    asks: tuple[str, ...] | None
    gaps: tuple[str, ...] = field(default=())

    def path(self, **given: str) -> str:
        """Return the address with its gaps filled: by what is given, else by a sample.

        Raises:
            KeyError: there is no sample for a gap.
        """
        special = next((fills for start, fills in BY_ROUTE.items() if self.route.startswith(start)), {})

        def fill(found: re.Match[str]) -> str:
            name = found[1] or found[2]
            return given.get(name) or special.get(name) or SAMPLES[name]

        return "/" + _GAP.sub(fill, self.route).replace("^", "").replace("$", "").replace("\\", "")

    def lacking(self) -> list[str]:
        """Return the names of gaps for which there is no sample."""
        return [gap for gap in self.gaps if gap not in SAMPLES]


def every() -> list[Address]:
    """Return every address once."""
    found = {address.route: address for address in _walk(get_resolver().url_patterns, "")}
    return sorted(found.values(), key=lambda address: address.route)


def _walk(patterns: list[Any], before: str) -> Iterator[Address]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            gaps = tuple(one or two for one, two, _ in _GAP.findall(route))
            yield Address(route, getattr(pattern.callback, "asks", None), gaps)
