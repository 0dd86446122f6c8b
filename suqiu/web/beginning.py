"""Making a site: its folder, its tables, its first people; for a demo also its orders and a morning's work.

Everything is taken up where it stopped when it is begun again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from suqiu.domain.errors import Conflict, NotFound
from suqiu.domain.text import Text
from suqiu.lake import Lake
from suqiu.notice import Notice
from suqiu.web import opening
from suqiu.web.site import About, Site

Told = Callable[[Text, float | None], None]

#: When the first morning of a demo begins.
_HOUR = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What a site is to be 建站方案.

    Attributes:
        city: folder of its city pack.
        result: folder of a finished run, None for none.
        assessment: folder of an assessment, None for none.
        demo: it shows simulated data, with accounts that everybody may use.
    """

    city: Path
    result: Path | None = None
    assessment: Path | None = None
    demo: bool = False


def begin(folder: Path | None, plan: Plan, told: Told) -> list[Notice]:
    """Make a site, or bring one up to a plan; return what a person should know of it.

    Args:
        folder: where; None is where SUQIU_SITE says.
        plan: what it is to be.
        told: called with what is done, and the share of it.

    Raises:
        Conflict: there is a site of another city, or a demo where none is wanted or the other way round.
        NotFound: the run has no lake of orders.
    """
    one = opening.choose(folder)
    about = _about(one, plan)
    one.save(about)
    opening.opened(folder)
    told(Text("准备数据库", "preparing the database"), None)
    opening.upgrade()
    found = [Notice(Text("站点目录", "site"), Text(str(folder or one.folder), str(folder or one.folder)))]
    if plan.demo:
        _clock(plan)
    found += _people(plan.demo)
    _articles()
    if plan.result is not None:
        found.append(_orders(plan.result, told))
    if plan.demo:
        found.append(_morning(told))
    opening.measure()
    return found


def _about(one: Site, plan: Plan) -> About:
    """Return what the site is, with what the plan adds."""
    try:
        there = one.about
    except NotFound:
        there = About(city=str(plan.city.resolve()), demo=plan.demo)
    if Path(there.city) != plan.city.resolve() or there.demo != plan.demo:
        raise Conflict(
            "site.other",
            Text(
                "该目录已有站点（城市数据包“{city}”，{kind}），与本次要求不符",
                "there is a site already, of the city pack {city}, {kind}",
            ).fill(city=there.city, kind=Text("演示", "a demo") if there.demo else Text("正式", "no demo")),
            Text("请用--site另选目录", "choose another folder by --site"),
        )
    result = str(plan.result.resolve()) if plan.result else there.result
    assessment = str(plan.assessment.resolve()) if plan.assessment else there.assessment
    return replace(there, result=result, assessment=assessment)


def _people(demo: bool) -> list[Notice]:
    from suqiu.web.accounts import demo as guests
    from suqiu.web.accounts import people
    from suqiu.web.accounts.models import User
    from suqiu.web.accounts.roles import ROLE_NAMES, Role

    if demo:
        guests.prepare()
        said = Text(
            "各角色账户见登录页，口令均为{password}", "one for each role, on the sign-in page; password {password}"
        )
        return [Notice(Text("演示账户", "accounts"), said.fill(password=guests.PASSWORD))]
    if User.objects.exists():
        return []
    roles = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
    names = [(role.replace("_admin", ""), ROLE_NAMES[role].zh, f"A{n}", role) for n, role in enumerate(roles, 1)]
    made = people.first_administrators(names)
    return [
        Notice(
            ROLE_NAMES[Role(user.roles[0])],
            Text(
                "用户名{name}，一次性口令{password}（仅显示这一次）",
                "user {name}, password {password}: shown once, used once",
            ).fill(name=user.username, password=password),
        )
        for user, password in made
    ]


def _articles() -> None:
    from suqiu.web.accounts.actor import rule
    from suqiu.web.knowledge import shelf

    shelf.fill(rule("site.init"))


def _orders(result: Path, told: Told) -> Notice:
    from suqiu.web.orders import loading

    stage = Text("装入工单", "loading orders")
    loaded = loading.load(result / "lake", lambda done, whole: told(stage, done / max(whole, 1)))
    opening.measure()
    return Notice(
        Text("装入工单", "orders"),
        Text("新装入{orders}件，此前已有{there}件", "{orders} taken in, {there} were there").fill(
            orders=f"{loaded.orders:,}", there=f"{loaded.there:,}"
        ),
    )


def _clock(plan: Plan) -> None:
    """Let a demo live in the days of its data: a new one from the morning after, another from where it was left."""
    from suqiu.web.demo import morning

    if plan.result is not None:
        morning.set_clock(_first_morning(plan.result / "lake"))
    morning.take_up()


def _morning(told: Told) -> Notice:
    from suqiu.web.demo import morning

    stage = Text("演示办理过程", "a morning's work")
    count = morning.play(lambda done, whole: told(stage, done / whole))
    return Notice(
        Text("演示诉求", "live calls"), Text(f"{count}件，分布在各办理环节", f"{count}, at every point of the flow")
    )


def _first_morning(lake_folder: Path) -> datetime:
    """Return the morning after the last thing that the data tells."""
    from suqiu.web.site import site

    with Lake(lake_folder) as lake:
        rows = [
            row[name]
            for table, name in (("orders", "accepted_at"), ("steps", "at"))
            if lake.holds(table)
            for batch in lake.stream(lake.table(table).aggregate(**{name: getattr(lake.table(table), name).max()}))
            for row in batch.to_pylist()
        ]
    last: datetime = max(row for row in rows if row is not None)
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=site().zone)
    return midnight + timedelta(days=1, hours=_HOUR)
