"""What somebody looks for among the orders, as the address of the page says it, and what is found 工单查询."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict

from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import Channel, OrderType, Satisfaction, Status, Urgency
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.desks.orders import words
from suqiu.web.orders import flow
from suqiu.web.orders.decisions import OPEN
from suqiu.web.orders.models import Order, Unit
from suqiu.web.site import site

PAGE = 50
#: Orders that are looked through for words before the index is asked: common words are found here, sooner.
_GLANCE = 2_000
#: How far words are looked for where there is no index.
UNINDEXED_DAYS = 90
#: More than so many are not counted.
MOST_COUNTED = 1_000
_LONGEST = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SORTS = {"accepted": ("-accepted_at", "-id"), "due": ("due_at", "id")}


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for; a part that is empty does not limit 查询条件.

    Attributes:
        words: all of them are in title or text; a number of an order finds that order.
        category, place: ids; what lies below them too.
        unit: id of a unit that leads, assists, or did.
        status: codes; `open` stands for all in which somebody has something to do.
        type, channel, urgency, satisfaction: codes.
        since, until: days of acceptance, both inclusive.
        overdue, supervised, exempt, merged: `1` asks for orders that are.
        sort: `accepted`, the newest first, or `due`, the most pressing first.
    """

    words: str = ""
    category: str = ""
    place: str = ""
    unit: str = ""
    status: str = ""
    type: str = ""
    channel: str = ""
    urgency: str = ""
    satisfaction: str = ""
    since: date | None = None
    until: date | None = None
    overdue: str = ""
    supervised: str = ""
    exempt: str = ""
    merged: str = ""
    sort: str = "accepted"

    @classmethod
    def read(cls, query: QueryDict) -> Question:
        """Read it from an address.

        Raises:
            InvalidInput: a part names a code, an id or a day that does not exist.
        """
        given = {one.name: query.get(one.name, "").strip() for one in fields(cls)}
        for name, allowed in _allowed().items():
            if given[name] and given[name] not in allowed:
                raise _wrong(name, given[name])
        if len(given["words"]) > _LONGEST:
            raise InvalidInput(
                "search.long",
                Text("检索词过长", "the words are too many"),
                Text("请不超过六十个字", "no more than sixty characters, please"),
            )
        days = {name: _day(name, given.pop(name)) for name in ("since", "until")}
        given["sort"] = given["sort"] or "accepted"
        return cls(**given, since=days["since"], until=days["until"])

    def parts(self) -> dict[str, str]:
        """Return what limits, as the address says it."""
        said = {one.name: str(value) for one in fields(self) if (value := getattr(self, one.name))}
        return {name: value for name, value in said.items() if (name, value) != ("sort", "accepted")}

    def address(self, **more: str) -> str:
        """Return it as the query of an address."""
        query = QueryDict(mutable=True)
        query.update(self.parts() | more)
        return query.urlencode()


def _allowed() -> dict[str, Iterable[str]]:
    city = site().city
    return {
        "category": city.taxonomy.by_id,
        "place": city.region_by_id,
        "unit": city.department_by_id,
        "status": {"open", *map(str, Status)},
        "type": set(map(str, OrderType)),
        "channel": set(map(str, Channel)),
        "urgency": set(map(str, Urgency)),
        "satisfaction": set(map(str, Satisfaction)),
        "sort": _SORTS,
        **{name: {"1"} for name in ("overdue", "supervised", "exempt", "merged")},
    }


def _wrong(name: str, value: str) -> InvalidInput:
    return InvalidInput(
        "search.unknown",
        Text("查询条件“{name}”没有“{value}”这一项", "“{value}” is no choice for {name}").fill(
            name=name, value=value[:40]
        ),
        Text("请从列表中选择", "choose from the list"),
    )


