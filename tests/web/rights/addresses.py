"""Every address of the platform, found by walking its routes, with an argument for each gap.

A new view is found by itself. What it needs is a guard and, for a gap of text under a new name, a line in `SAMPLES`.
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
    "code": "none",
    "id": "none",
    "name": "none",
    "file": "none.html",
    "form": "json",
    "subject": "none",
    "delivery": "none",
}
#: A gap of these kinds takes anything of the kind.
BY_KIND: Mapping[str, str] = {"int": "999999", "slug": "none", "uuid": "00000000-0000-4000-8000-000000000000"}
#: Some addresses take only certain words for a gap.
BY_ROUTE: Mapping[str, Mapping[str, str]] = {
    "open311/v2/^services/": {"code": "01"},
    "audit/<int:number>/": {"number": "1"},
}
_GAP = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>|\(\?P<(?P<group>\w+)>(?:[^()]|\([^()]*\))*\)")


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
            name = found["name"] or found["group"]
            return given.get(name) or special.get(name) or SAMPLES.get(name) or BY_KIND[found["kind"]]

        return "/" + _GAP.sub(fill, self.route).replace("^", "").replace("$", "").replace("\\", "")

    def lacking(self) -> list[str]:
        """Return the names of gaps for which there is no sample."""
        return [
            name for found in _GAP.finditer(self.route)
            if (name := found["name"] or found["group"]) not in SAMPLES and found["kind"] not in BY_KIND
        ]  # fmt: skip


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
            gaps = tuple(found["name"] or found["group"] for found in _GAP.finditer(route))
            yield Address(route, getattr(pattern.callback, "asks", None), gaps)
