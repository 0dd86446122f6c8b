"""Drafts of calls: sealed in the vault's way, each seen by nobody but who types it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.web.accounts.models import User
from suqiu.web.live.models import Draft
from suqiu.web.site import site
from suqiu.web.vault import seals

#: A draft is removed this long after it was last typed in.
KEPT = timedelta(hours=48)
_LARGEST = 60_000
_MOST = 30


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as its owner's list shows it.

    Attributes:
        code, at: see `models.Draft`.
        begins: the first words of the first demand.
    """

    code: str
    at: datetime
    begins: str


def new_code() -> str:
    """Return a name for a call that begins."""
    return secrets.token_urlsafe(12)


def keep(user: User, code: str, fields: Mapping[str, str]) -> Draft | None:
    """Keep what is in the form; None where it is empty, which also removes what was kept.

    Raises:
        InvalidInput: it is too large.
        NotFound: the name belongs to somebody else's draft.
    """
    filled = {name: value for name, value in fields.items() if value.strip()}
    if not filled:
        drop(user, code)
        return None
    said = json.dumps(filled, ensure_ascii=False, sort_keys=True)
    if len(said) > _LARGEST:
        raise InvalidInput(
            "draft.too_large",
            Text("草稿内容过多，无法保存", "the draft is too large to be kept"),
            Text("请精简内容，或先提交", "shorten it, or submit it first"),
        )
    found = Draft.objects.filter(code=code).first()
    if found is not None and found.user_id != user.pk:
        raise _none()
    sealed, now = seals.seal(said, _row(user, code)), site().now()
    try:
        draft, _ = Draft.objects.update_or_create(code=code, user=user, defaults={"sealed": sealed, "at": now})
    except IntegrityError as error:  # somebody else took the name in the same moment
        raise _none() from error
    return draft


def fields_of(user: User, code: str) -> dict[str, str]:
    """Return what a draft holds; nothing for a name that is not one's own."""
    draft = Draft.objects.filter(code=code, user=user).first()
    if draft is None:
        return {}
    found: dict[str, str] = json.loads(seals.unseal(bytes(draft.sealed), _row(user, code)))
    return found


def mine(user: User, but: str = "") -> list[Kept]:
    """Return one's own drafts, the newest first, without the one that is open."""
    found = []
    for draft in Draft.objects.filter(user=user).exclude(code=but).order_by("-at")[:_MOST]:
        held: dict[str, str] = json.loads(seals.unseal(bytes(draft.sealed), _row(user, draft.code)))
        texts = (held.get(name, "") for name in ("d0-title", "d0-text"))
        found.append(Kept(draft.code, draft.at, next((text.strip()[:20] for text in texts if text.strip()), "")))
    return found


def drop(user: User, code: str) -> None:
    """Remove a draft."""
    Draft.objects.filter(code=code, user=user).delete()


def sweep() -> int:
    """Remove drafts that nobody came back to; return how many."""
    removed, _ = Draft.objects.filter(at__lt=site().now() - KEPT).delete()
    return removed


def _row(user: User, code: str) -> str:
    return f"draft:{user.pk}:{code}"


def _none() -> NotFound:
    return NotFound("draft.none", Text("未找到该草稿", "no such draft"), Text("请重新开始一次来电", "begin a new call"))
