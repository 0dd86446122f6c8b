"""Accounts and who may do what 账户与授权, with the three administrators kept apart 三员分立.

The system administrator makes and disables accounts, and gives them no roles. The security administrator gives roles
and scopes, makes no account, and sees no order. The audit administrator reads the audit. Nobody does anything to an
account of their own here, and the last who can do one of these three works stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from suqiu.domain.text import Text
from suqiu.web.accounts import passwords, second_factor, sessions
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import ADMINISTRATORS, ROLE_NAMES, UNIT_BOUND, Right, Role
from suqiu.web.audit import chain
from suqiu.web.site import site

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
NUMBER = re.compile(r"[A-Za-z0-9-]{1,30}")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody is allowed 授权.

    Attributes:
        roles: codes of `Role`.
        departments, regions, categories: ids of the city pack that limit the orders seen; empty is no limit.
    """

    roles: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def find(actor: Actor, id_: int) -> User:
    """Return an account.

    Raises:
        NotFound: there is none, or the actor has nothing to do with accounts.
    """
    user = User.objects.filter(pk=id_).first()
    if user is None or not (actor.may(Right.MANAGE_USERS) or actor.may(Right.GRANT_ROLES)):
        raise NotFound(
            "user.none",
            Text("没有这个账户", "no such account"),
            Text("请在用户列表中查找", "look into the list of users"),
        )
    return user


def create(actor: Actor, username: str, full_name: str, number: str) -> tuple[User, str]:
    """Make an account without roles; return it with a password to be used once.

    Raises:
        NotPermitted: the actor does not manage accounts.
        InvalidInput: a name or number is malformed or taken.
    """
    _need(actor, Right.MANAGE_USERS)
    user = new(username, full_name, number)
    password = passwords.one_time()
    with transaction.atomic():
        _save_new(user, password)
        chain.record(actor, "user.create", f"user:{user.number}")
    return user, password


def new(username: str, full_name: str, number: str) -> User:
    """Return an account that could be made, not saved.

    Raises:
        InvalidInput: a name or number is malformed or taken.
    """
    username, full_name, number = username.strip().lower(), full_name.strip(), number.strip()
    if not USERNAME.fullmatch(username):
        raise _wrong(
            "user.username",
            Text("用户名“{value}”无效", "{value} cannot be a user name").fill(value=username[:60]),
            Text(
                "以小写字母开头，可含小写字母、数字、点、下划线和短横线，2至40位",
                "begin with a letter; small letters, digits, dot, underscore and hyphen; 2 to 40",
            ),
        )
    if not full_name or len(full_name) > _LONGEST_NAME or not full_name.isprintable():
        raise _wrong(
            "user.full_name",
            Text("姓名不能为空，且不超过60个字", "a name is needed, of at most 60 characters"),
            Text("请填写姓名", "fill in the name"),
        )
    if not NUMBER.fullmatch(number):
        raise _wrong(
            "user.number",
            Text("工号“{value}”无效", "{value} cannot be a job number").fill(value=number[:60]),
            Text("可含字母、数字和短横线，不超过30位", "letters, digits and hyphens, at most 30"),
        )
    if User.objects.filter(username=username).exists():
        raise _taken(Text("用户名“{value}”已被使用", "the user name {value} is taken").fill(value=username))
    if User.objects.filter(number=number).exists():
        raise _taken(Text("工号“{value}”已被使用", "the job number {value} is taken").fill(value=number))
    return User(username=username, full_name=full_name, number=number, roles=[])


def _save_new(user: User, password: str, *, given: bool = True) -> None:
    try:
        with transaction.atomic():
            passwords.put(user, password, given=given)
    except IntegrityError as error:  # somebody else was faster
        raise _taken(Text("用户名或工号已被使用", "the user name or job number is taken")) from error


def rename(actor: Actor, user: User, full_name: str) -> None:
    """Correct a name. User name and number stay for life: the history and other systems know the person by them.

    Raises:
        NotPermitted: the actor does not manage accounts.
        InvalidInput: the name is empty or too long.
    """
    _need(actor, Right.MANAGE_USERS)
    full_name = full_name.strip()
    if not full_name or len(full_name) > _LONGEST_NAME or not full_name.isprintable():
        raise _wrong(
            "user.full_name",
            Text("姓名不能为空，且不超过60个字", "a name is needed, of at most 60 characters"),
            Text("请填写姓名", "fill in the name"),
        )
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(full_name=full_name)
        chain.record(actor, "user.change", f"user:{user.number}")


