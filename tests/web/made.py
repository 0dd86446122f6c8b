"""What tests of the web platform are made of: people, calls, orders at any point of the flow."""

from __future__ import annotations

from itertools import count

from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import User
from suqiu.web.site import site

_NUMBERS = count(1001)
PASSWORD = "Linjiang-12345-测试"  # noqa: S105 — of accounts that live as long as a test


def user(*roles: str, departments: tuple[str, ...] = (), regions: tuple[str, ...] = (), **fields: object) -> User:
    """Make somebody with these roles, who may sign in with `PASSWORD`."""
    number = str(next(_NUMBERS))
    one = User(
        username=str(fields.pop("username", f"u{number}")),
        full_name=str(fields.pop("full_name", f"测试{number}")),
        number=number,
        roles=list(roles),
        departments=list(departments),
        regions=list(regions),
        password_set_at=site().now(),
        **fields,
    )
    one.set_password(PASSWORD)
    one.save()
    return one


def actor(one: User) -> Actor:
    """Return a person as an actor."""
    return Actor(f"user:{one.number}", one.rights, one.scope, one)
