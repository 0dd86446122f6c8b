"""Questions that people keep: their own, and those that others share by link."""

from __future__ import annotations

import secrets

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.web.accounts.models import User
from suqiu.web.desks.analysis.asking import Question
from suqiu.web.results.models import SavedView
from suqiu.web.site import site

#: Views of one person: enough to work with, few enough to be a list.
MOST = 100
_LONGEST = 60


def of(user: User) -> list[SavedView]:
    """Return somebody's own views."""
    return list(SavedView.objects.filter(owner=user)[:MOST])


def keep(user: User, name: str, question: Question, *, shared: bool, moving: bool) -> SavedView:
    """Keep a question under a name.

    Args:
        user: whose it is.
        name: as listed.
        question: what is kept.
        shared: others may open it by its link.
        moving: without its days: it then always asks for the latest.

    Raises:
        InvalidInput: no name, one too long, or too many views.
    """
    name = name.strip()
    if not 0 < len(name) <= _LONGEST:
        raise InvalidInput(
            "analysis.name",
            Text("名称应为1至60个字", "a name has 1 to 60 characters"),
            Text("请填写名称", "give it a name"),
        )
    if SavedView.objects.filter(owner=user).count() >= MOST:
        raise InvalidInput(
            "analysis.too_many",
            Text("常用分析已满{most}个", "there are {most} views already").fill(most=MOST),
            Text("请先删除不用的", "delete some first"),
        )
    query = question.address(first="", last="") if moving else question.address()
    return SavedView.objects.create(
        code=secrets.token_urlsafe(16), owner=user, name=name, query=query, shared=shared, at=site().now()
    )


def find(user: User, code: str) -> SavedView:
    """Return a view that somebody may open: an own one, or a shared one.

    Raises:
        NotFound: there is none of this code, or it is another's and not shared.
    """
    view = SavedView.objects.filter(code=code).first()
    if view is None or not (view.shared or view.owner_id == user.pk):
        raise NotFound(
            "analysis.no_view",
            Text("未找到该常用分析", "no such view"),
            Text("它可能已被删除或不再共享", "it may be deleted, or shared no more"),
        )
    return view


def delete(user: User, code: str) -> None:
    """Delete one's own view; another's stays."""
    SavedView.objects.filter(owner=user, code=code).delete()
