"""The sections of this desk; each engineer of a section adds its line."""

from __future__ import annotations

from dataclasses import dataclass

from suqiu.domain.text import Text
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Right


@dataclass(frozen=True, slots=True)
class Section:
    """One section 栏目.

    Attributes:
        name, about: as shown.
        icon: of the icon library.
        address: of its first page.
        rights: any of them opens it.
    """

    name: Text
    about: Text
    icon: str
    address: str
    rights: tuple[Right, ...]


SECTIONS = (
    Section(
        Text("用户与角色", "Users and roles"),
        Text("账户由系统管理员维护，角色和数据范围由安全管理员授予", "accounts, roles and scopes, kept by two people"),
        "users",
        "/administration/users/",
        (Right.MANAGE_USERS, Right.GRANT_ROLES),
    ),
    Section(
        Text("接口令牌", "Tokens"),
        Text(
            "其他系统凭令牌调用接口；令牌的权限、范围、频率和推送记录",
            "what other systems may do, and what they were told",
        ),
        "plug-connected",
        "/administration/tokens/",
        (Right.MANAGE_TOKENS,),
    ),
    Section(
        Text("城市数据包", "City pack"),
        Text("分类、单位、职责、时限、日历：改动先检查和回测，再整体生效", "checked, tried on past orders, then used"),
        "map-cog",
        "/administration/city/",
        (Right.EDIT_CITY,),
    ),
    Section(
        Text("模型登记", "Models"),
        Text("候选、试运行、在用、停用，每次变更留痕", "candidate, shadow, live, retired; every change on record"),
        "brain",
        "/administration/models/",
        (Right.MANAGE_MODELS,),
    ),
    Section(
        Text("运行情况", "How it runs"),
        Text("数据库、磁盘、备份、后台任务", "database, disk, backups, background work"),
        "activity",
        "/administration/site/",
        (Right.MANAGE_SITE,),
    ),
)


def open_to(user: User) -> list[Section]:
    """Return the sections that somebody may use."""
    return [section for section in SECTIONS if any(user.may(right) for right in section.rights)]
