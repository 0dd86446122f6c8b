"""Tokens of other systems: made, recognised, taken back."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.scope import Scope
from suqiu.web.api.models import ApiToken
from suqiu.web.api.rights import GRANTABLE
from suqiu.web.audit.chain import record
from suqiu.web.site import site

_NAME = re.compile(r"[\w.-]{2,40}")
_FORM = re.compile(r"suqiu_[A-Za-z0-9_-]{43}")
_LONGEST_DAYS = 730


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new token is to be 令牌申请.

    Attributes:
        name, rights, departments, regions, categories, per_minute: see `ApiToken`.
        days: how long it holds.
    """

    name: str
    rights: Sequence[str]
    departments: Sequence[str] = ()
    regions: Sequence[str] = ()
    categories: Sequence[str] = ()
    days: int = 365
    per_minute: int | None = None


def issue(maker: Actor, wish: Wish) -> tuple[ApiToken, str]:
    """Make a token; the second value is the token itself, which nobody can be shown again.

    Raises:
        InvalidInput: the name, a right, an id or the time is not one.
        Conflict: the name is taken.
    """
    _check(wish)
    said = "suqiu_" + secrets.token_urlsafe(32)
    now = site().now()
    with transaction.atomic():
        if ApiToken.objects.filter(name=wish.name).exists():
            raise Conflict(
                "token.name_taken",
                Text("已有同名令牌“{name}”", "there is a token “{name}” already").fill(name=wish.name),
                Text("请换一个名称", "choose another name"),
            )
        token = ApiToken.objects.create(
            name=wish.name, start=said[:12], mark=_mark(said), rights=sorted(wish.rights),
            departments=list(wish.departments), regions=list(wish.regions), categories=list(wish.categories),
            per_minute=wish.per_minute, expires_at=now + timedelta(days=wish.days), made_by=maker.user, made_at=now,
        )  # fmt: skip
        record(
            maker, "token.make", f"token:{token.name}", rights=sorted(wish.rights), days=wish.days,
            departments=list(wish.departments), regions=list(wish.regions), categories=list(wish.categories),
        )  # fmt: skip
    return token, said


def revoke(actor: Actor, name: str) -> None:
    """Take a token back, at once.

    Raises:
        NotFound: there is none of this name.
    """
    with transaction.atomic():
        if not ApiToken.objects.filter(name=name, revoked_at=None).update(revoked_at=site().now()):
            raise NotFound(
                "token.none",
                Text("没有生效中的令牌“{name}”", "no token “{name}” holds").fill(name=name[:40]),
                Text("请刷新列表", "reload the list"),
            )
        record(actor, "token.revoke", f"token:{name}")


def recognise(said: str) -> ApiToken | None:
    """Return the token that somebody shows, while it holds; its last use is noted to the minute."""
    if not _FORM.fullmatch(said):
        return None
    token = ApiToken.objects.filter(mark=_mark(said), revoked_at=None).first()
    now = site().now()
    if token is None or token.expires_at <= now:
        return None
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def actor_for(token: ApiToken, address: str = "") -> Actor:
    """Return the system behind a token as an actor; a right that is no longer given to tokens is not among its own."""
    scope = Scope.of(frozenset(), token.departments, token.regions, token.categories)
    return Actor(f"api:{token.name}", frozenset(token.rights) & frozenset(GRANTABLE), scope, None, address)


def holds(token: ApiToken, now: datetime) -> bool:
    """Say whether a token opens anything now."""
    return token.revoked_at is None and token.expires_at > now


def _mark(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


def _check(wish: Wish) -> None:
    city = site().city
    if not _NAME.fullmatch(wish.name):
        raise _wrong(
            "token.name",
            Text("令牌名称应为2至40个字母、汉字、数字、点、横线或下划线", "a name has 2 to 40 letters, digits, . - _"),
        )
    if not wish.rights or not set(wish.rights) <= set(GRANTABLE):
        raise _wrong("token.rights", Text("请至少选择一项可授予的权限", "choose at least one right that can be given"))
    if not 1 <= wish.days <= _LONGEST_DAYS:
        raise _wrong("token.days", Text("有效期应为1至730天", "a token holds for 1 to 730 days"))
    if wish.per_minute is not None and not 1 <= wish.per_minute <= 100_000:
        raise _wrong("token.per_minute", Text("每分钟请求数应为1至100000", "requests a minute: 1 to 100000"))
    known = (
        (wish.departments, city.department_by_id), (wish.regions, city.region_by_id),
        (wish.categories, city.taxonomy.by_id),
    )  # fmt: skip
    if any(id_ not in ids for chosen, ids in known for id_ in chosen):
        raise _wrong("token.scope", Text("数据范围中有不存在的单位、区划或分类", "the scope names an id that is none"))


def _wrong(code: str, message: Text) -> InvalidInput:
    return InvalidInput(code, message, Text("请修改后重新提交", "mend it and send it again"))
