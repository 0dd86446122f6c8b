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
)


def open_to(user: User) -> list[Section]:
    """Return the sections that somebody may use."""
    return [section for section in SECTIONS if any(user.may(right) for right in section.rights)]
