"""What templates say of the house's codes, ids and moments; loaded into every template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from suqiu.domain.order import NAMES, Channel, OrderType, Satisfaction, Status, StepKind, Urgency
from suqiu.domain.text import Text
from suqiu.web import assets
from suqiu.web.site import site
from suqiu.web.wording import told

register = template.Library()

_CODES: dict[str, Text] = {
    str(code): NAMES[code]
    for kind in (OrderType, Channel, Urgency, Satisfaction, Status, StepKind)
    for code in kind
}  # fmt: skip
#: Colours of states, as Tabler names them; the words say the same.
_TONES = {
    Status.ACCEPTED: "azure", Status.DISPATCHED: "blue", Status.HANDLING: "indigo", Status.RETURN_PENDING: "orange",
    Status.RETURNED: "orange", Status.REPLIED: "purple", Status.REVIEWED: "purple", Status.CALLED_BACK: "teal",
    Status.CLOSED: "green", Status.APPRAISED: "green", Status.ARCHIVED: "secondary", Status.SHELVED: "yellow",
    Status.MERGED: "secondary", Status.WITHDRAWN: "secondary", Status.VOIDED: "secondary",
}  # fmt: skip


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the library."""
    return mark_safe(assets.icon(name))  # noqa: S308 — a file of a pinned package


@register.filter
def named(code: Any) -> str:
    """Return the name of a code of `domain.order`; the code itself when it has none."""
    found = _CODES.get(str(code))
    return told(found) if found is not None else str(code or "")


@register.filter
def tone(status: Any) -> str:
    """Return the colour of a state."""
    return _TONES.get(Status(str(status)), "secondary") if status else "secondary"


@register.filter
def department(id_: Any) -> str:
    """Return a unit's name."""
    found = site().city.department_by_id.get(str(id_ or ""))
    return found.name if found is not None else str(id_ or "")


@register.filter
def category(id_: Any) -> str:
    """Return a category with what it belongs to: 城乡建设 › 物业管理."""
    taxonomy = site().city.taxonomy
    return " › ".join(node.name for node in taxonomy.path(str(id_))) if str(id_ or "") in taxonomy.by_id else ""


@register.filter
def place(id_: Any) -> str:
    """Return a region with what it lies in: 江北区 › 东风街道."""
    regions, parts = site().city.region_by_id, str(id_ or "").split(".")
    names = [regions[key].name for n in range(len(parts)) if (key := ".".join(parts[: n + 1])) in regions]
    return " › ".join(names)


@register.filter
def moment(when: datetime | None) -> str:
    """Return a moment as 2026-05-01 09:30 by the city's clock."""
    return when.astimezone(site().zone).strftime("%Y-%m-%d %H:%M") if when else ""


@register.filter
def text(pair: Text) -> str:
    """Return a pair of texts in the reader's language."""
    return told(pair)


@register.inclusion_tag("parts/due.html")
def due(order: Any) -> dict[str, Any]:
    """Show an order's running clock: what is due, when, how long it is still, in words and colour."""
    when, now = order.due_at, site().now()
    if when is None:
        return {"when": None}
    seconds = (when - now).total_seconds()
    hours = abs(seconds) / 3600
    return {
        "when": when,
        "stage": order.due_stage,
        "late": seconds < 0,
        "soon": 0 <= seconds < 24 * 3600,
        "days": int(hours // 24),
        "hours": int(hours % 24),
        "minutes": int(hours * 60 % 60),
    }
