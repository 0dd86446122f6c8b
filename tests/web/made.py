"""What tests of the web platform are made of: people, calls, orders at any point of the flow.

Orders get where they are by really taking the steps through `flow`, each by somebody who may.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from PIL import Image

from suqiu.domain.order import Status, StepKind
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Role
from suqiu.web.orders import flow
from suqiu.web.orders.actions import Deed
from suqiu.web.orders.models import Attachment, Order
from suqiu.web.site import site
from suqiu.web.vault.safe import Identity

_NUMBERS = count(1001)
PASSWORD = "Linjiang-12345-测试"  # noqa: S105 — of accounts that live as long as a test
#: The unit that orders go to where a test names none: the bureau of housing.
UNIT = "D01"

_K = StepKind
_TO_REPLY: tuple[tuple[StepKind, dict[str, Any]], ...] = (
    (_K.DISPATCH, {}),
    (_K.SIGN, {}),
    (_K.REPLY, {"text": "已到现场核实，路灯已修复，请诉求人核验。", "solved": False}),
)
_TO_CLOSE = (
    *_TO_REPLY,
    (_K.PASS_REVIEW, {}),
    (_K.CALL_BACK, {"reached": True, "solved": True}),
    (_K.CLOSE, {"solved": True}),
)
#: The steps that lead to each state.
_WAYS: dict[Status, tuple[tuple[StepKind, dict[str, Any]], ...]] = {
    Status.ACCEPTED: (),
    Status.DISPATCHED: _TO_REPLY[:1],
    Status.HANDLING: _TO_REPLY[:2],
    Status.RETURN_PENDING: (*_TO_REPLY[:2], (_K.REQUEST_RETURN, {"reason": "不属于本单位职责"})),
    Status.RETURNED: (*_TO_REPLY[:2], (_K.REQUEST_RETURN, {"reason": "不属于本单位职责"}), (_K.GRANT_RETURN, {})),
    Status.SHELVED: (*_TO_REPLY[:2], (_K.SHELVE, {"reason": "等待旧改立项"})),
    Status.REPLIED: _TO_REPLY,
    Status.REVIEWED: _TO_CLOSE[:4],
    Status.CALLED_BACK: _TO_CLOSE[:5],
    Status.CLOSED: _TO_CLOSE,
    Status.APPRAISED: (*_TO_CLOSE, (_K.APPRAISE, {"grade": "good"})),
    Status.ARCHIVED: (*_TO_CLOSE, (_K.ARCHIVE, {})),
    Status.WITHDRAWN: ((_K.WITHDRAW, {"reason": "诉求人来电撤回"}),),
    Status.VOIDED: ((_K.VOID, {"reason": "误登记"}),),
    Status.MERGED: ((_K.MERGE, {}),),
}  # fmt: skip
#: Roles of the daily work, by the step that each takes here.
_WHO: dict[StepKind, Role] = {
    **dict.fromkeys((_K.ACCEPT, _K.WITHDRAW, _K.VOID, _K.CLOSE, _K.KEEP_SECRET), Role.AGENT),
    _K.SUPERVISE: Role.SUPERVISOR, _K.END_SUPERVISION: Role.SUPERVISOR, _K.URGE: Role.SUPERVISOR,
    _K.CALL_BACK: Role.VISITOR, _K.REWORK: Role.VISITOR, _K.REOPEN: Role.VISITOR,
    **dict.fromkeys(
        (_K.SIGN, _K.CONTACT, _K.REPLY, _K.REQUEST_RETURN, _K.REQUEST_EXTENSION, _K.CLAIM_UNREASONABLE, _K.APPEAL),
        Role.HANDLER,
    ),
    **dict.fromkeys(
        (_K.PASS_REVIEW, _K.FAIL_REVIEW, _K.GRANT_EXTENSION, _K.REFUSE_EXTENSION, _K.SHELVE, _K.RELEASE, _K.APPRAISE,
         _K.GRANT_UNREASONABLE, _K.REFUSE_UNREASONABLE, _K.UPHOLD_APPEAL, _K.REJECT_APPEAL, _K.ARCHIVE),
        Role.REVIEWER,
    ),
}  # fmt: skip


def user(*roles: str, departments: tuple[str, ...] = (), regions: tuple[str, ...] = (), **fields: object) -> User:
    """Make somebody with these roles, who may sign in with `PASSWORD`."""
    number = str(fields.pop("number", "") or next(_NUMBERS))
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


def somebody(role: str, *departments: str) -> Actor:
    """Return an actor who holds a role and works for these units, the same one each time; it cannot sign in."""
    name = "-".join(("made", role, *departments))
    found, _ = User.objects.get_or_create(
        username=name,
        defaults={
            "number": name,
            "full_name": name,
            "roles": [role],
            "departments": list(departments),
            "password": "!",
        },
    )
    return actor(found)


def who_may(kind: StepKind, order: Order | None = None) -> Actor:
    """Return somebody who may take a step: of the order's unit where a unit takes it."""
    role = _WHO.get(kind, Role.DISPATCHER)
    return somebody(role, order.department or UNIT) if role is Role.HANDLER and order is not None else somebody(role)


