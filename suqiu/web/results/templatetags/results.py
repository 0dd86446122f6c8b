"""How templates show facts: the number, its interval, and behind it population, formula, period and data version."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from suqiu import analysis
from suqiu.analysis.catalogue import Entry
from suqiu.domain.evidence import Fact
from suqiu.reporting.numbers import UNITS, Aspect, show
from suqiu.web.results.derived import DERIVED, change, difference
from suqiu.web.results.happenings import Happening
from suqiu.web.site import site
from suqiu.web.wording import language, told

register = template.Library()


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, Entry]:
    return {entry.measure: entry for entry in (*analysis.catalogue(), *DERIVED)}


@register.filter
def entry(measure: str) -> Entry | None:
    """Return a measure's line of the catalogue."""
    return _catalogue().get(measure)


@register.filter
def value(fact: Fact | None) -> str:
    """Return a fact as it is printed, with its unit."""
    return "—" if fact is None else show(fact, Aspect.VALUE, language())


@register.filter
def bare(fact: Fact | None) -> str:
    """Return a fact as it is printed where the unit stands elsewhere."""
    return "—" if fact is None else show(fact, Aspect.BARE, language())


@register.filter
def interval(fact: Fact | None) -> str:
    """Return a fact's confidence interval."""
    return "—" if fact is None or fact.interval is None else show(fact, Aspect.INTERVAL, language())


@register.filter
def rows(fact: Fact | None) -> str:
    """Return from how many rows a fact comes."""
    return "—" if fact is None else show(fact, Aspect.ROWS, language())


@register.filter
def part(fact: Fact | None, which: str) -> str:
    """Return a fact's `numerator` or `denominator`."""
    aspect = Aspect.NUMERATOR if which == "numerator" else Aspect.DENOMINATOR
    return "—" if fact is None or fact.value is None else show(fact, aspect, language())


@register.filter
def signed(change: float | None) -> str:
    """Return a relative change with its sign, in percent."""
    return "—" if change is None else f"{change * 100:+.1f}%".replace("-", "−")


@register.simple_tag
def changed(now: Fact | None, before: Fact | None) -> str:
    """Return how a number changed: shares by percentage points, small counts by orders, all else by percent."""
    by = difference(now, before)
    if by is not None:
        return f"{by:+d}".replace("-", "−") + told(UNITS["orders"])
    by_share = change(now, before)
    if by_share is None or now is None:
        return "—"
    if now.unit == "share":
        return f"{by_share * 100:+.1f}".replace("-", "−") + told(UNITS["pp"])
    return signed(by_share)


@register.filter
def grouped(number: Any) -> str:
    """Return a count with groups of three."""
    return f"{number:,}" if isinstance(number, int) else f"{number:,.1f}" if isinstance(number, float) else "—"


@register.inclusion_tag("results/fact.html")
def fact(one: Fact | None, size: str = "") -> dict[str, Any]:
    """Show a fact; who opens it sees what it is made of."""
    return {"fact": one, "entry": _catalogue().get(one.measure) if one else None, "size": size}


@register.inclusion_tag("results/ground.html")
def ground(one: Fact, sql: bool = False) -> dict[str, Any]:
    """Show what a fact is made of."""
    return {"fact": one, "entry": _catalogue().get(one.measure), "sql": sql}


@register.simple_tag
def chart(spec: dict[str, Any], label: str, height: str = "18rem") -> SafeString:
    """Place a chart; what it draws stands beside it in words or a table."""
    # The attribute is escaped by format_html; the script reads it as data and never as markup.
    return format_html(
        '<div class="chart" hx-morph-skip-children role="img" aria-label="{}" style="height:{}" data-chart="{}"></div>',
        label, height, json.dumps(spec, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip


@register.simple_tag
def daybars(event: Happening) -> SafeString:
    """Draw an event's days as small bars; the most recent when there are many."""
    counts = event.counts[-28:]
    most = max(counts)
    heights = ((max(round(count * 100 / most), 4),) for count in counts)
    return format_html(
        '<span class="bars" role="img" aria-label="{}">{}</span>',
        ", ".join(map(str, counts)),
        format_html_join("", '<i style="height:{}%"></i>', heights),
    )


@register.filter
def leaf(category: str) -> str:
    """Return a category's own name, without what it belongs to."""
    found = site().city.taxonomy.by_id.get(category)
    return found.name if found is not None else category