def disable(actor: Actor, user: User, reason: str) -> None:
    """Take an account out of use and sign it out everywhere; what it did stays.

    Raises:
        NotPermitted: the actor does not manage accounts, or it is the actor's own.
        Conflict: nobody else could do an administrator's work.
        InvalidInput: no reason is given.
    """
    _need(actor, Right.MANAGE_USERS)
    _not_oneself(actor, user)
    if len(reason.strip()) < 2:
        raise _wrong(
            "user.reason", Text("停用账户须写明原因", "say why it is disabled"), Text("如：离职、调岗", "such as: left")
        )
    with transaction.atomic():
        _keep_last(user, frozenset())
        User.objects.filter(pk=user.pk).update(is_active=False)
        sessions.end_all(user)
        chain.record(actor, "user.disable", f"user:{user.number}", reason=reason.strip()[:200])


def enable(actor: Actor, user: User) -> None:
    """Take an account into use again.

    Raises:
        NotPermitted: the actor does not manage accounts, or it is the actor's own.
    """
    _need(actor, Right.MANAGE_USERS)
    _not_oneself(actor, user)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=True)
        chain.record(actor, "user.enable", f"user:{user.number}")


def reset_password(actor: Actor, user: User) -> str:
    """Return a password to be used once, and sign the person out everywhere.

    The second factor stays: only the security administrator resets that, so neither enters as somebody else alone.

    Raises:
        NotPermitted: the actor does not manage accounts, or it is the actor's own.
    """
    _need(actor, Right.MANAGE_USERS)
    _not_oneself(actor, user)
    password = passwords.one_time()
    with transaction.atomic():
        passwords.put(user, password, given=True)
        sessions.end_all(user)
        chain.record(actor, "user.password_reset", f"user:{user.number}")
    return password


def reset_second_factor(actor: Actor, user: User) -> None:
    """Take away the second factor of somebody who lost it, and sign the person out everywhere.

    Raises:
        NotPermitted: the actor does not grant rights, or it is the actor's own.
    """
    _need(actor, Right.GRANT_ROLES)
    _not_oneself(actor, user)
    with transaction.atomic():
        second_factor.turn_off(actor, user)
        sessions.end_all(user)


def grant(actor: Actor, user: User, given: Grant) -> None:
    """Say what somebody may do from now on, and sign the person out everywhere.

    Raises:
        NotPermitted: the actor does not grant rights, or it is the actor's own account.
        InvalidInput: a role or id does not exist, or the roles do not go together.
        Conflict: nobody else could do an administrator's work.
    """
    _need(actor, Right.GRANT_ROLES)
    _not_oneself(actor, user)
    roles = checked(given)
    _may_administer(user, roles)
    with transaction.atomic():
        before = User.objects.select_for_update().get(pk=user.pk)
        _keep_last(before, roles)
        before.roles = sorted(roles)
        before.departments = sorted(set(given.departments))
        before.regions = sorted(set(given.regions))
        before.categories = sorted(set(given.categories))
        before.save(update_fields=["roles", "departments", "regions", "categories"])
        sessions.end_all(before)
        chain.record(
            actor, "user.grant", f"user:{user.number}",
            roles=before.roles, departments=before.departments, regions=before.regions, categories=before.categories,
        )  # fmt: skip


def checked(given: Grant) -> frozenset[Role]:
    """Return the roles of a grant that can be made.

    Raises:
        InvalidInput: a role or id does not exist, or they do not go together.
    """
    if set(given.roles) - set(Role):
        raise _wrong("user.role", Text("没有这个角色", "no such role"), Text("请从列表中选择", "choose from the list"))
    roles = frozenset(Role(code) for code in given.roles)
    administers = sorted(roles & ADMINISTRATORS)
    if administers and len(roles) > 1:
        raise _wrong(
            "user.separation",
            Text(
                "“{role}”不得与其他角色由同一人担任", "{role} cannot be held beside another role"
            ).fill(role=ROLE_NAMES[administers[0]]),
            Text(
                "系统、安全、审计三类管理员相互独立，也不承担业务工作",
                "the three administrators are kept apart from each other and from the daily work",
            ),
        )  # fmt: skip
    limits = (given.departments, given.regions, given.categories)
    if administers and any(limits):
        raise _wrong(
            "user.scope",
            Text("管理员不查看工单，无需设置数据范围", "administrators see no orders and have no scope"),
            Text("请清空数据范围", "clear the scope"),
        )
    if roles & UNIT_BOUND and not given.departments:
        raise _wrong(
            "user.scope",
            Text("承办员必须指定承办单位", "a handler needs a unit"),
            Text("请在数据范围中选择单位", "choose the unit in the scope"),
        )
    city = site().city
    known: tuple[Iterable[str], ...] = (city.department_by_id, city.region_by_id, city.taxonomy.by_id)
    for ids, all_ids in zip(limits, known, strict=True):
        strange = set(ids) - set(all_ids)
        if strange:
            raise _wrong(
                "user.scope",
                Text("城市数据包中没有“{id}”", "the city pack has no {id}").fill(id=min(strange)[:60]),
                Text("请从列表中选择", "choose from the list"),
            )
    return roles


