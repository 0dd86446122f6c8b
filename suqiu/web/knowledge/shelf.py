"""What may be read, found and written: the only module that changes articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Right
from suqiu.web.audit.chain import record
from suqiu.web.knowledge.models import Article, Wording
from suqiu.web.site import site

AUDIENCES: Mapping[str, Text] = {
    "public": Text("所有人（含市民门户）", "everybody, citizens too"),
    "staff": Text("工作人员", "staff"),
    "units": Text("指定单位", "chosen units only"),
}
#: An article that ends within so many days is to be looked at.
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as somebody writes it; see `models.Article` for the fields 编写内容."""

    title: str
    body: str
    source: str
    category: str = ""
    department: str = ""
    audience: str = "staff"
    readers: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None


def readable(actor: Actor) -> QuerySet[Article]:
    """Return the articles that an actor may read: for a citizen the public ones that hold today."""
    today = site().now().date()
    every = Article.objects.all()
    if actor.may(Right.EDIT_KNOWLEDGE):
        return every
    holding = every.filter(
        Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_until=None) | Q(valid_until__gte=today), retired=False
    )
    if not actor.may(Right.READ_KNOWLEDGE):
        return holding.filter(audience="public")
    units = actor.scope.departments
    if units is None:
        return holding
    # Which unit an article names lies in JSON, which databases search differently: the few are looked through here.
    meant = [
        one.pk
        for one in holding.filter(audience="units").only("pk", "readers", "department")
        if not units.isdisjoint({*one.readers, one.department})
    ]
    return holding.filter(Q(audience__in=("public", "staff")) | Q(pk__in=meant))


def search(actor: Actor, words: str, category: str = "") -> QuerySet[Article]:
    """Return what an actor may read and holds all these words, those with them in the title first."""
    found = readable(actor)
    for word in words.split()[:8]:
        found = found.filter(Q(title__icontains=word) | Q(body__icontains=word))
    if category:
        found = found.filter(Q(category=category) | Q(category__startswith=f"{category}."))
    return found.order_by("retired", "category", "code")


def find(actor: Actor, code: str) -> Article:
    """Return an article that an actor may read.

    Raises:
        NotFound: there is none of this code that the actor may read.
    """
    one = readable(actor).filter(code=code).first()
    if one is None:
        raise NotFound(
            "knowledge.none", Text("没有这条知识", "there is no such article"), Text("请重新查找", "search again")
        )
    return one


def write(actor: Actor, code: str, draft: Draft, *, version: int, reason: str) -> Article:
    """Write an article, new (`version` 0) or anew; what it said before is kept.

    Raises:
        NotPermitted: the actor may not write.
        InvalidInput: something is missing or does not exist.
        Conflict: somebody else wrote it meanwhile, or the code is taken.
    """
    _require_editor(actor)
    _require_sound(draft)
    if version and len(reason.strip()) < 2:
        raise InvalidInput(
            "knowledge.no_reason",
            Text("请说明修改原因", "say why it is changed"),
            Text("例如：政策更新", "such as: new policy"),
        )
    with transaction.atomic():
        one = Article.objects.select_for_update().filter(code=code).first()
        if (one.version if one else 0) != version:
            raise Conflict(
                "knowledge.moved_on",
                Text("这条知识已被他人修改或编号已被使用", "somebody else changed it, or the code is taken"),
                Text("请重新打开后再修改", "open it again, then change it"),
            )
        one = one or Article(code=code, version=0)
        for name, value in asdict(draft).items():
            setattr(one, name, list(value) if isinstance(value, tuple) else value)
        return _kept(actor, one, reason or "新增")


def retire(actor: Actor, code: str, version: int, reason: str) -> Article:
    """Take an article back, or bring it back; it stays readable for editors.

    Raises:
        NotPermitted, NotFound, Conflict: as `write` and `find`.
    """
    _require_editor(actor)
    with transaction.atomic():
        one = find(actor, code)
        if one.version != version:
            raise Conflict(
                "knowledge.moved_on",
                Text("这条知识已被他人修改", "somebody else changed it"),
                Text("请重新打开后再操作", "open it again"),
            )
        one.retired = not one.retired
        return _kept(actor, one, reason or ("停用" if one.retired else "恢复"))


