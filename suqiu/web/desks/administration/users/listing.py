"""Which accounts there are, searched and filtered; what a grant may name."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from suqiu.domain.city import DepartmentKind
from suqiu.domain.text import Text
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Role
from suqiu.web.site import site

PAGE = 50
STATES = {
    "active": Text("启用", "in use"),
    "disabled": Text("停用", "disabled"),
    "without_roles": Text("未授予角色", "without roles"),
    "never": Text("从未登录", "never signed in"),
}
_KINDS = {
    DepartmentKind.BUREAU: Text("市级部门", "city bureaus"),
    DepartmentKind.UTILITY: Text("公共服务企业", "utilities"),
    DepartmentKind.DISTRICT: Text("区（县）", "districts"),
    DepartmentKind.STREET: Text("街道（镇）", "streets and towns"),
    DepartmentKind.OUTSIDE: Text("其他单位", "others"),
}


@dataclass(frozen=True, slots=True)
class Branch:
    """A choice of a scope with those below it 可选范围."""

    id: str
    name: str
    below: tuple[Branch, ...] = ()


def found(text: str, role: str, state: str) -> QuerySet[User]:
    """Return accounts: by part of a name or number, by role, by state; each may be empty."""
    accounts = User.objects.order_by("number", "pk")
    if text:
        accounts = accounts.filter(
            Q(username__icontains=text) | Q(full_name__icontains=text) | Q(number__icontains=text)
        )
    if role in set(Role):
        accounts = accounts.filter(roles__icontains=f'"{role}"')
    if state == "active":
        accounts = accounts.filter(is_active=True)
    elif state == "disabled":
        accounts = accounts.filter(is_active=False)
    elif state == "without_roles":
        accounts = accounts.filter(roles=[])
    elif state == "never":
        accounts = accounts.filter(last_login=None)
    return accounts


def departments() -> list[tuple[Text, list[Branch]]]:
    """Return the units of the city by kind."""
    units = site().city.departments
    grouped = [(name, [Branch(one.id, one.name) for one in units if one.kind is kind]) for kind, name in _KINDS.items()]
    return [(name, branches) for name, branches in grouped if branches]


def regions() -> list[Branch]:
    """Return districts with their streets; a community is too small for a scope."""
    every = {one.id: one.name for one in site().city.regions if one.id.count(".") <= 1}
    return _tree(every)


def categories() -> list[Branch]:
    """Return the first two levels of categories."""
    return _tree({id_: node.name for id_, node in site().city.taxonomy.by_id.items() if id_.count(".") <= 1})


def _tree(names: dict[str, str]) -> list[Branch]:
    below: dict[str, list[Branch]] = {}
    for id_, name in names.items():
        if "." in id_:
            below.setdefault(id_.rpartition(".")[0], []).append(Branch(id_, name))
    return [Branch(id_, name, tuple(below.get(id_, ()))) for id_, name in names.items() if "." not in id_]
