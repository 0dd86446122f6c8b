"""What every page's frame shows: the city, the clock, the desks that this person may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from suqiu.domain.text import Text
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Right
from suqiu.web.site import site
from suqiu.web.wording import language


@dataclass(frozen=True, slots=True)
class Door:
    """One desk in the menu.

    Attributes:
        name: as shown.
        icon: of the icon library.
        address: of its first page, by its name in `urls`.
        rights: any of them opens it.
    """

    name: Text
    icon: str
    address: str
    rights: tuple[Right, ...]


#: The menu, in the order of the flow.
DOORS = (
    Door(Text("话务工作台", "Agent desk"), "headset", "/agent/", (Right.AGENT_DESK,)),
    Door(Text("派单与退单", "Dispatch"), "route", "/dispatch/", (Right.DISPATCH_DESK,)),
    Door(Text("承办工作台", "Department desk"), "building-community", "/department/", (Right.DEPARTMENT_DESK,)),
    Door(Text("审核", "Review"), "checks", "/review/", (Right.REVIEW_DESK,)),
    Door(Text("回访", "Call-back"), "phone-outgoing", "/visit/", (Right.VISIT_DESK,)),
    Door(Text("督办", "Supervision"), "flag", "/supervision/", (Right.SUPERVISION_DESK,)),
    Door(Text("工单查询", "Orders"), "search", "/orders/", (Right.SEE_ORDERS,)),
    Door(Text("指挥台", "Command desk"), "broadcast", "/command/", (Right.COMMAND_DESK,)),
    Door(Text("分析台", "Analysis desk"), "chart-bar", "/analysis/", (Right.ANALYSIS_DESK,)),
    Door(Text("评估台", "Assessment desk"), "clipboard-check", "/assessment/", (Right.ASSESSMENT_DESK,)),
    Door(Text("知识库", "Knowledge"), "book", "/knowledge/", (Right.READ_KNOWLEDGE, Right.EDIT_KNOWLEDGE)),
    Door(
        Text("系统管理", "Administration"), "settings", "/administration/",
        (Right.MANAGE_SITE, Right.MANAGE_USERS, Right.GRANT_ROLES, Right.MANAGE_MODELS, Right.EDIT_CITY,
         Right.MANAGE_TOKENS),
    ),
    Door(Text("审计", "Audit"), "shield-lock", "/audit/", (Right.READ_AUDIT,)),
)  # fmt: skip


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's part of every template's context."""
    here = site()
    user = getattr(request, "user", None)
    doors = []
    if isinstance(user, User):
        doors = [
            {"name": door.name.to(language()), "icon": door.icon, "address": door.address,
             "here": request.path.startswith(door.address)}
            for door in DOORS if any(user.may(right) for right in door.rights)
        ]  # fmt: skip
    return {
        "city_name": here.city.name if language() == "zh" else here.city.english_name,
        "demo": here.about.demo,
        "now": here.now(),
        "doors": doors,
        "theme": request.COOKIES.get("theme") if request.COOKIES.get("theme") in {"light", "dark"} else "auto",
        "large": request.COOKIES.get("large") == "1",
        "lang": language(),
    }