def fill(actor: Actor) -> int:
    """Take in the city pack's passages that are not there yet; return how many."""
    there = set(Article.objects.values_list("code", flat=True))
    new = [passage for passage in site().city.knowledge if passage.id not in there]
    with transaction.atomic():
        for passage in new:
            article = Article(
                code=passage.id,
                version=0,
                title=passage.title,
                body=passage.body,
                source=passage.source,
                category=passage.category or "",
                audience="public",
            )
            _kept(actor, article, "取自城市数据包")
    return len(new)


def ending(actor: Actor) -> QuerySet[Article]:
    """Return the articles that have ended or soon will, the first to end first."""
    return readable(actor).filter(retired=False, valid_until__lte=site().now().date() + SOON).order_by("valid_until")


def _kept(actor: Actor, one: Article, reason: str) -> Article:
    one.version += 1
    one.changed_at, one.changed_by = site().now(), actor.label
    one.save()
    Wording.objects.create(
        article=one,
        version=one.version,
        title=one.title,
        body=one.body,
        source=one.source,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        at=one.changed_at,
        by=actor.label,
        reason=reason.strip()[:200],
    )
    record(actor, "knowledge.change", f"article:{one.code}", version=one.version, retired=one.retired)
    return one


def _require_editor(actor: Actor) -> None:
    if not actor.may(Right.EDIT_KNOWLEDGE):
        raise NotPermitted(
            "knowledge.not_editor",
            Text("您没有编写知识的权限", "you may not write articles"),
            Text("请联系知识管理员", "ask a knowledge editor"),
        )


def _require_sound(draft: Draft) -> None:
    city = site().city
    faults: list[Text] = []
    for name, value, most in (("标题", draft.title, 120), ("内容", draft.body, 20_000), ("依据", draft.source, 200)):
        if not value.strip() or len(value) > most:
            faults.append(
                Text("{name}须填写且不超过{most}字", "{name}: 1 to {most} characters").fill(name=name, most=most)
            )
    if draft.category and draft.category not in city.taxonomy.by_id:
        faults.append(Text("没有这个分类", "no such category"))
    if any(id_ not in city.department_by_id for id_ in _named(draft)):
        faults.append(Text("没有这个单位", "no such unit"))
    if draft.audience not in AUDIENCES or (draft.audience == "units" and not draft.readers):
        faults.append(Text("请选择谁可以看；指定单位时至少选一个", "choose who may read it; at least one unit"))
    if draft.valid_from and draft.valid_until and draft.valid_until < draft.valid_from:
        faults.append(Text("失效日早于生效日", "it ends before it begins"))
    if faults:
        raise InvalidInput(
            "knowledge.faulty",
            Text("；".join(one.zh for one in faults), "; ".join(one.en for one in faults)),
            Text("请更正后保存", "mend it, then save"),
        )


def _named(draft: Draft) -> Iterable[str]:
    return [id_ for id_ in (*draft.readers, draft.department) if id_]


def shown(one: Article) -> dict[str, Any]:
    """Return how an article stands today, for a page: `holding`, `ended`, `coming` or `retired`."""
    today = site().now().date()
    if one.retired:
        return {"state": "retired", "name": Text("已停用", "retired"), "tone": "secondary"}
    if one.valid_until and one.valid_until < today:
        return {"state": "ended", "name": Text("已失效", "ended"), "tone": "red"}
    if one.valid_from and one.valid_from > today:
        return {"state": "coming", "name": Text("未生效", "not yet valid"), "tone": "azure"}
    if one.valid_until and one.valid_until <= today + SOON:
        return {"state": "ending", "name": Text("即将失效", "ending soon"), "tone": "yellow"}
    return {"state": "holding", "name": Text("有效", "valid"), "tone": "green"}
