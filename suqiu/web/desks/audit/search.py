"""Which audit lines a person asks for, page by page, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.web.accounts.models import User
from suqiu.web.audit.models import Entry
from suqiu.web.site import site

A_PAGE = 50
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; an empty part does not limit 审计查询条件.

    Attributes:
        actor: a label, a job number or a name.
        subject: what it was done to: `order:LJ…` or only `LJ…`.
        deed: code, or its beginning up to the dot.
        first, last: days of the city's clock, both included.
        before: lines with smaller numbers only: the next page.
    """

    actor: str = ""
    subject: str = ""
    deed: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Wish:
        """Read what a form says.

        Raises:
            InvalidInput: a day or a number is none.
        """
        texts = {name: given.get(name, "").strip()[:_LONGEST] for name in ("actor", "subject", "deed")}
        before = given.get("before", "").strip()
        if before and not (before.isascii() and before.isdecimal() and len(before) < 19):
            raise _bad(before)
        return cls(
            **texts,
            first=_day(given.get("first", "")),
            last=_day(given.get("last", "")),
            before=int(before) if before else None,
        )

    @property
    def query(self) -> str:
        """As the query of an address, without the page."""
        parts = {"actor": self.actor, "subject": self.subject, "deed": self.deed}
        parts |= {"first": str(self.first or ""), "last": str(self.last or "")}
        return urlencode({name: value for name, value in parts.items() if value})


def lines(wish: Wish) -> QuerySet[Entry]:
    """Return the lines looked for, newest first."""
    chosen = Entry.objects.order_by("-number")
    if wish.actor:
        chosen = chosen.filter(actor__in=_labels(wish.actor))
    if wish.subject:
        exact = wish.subject if ":" in wish.subject else f"order:{wish.subject}"
        chosen = chosen.filter(subject=exact)
    if wish.deed:
        chosen = chosen.filter(Q(deed=wish.deed) | Q(deed__startswith=f"{wish.deed}."))
    if wish.first:
        chosen = chosen.filter(at__gte=_begin(wish.first))
    if wish.last:
        chosen = chosen.filter(at__lt=_begin(wish.last + timedelta(days=1)))
    if wish.before is not None:
        chosen = chosen.filter(number__lt=wish.before)
    return chosen


def page(wish: Wish) -> tuple[list[Entry], int | None]:
    """Return one page of lines, and where the next begins; None for no more."""
    found = list(lines(wish)[: A_PAGE + 1])
    return found[:A_PAGE], found[A_PAGE - 1].number if len(found) > A_PAGE else None


def names(found: list[Entry]) -> dict[str, str]:
    """Return the names of the persons among the actors, by label."""
    numbers = {line.actor.removeprefix("user:") for line in found if line.actor.startswith("user:")}
    known = User.objects.filter(number__in=numbers).values_list("number", "full_name")
    return {f"user:{number}": name for number, name in known if name}


def looks_at_callers(days: int) -> list[dict[str, object]]:
    """Return how often each person looked at callers, and was refused, in the last days; the most first."""
    since = site().now() - timedelta(days=days)
    rows = (
        Entry.objects.filter(at__gte=since, deed__in=("vault.reveal", "vault.unseal", *REFUSED))
        .order_by()
        .values("actor")
        .annotate(
            looks=Count("number", filter=~Q(deed__in=REFUSED)),
            orders=Count("subject", filter=~Q(deed__in=REFUSED), distinct=True),
            refused=Count("number", filter=Q(deed__in=REFUSED)),
        )
        .order_by("-looks", "actor")[:A_PAGE]
    )
    return [dict(row) for row in rows]


REFUSED = ("vault.reveal_refused", "vault.unseal_refused")


def _labels(said: str) -> list[str]:
    """Return the labels that a label, a job number or a person's name can mean."""
    numbers = User.objects.filter(full_name=said).values_list("number", flat=True)
    return [said, f"user:{said}", *(f"user:{number}" for number in numbers)]


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), site().zone)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise _bad(text) from error
    if day is not None and not 2000 <= day.year <= 2200:
        raise _bad(text)
    return day


def _bad(text: str) -> InvalidInput:
    return InvalidInput(
        "audit.bad_search",
        Text("查询条件“{text}”无效", "cannot search for {text}").fill(text=text[:40]),
        Text("日期请写成2026-06-30的形式", "write days as 2026-06-30"),
    )