def _day(name: str, value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise _wrong(name, value) from error


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found.

    Attributes:
        orders: at most `PAGE`.
        after: where the next page begins, empty when this is the last.
        count: how many there are, None for more than `MOST_COUNTED`.
        looked_back: words were looked for in the last so many days only; None for everywhere.
    """

    orders: list[Order]
    after: str
    count: int | None
    looked_back: int | None = None


def found(actor: Actor, question: Question) -> QuerySet[Order]:
    """Return the orders that fit everything but the words, in their order."""
    orders = flow.visible(actor).filter(_codes(question) & _days(question) & _states(question))
    return orders.order_by(*_SORTS[question.sort])


def _codes(question: Question) -> Q:
    condition = Q()
    for name in ("type", "channel", "urgency", "satisfaction"):
        if value := getattr(question, name):
            condition &= Q(**{name: value})
    for name in ("category", "place"):
        if value := getattr(question, name):
            condition &= Q(**{name: value}) | Q(**{f"{name}__startswith": f"{value}."})
    if question.unit:
        condition &= Q(pk__in=Unit.objects.filter(department=question.unit).values("order_id"))
    if question.status:
        condition &= Q(status__in=OPEN) if question.status == "open" else Q(status=question.status)
    return condition


def _days(question: Question) -> Q:
    condition, zone = Q(), site().zone
    if question.since:
        condition &= Q(accepted_at__gte=datetime.combine(question.since, time.min, zone))
    if question.until:
        condition &= Q(accepted_at__lt=datetime.combine(question.until + timedelta(1), time.min, zone))
    return condition


def _states(question: Question) -> Q:
    condition = Q()
    if question.overdue:
        condition &= Q(due_at__lt=site().now(), status__in=OPEN)
    if question.supervised:
        condition &= Q(supervised=True)
    if question.exempt:
        condition &= Q(exempt=True)
    if question.merged:
        condition &= Q(merged_into__isnull=False)
    if question.sort == "due":
        condition &= Q(due_at__isnull=False)
    return condition


def all_of(actor: Actor, question: Question) -> tuple[QuerySet[Order], int | None]:
    """Return every order found, words and all, and how many days back words were looked for."""
    orders, said = found(actor, question), _said(question)
    if not said:
        return orders, None
    if words.indexed():
        return orders.filter(words.looked_up(said)), None
    since = site().now() - timedelta(UNINDEXED_DAYS)
    return orders.filter(words.holding(said), accepted_at__gte=since), UNINDEXED_DAYS


def page(actor: Actor, question: Question, after: str = "") -> Found:
    """Return one page of what is found, from where the last one ended.

    Raises:
        InvalidInput: a word is too short, or `after` is none of ours.
    """
    said = _said(question)
    if said and (one := flow.visible(actor).filter(number=question.words.strip()).first()) is not None:
        return Found([one], "", 1)
    start = _after(question.sort, after)
    if said and not after:
        near = found(actor, question)[:_GLANCE].values("pk")
        soon = found(actor, question).filter(words.holding(said), pk__in=near)
        rows = list(soon[: PAGE + 1])
        if len(rows) > PAGE:
            return Found(rows[:PAGE], _cursor(question.sort, rows[PAGE - 1]), None)
    orders, looked_back = all_of(actor, question)
    rows = list(orders.filter(start)[: PAGE + 1])
    more = len(rows) > PAGE
    count: int | None = len(rows) if not (more or after) else None
    if count is None and not said:
        counted = orders.order_by()[: MOST_COUNTED + 1].count()
        count = counted if counted <= MOST_COUNTED else None
    return Found(rows[:PAGE], _cursor(question.sort, rows[PAGE - 1]) if more else "", count, looked_back)


def _said(question: Question) -> tuple[str, ...]:
    said = words.spoken(question.words)
    if any(len(word) < words.LEAST for word in said):
        raise InvalidInput(
            "search.short",
            Text("检索词至少两个字", "a word needs two characters"),
            Text("请写完整的词，多个词用空格分开", "write whole words, with spaces between them"),
        )
    return said


def _cursor(sort: str, order: Order) -> str:
    when = order.accepted_at if sort == "accepted" else order.due_at
    return f"{(when - _EPOCH) // timedelta(microseconds=1)}-{order.pk}" if when is not None else ""


def _after(sort: str, cursor: str) -> Q:
    if not cursor:
        return Q()
    try:
        microseconds, pk = cursor.split("-")
        when, key = _EPOCH + timedelta(microseconds=int(microseconds)), int(pk)
    except (ValueError, OverflowError) as error:
        raise _wrong("after", cursor) from error
    if sort == "accepted":
        return Q(accepted_at__lt=when) | Q(accepted_at=when, pk__lt=key)
    return Q(due_at__gt=when) | Q(due_at=when, pk__gt=key)