def accepted(**fields: Any) -> Order:
    """Take a call down: one order.

    Args:
        fields: of `flow.Demand` or `flow.Coming`; `name` and `phone` of the caller; `actor`, else an agent.
    """
    by: Actor = fields.pop("actor", None) or somebody(Role.AGENT)
    caller = Identity(str(fields.pop("name", "")), str(fields.pop("phone", "")))
    coming: dict[str, Any] = {
        key: fields.pop(key)
        for key in ("channel", "secret", "call_id", "language", "at", "track_code")
        if key in fields
    }
    said: dict[str, Any] = {
        "title": "小区路灯不亮", "text": "滨江花园小区东门两盏路灯三天不亮，夜间出行不安全。", "type": "help",
        "category": "02.03.01", "place": "01.01", "address": "滨江花园小区东门",
    }  # fmt: skip
    demand = flow.Demand(**said | fields)
    calls: dict[str, Any] = {"channel": "phone", "identity": caller} | coming
    _, orders = flow.accept(by, flow.Coming(**calls), [demand])
    return orders[0]


def act(order: Order, kind: StepKind, by: Actor | None = None, **said: Any) -> Order:
    """Take a step of an order, by somebody who may where nobody is named."""
    version = said.pop("version", None)
    latest = Order.objects.values_list("version", flat=True).get(pk=order.pk) if version is None else version
    return flow.act(by or who_may(kind, order), order.number, Deed(kind, latest, **said))


def order(status: str = "handling", department: str = UNIT, assisting: Sequence[str] = (), **fields: Any) -> Order:
    """Make an order that stands at a point of the flow.

    Args:
        status: code of `domain.order.Status`.
        department: the unit that it is dispatched to.
        assisting: units that assist.
        fields: as for `accepted`; `parent`, an order, for a merged one.
    """
    parent: Order | None = fields.pop("parent", None)
    one = accepted(**fields)
    for kind, said in _WAYS[Status(status)]:
        more: dict[str, Any] = {}
        if kind is _K.DISPATCH:
            more = {"department": department, "assisting": tuple(assisting)}
        elif kind is _K.MERGE:
            more = {"parent": (parent or order("handling", department)).number}
        one = act(one, kind, **said | more)
    return one


def proof(order: Order, by: Actor | None = None) -> Attachment:
    """Attach a photo as proof, by somebody of the unit."""
    return flow.attach(
        by or somebody(Role.HANDLER, order.department or UNIT), order.number, "proof", "现场.jpg", photo()
    )


def photo(width: int = 32, height: int = 24, format_: str = "JPEG") -> bytes:
    """Return a small photo."""
    made = io.BytesIO()
    Image.new("RGB", (width, height), (90, 140, 200)).save(made, format_)
    return made.getvalue()


@contextmanager
def days_later(days: float) -> Iterator[None]:
    """Let the site's clock stand some days ahead (behind where negative) of where it stands, as long as the block."""
    here = site()
    was = here.about
    here.save(replace(was, ahead_seconds=was.ahead_seconds + round(timedelta(days=days).total_seconds())))
    try:
        yield
    finally:
        here.save(was)
