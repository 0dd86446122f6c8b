"""How a unit is doing: load, what falls due, what keeps coming back, its three rates 承办概况."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from suqiu.domain.order import NAMES, Satisfaction, Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.desks.department.queues import AT_WORK, led
from suqiu.web.orders import flow
from suqiu.web.orders.models import Step, Unit
from suqiu.web.site import site
from suqiu.web.wording import language

_DAYS = 30
_AHEAD = 5
_WEEKS = 4
_REPEATS = 3
_SHOWN = 8
_CONTENT = (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.BASIC)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with the counts behind it.

    Attributes:
        name: of the measure.
        good, all: counts.
        percent: None where the counts are too few to speak of a rate.
        about: what is counted.
    """

    name: Text
    good: int
    all: int
    percent: float | None
    about: Text


@dataclass(frozen=True, slots=True)
class Bar:
    """A count beside others.

    Attributes:
        name: what is counted.
        count: how many.
        percent: of the largest.
    """

    name: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """One kind of matter in one street that keeps coming back.

    Attributes:
        category, place: ids.
        count: orders in the last 30 days.
    """

    category: str
    place: str
    count: int


def rates(actor: Actor) -> list[Rate]:
    """Return response, solving and satisfaction of the last 30 days, without what is granted as unreasonable."""
    since = site().now() - timedelta(_DAYS)
    ours = flow.visible(actor).filter(led(actor), exempt=False)
    in_time = Step.objects.filter(order=OuterRef("pk"), kind=StepKind.CONTACT, at__lte=OuterRef("contact_due_at"))
    counted = ours.annotate(contacted=Exists(in_time)).aggregate(
        due=Count("pk", filter=Q(contact_due_at__range=(since, site().now()))),
        contacted_in_time=Count("pk", filter=Q(contact_due_at__range=(since, site().now()), contacted=True)),
        said=Count("pk", filter=Q(closed_at__gte=since, solved__isnull=False)),
        solved=Count("pk", filter=Q(closed_at__gte=since, solved=True)),
        rated=Count("pk", filter=Q(closed_at__gte=since) & ~Q(satisfaction="")),
        content=Count("pk", filter=Q(closed_at__gte=since, satisfaction__in=_CONTENT)),
    )
    return [
        _rate(Text("响应率", "response"), counted["contacted_in_time"], counted["due"],
              Text("应联系工单中按时联系的", "contacted in time, of those whose contact was due")),
        _rate(Text("解决率", "solved"), counted["solved"], counted["said"],
              Text("已办结且有解决情况的工单中已解决的", "solved, of closed orders that say so")),
        _rate(Text("满意率", "satisfied"), counted["content"], counted["rated"],
              Text("已办结且有评价的工单中基本满意以上的", "basically satisfied or better, of closed orders rated")),
    ]  # fmt: skip


def _rate(name: Text, good: int, whole: int, about: Text) -> Rate:
    enough = whole >= site().city.weight("analysis.small_slice")
    return Rate(name, good, whole, round(100 * good / whole, 1) if enough else None, about)


def forecast(actor: Actor) -> list[Bar]:
    """Return how many orders of the unit fall due: overdue, and on each of the next five working days."""
    here, now = site(), site().now()
    open_ = flow.visible(actor).filter(led(actor), status__in=AT_WORK, due_at__isnull=False).order_by()
    days = _workdays_from(now.date())
    until = datetime.combine(days[-1] + timedelta(1), time.min, here.zone)
    late = open_.filter(due_at__lt=now).count()
    rows = (
        open_.filter(due_at__gte=now, due_at__lt=until)
        .annotate(day=TruncDate("due_at", tzinfo=here.zone)).values_list("day").annotate(n=Count("pk"))
    )  # fmt: skip
    counts: Counter[date] = Counter()
    for day, n in rows:
        # What falls due on a day off is to be done on the working day before it.
        counts[max((one for one in days if one <= day), default=days[0])] += n
    named = [(Text("已超期", "overdue"), late)]
    names = {day: f"{day:%m-%d} {_weekday(day)}" for day in days}
    return _bars([(said.to(language()), n) for said, n in named] + [(names[day], counts[day]) for day in days])


def _weekday(day: date) -> str:
    zh, en = "一二三四五六日"[day.weekday()], ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    return Text(f"周{zh}", en).to(language())


def _workdays_from(day: date) -> list[date]:
    calendar, found = site().city.calendar, [day]
    following = day
    while len(found) <= _AHEAD:
        following += timedelta(1)
        if calendar.is_workday(following):
            found.append(following)
    return found


def stages(actor: Actor) -> list[Bar]:
    """Return how many orders of the unit stand at each stage that is not over."""
    open_ = (Status.DISPATCHED, Status.HANDLING, Status.RETURN_PENDING, Status.SHELVED, Status.REPLIED, Status.REVIEWED)
    rows = dict(
        flow.visible(actor).filter(led(actor), status__in=open_).order_by()
        .values_list("status").annotate(n=Count("pk"))
    )  # fmt: skip
    return _bars([(NAMES[status].to(language()), rows.get(status, 0)) for status in open_])


def weeks(actor: Actor) -> list[Bar]:
    """Return how many orders came to the unit in each of the last four weeks."""
    ours, now = flow.visible(actor).filter(led(actor)).order_by(), site().now()
    said = []
    for back in range(_WEEKS - 1, -1, -1):
        since, until = now - timedelta(weeks=back + 1), now - timedelta(weeks=back)
        count = ours.filter(accepted_at__gte=since, accepted_at__lt=until).count()
        said.append((f"{since.astimezone(site().zone):%m-%d} – {until.astimezone(site().zone):%m-%d}", count))
    return _bars(said)


def assisted_by(actor: Actor) -> list[Bar]:
    """Return which units assist with the unit's open orders, and with how many."""
    open_ = flow.visible(actor).filter(led(actor), status__in=AT_WORK).order_by().values("pk")
    rows = (
        Unit.objects.filter(order__in=open_, role="assist").order_by().values_list("department")
        .annotate(n=Count("pk")).order_by("-n", "department")[:_SHOWN]
    )  # fmt: skip
    names = site().city.department_by_id
    return _bars([(names[id_].name if id_ in names else id_, n) for id_, n in rows])


def repeats(actor: Actor) -> list[Repeat]:
    """Return what came three times or more within 30 days: the same kind of matter in the same street."""
    since = site().now() - timedelta(_DAYS)
    recent = flow.visible(actor).filter(led(actor), accepted_at__gte=since).exclude(category="").exclude(place="")
    counts: Counter[tuple[str, str]] = Counter()
    for category, place, n in recent.order_by().values_list("category", "place").annotate(n=Count("pk")):
        counts[category, ".".join(place.split(".")[:2])] += n
    often = [Repeat(category, place, n) for (category, place), n in counts.items() if n >= _REPEATS]
    return sorted(often, key=lambda one: (-one.count, one.category, one.place))[:_SHOWN]


def _bars(said: list[tuple[str, int]]) -> list[Bar]:
    most = max((n for _, n in said), default=0) or 1
    return [Bar(name, n, round(100 * n / most)) for name, n in said]