def _may_administer(user: User, roles: frozenset[Role]) -> None:
    """Refuse an administrator's role for an account that others could still enter: its password was given by them."""
    if roles.isdisjoint(ADMINISTRATORS) or site().about.demo or not roles - user.role_set:
        return
    if user.must_change_password or not second_factor.is_on(user):
        raise Conflict(
            "user.not_own",
            Text(
                "此账户尚未由本人修改初始口令并绑定动态口令，不能授予管理员角色",
                "this account has not yet been made their own by a changed password and a second factor",
            ),
            Text(
                "请本人先登录，修改口令并在“我的账户”中绑定动态口令",
                "let the person sign in, change the password and bind a second factor first",
            ),
        )


def _keep_last(user: User, roles: frozenset[Role]) -> None:
    """Refuse to take an administrator's role from the last who has it; inside a transaction."""
    if not user.is_active:
        return
    # All administrators are locked together, so that two of them cannot be taken away at the same time.
    others = [
        one for one in User.objects.select_for_update().filter(is_active=True).exclude(pk=user.pk).order_by("pk")
        if not one.role_set.isdisjoint(ADMINISTRATORS)
    ]  # fmt: skip
    for role in sorted((user.role_set & ADMINISTRATORS) - roles):
        if not any(role in one.role_set for one in others):
            raise Conflict(
                "user.last",
                Text("这是最后一位可用的“{role}”", "this is the last {role}").fill(role=ROLE_NAMES[role]),
                Text("请先授予另一人该角色", "give the role to somebody else first"),
            )


def first_administrators(names: Sequence[tuple[str, str, str, Role]]) -> list[tuple[User, str]]:
    """Make the first accounts of an installation: user name, name, number and role each; with their passwords.

    Raises:
        Conflict: there are accounts already.
    """
    if User.objects.exists():
        raise Conflict(
            "user.not_first",
            Text("已有账户", "there are accounts already"),
            Text("请由系统管理员新建账户", "the system administrator makes more"),
        )
    made = []
    with transaction.atomic():
        for username, full_name, number, role in names:
            user, password = new(username, full_name, number), passwords.one_time()
            user.roles = [role]
            _save_new(user, password)
            made.append((user, password))
            chain.record(Actor("rule:site.init"), "user.create", f"user:{user.number}", roles=user.roles)
    return made


def rescue(username: str) -> str:
    """Let an administrator in again who lost password and second factor: from the machine itself, never from a page.

    Raises:
        NotFound: no active account has this name.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotFound(
            "user.none", Text("没有这个账户", "no such account"), Text("请核对用户名", "check the user name")
        )
    password, actor = passwords.one_time(), Actor("rule:site.rescue")
    with transaction.atomic():
        passwords.put(user, password, given=True)
        second_factor.turn_off(actor, user)
        sessions.end_all(user)
        chain.record(actor, "user.password_reset", f"user:{user.number}")
    return password


def _need(actor: Actor, right: Right) -> None:
    if not actor.may(right):
        raise NotPermitted(
            "rights.missing",
            Text("您没有此项权限", "you may not do this"),
            Text(
                "账户由系统管理员维护，角色由安全管理员授予",
                "accounts are the system administrator's, roles the security administrator's",
            ),
        )  # fmt: skip


def _not_oneself(actor: Actor, user: User) -> None:
    if actor.user is not None and actor.user.pk == user.pk:
        raise NotPermitted(
            "user.oneself",
            Text("不能对本人账户进行此操作", "nobody does this to an account of their own"),
            Text("请由另一位管理员办理", "ask another administrator"),
        )


def _wrong(code: str, what: Text, hint: Text) -> InvalidInput:
    return InvalidInput(code, what, hint)


def _taken(what: Text) -> InvalidInput:
    return _wrong("user.taken", what, Text("请另换一个", "choose another"))
