"""The people of a demo 演示账户: one for each role, and a handler for each of a few units."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from suqiu.domain.city import DepartmentKind
from suqiu.domain.errors import Conflict
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import rule
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import ROLE_NAMES, UNIT_BOUND, Role
from suqiu.web.audit import chain
from suqiu.web.site import site

#: Of every demo account; shown on the sign-in page.
PASSWORD = "Suqiu-12345-demo"  # noqa: S105 — meant to be known
_FIRST_NUMBER = 9001
_UNITS = 3
_SURNAMES = "张王李赵刘陈杨黄周吴徐孙马朱胡郭"


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody whom a visitor of the demo may be 演示账户.

    Attributes:
        username, full_name, number: of the account.
        role: its one role.
        department: the unit of a handler; empty for others.
    """

    username: str
    full_name: str
    number: str
    role: Role
    department: str = ""

    @property
    def title(self) -> Text:
        """What the guest is, in words."""
        unit = site().city.department_by_id.get(self.department)
        name = ROLE_NAMES[self.role]
        return name if unit is None else Text(f"{name.zh}（{unit.name}）", f"{name.en}, {unit.name}")


def people() -> list[Guest]:
    """Return everybody of the demo, in the order of the flow."""
    found: list[Guest] = []
    for role in Role:
        units = _units() if role in UNIT_BOUND else ("",)
        for place, unit in enumerate(units, 1):
            n = len(found)
            name = role if len(units) == 1 else f"{role}{place}"
            surname = _SURNAMES[n % len(_SURNAMES)]
            found.append(Guest(name, f"{surname}{ROLE_NAMES[role].zh}", str(_FIRST_NUMBER + n), role, unit))
    return found


def _units() -> tuple[str, ...]:
    """Return the units that get a handler: the first few bureaus of the city."""
    bureaus = [one.id for one in site().city.departments if one.kind is DepartmentKind.BUREAU]
    return tuple(bureaus[:_UNITS])


def prepare() -> int:
    """Make the demo accounts that are not there yet; return how many.

    Raises:
        Conflict: the installation is no demo.
    """
    if not site().about.demo:
        raise Conflict(
            "demo.none",
            Text("正式站点不建立演示账户", "only a demo has demo accounts"),
            Text("请用suqiu site init --demo另建演示站点", "make a demo with suqiu site init --demo"),
        )
    made = 0
    with transaction.atomic():
        for guest in people():
            if User.objects.filter(username=guest.username).exists():
                continue
            user = User(
                username=guest.username, full_name=guest.full_name, number=guest.number, roles=[guest.role],
                departments=[guest.department] if guest.department else [], password_set_at=site().now(),
            )  # fmt: skip
            user.set_password(PASSWORD)
            user.save()
            chain.record(rule("site.demo"), "user.create", f"user:{user.number}", roles=user.roles)
            made += 1
    return made
