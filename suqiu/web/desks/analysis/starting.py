"""Questions to start from: three for each role that uses the analysis desk."""

from __future__ import annotations

from suqiu.domain.text import Text
from suqiu.web.accounts.roles import Role

Ready = tuple[Text, str]

#: What each role asks most, as the query of an address; the period is the usual one.
READY: dict[Role, tuple[Ready, ...]] = {
    Role.LEADER: (
        (Text("哪些区县每万人诉求最多？", "which districts have most orders per resident?"),
         "measure=C26&by=district&compare=previous"),
        (Text("各单位解决率如何，比上期好了吗？", "how well do units solve, and better than before?"),
         "measure=C16&by=department&compare=previous"),
        (Text("哪类诉求在增加？", "which demands grow?"),
         "measure=V1&by=category_1&compare=previous"),
    ),
    Role.ANALYST: (
        (Text("各类诉求逐月怎样变化？", "how do categories move by month?"),
         "measure=V1&by=category_1&chart=heat"),
        (Text("办理时长在各单位怎样分布？", "how do handling times lie across units?"),
         "measure=C8&by=department&chart=box"),
        (Text("退单集中在哪些单位？", "which units return orders?"),
         "measure=B6&by=department"),
    ),
}  # fmt: skip


def ready(roles: frozenset[Role]) -> list[Ready]:
    """Return the questions of somebody's roles; the analyst's where no role has any."""
    found = [one for role, some in READY.items() if role in roles for one in some]
    return found or list(READY[Role.ANALYST])
