"""Who does something: a person, a citizen, another system, or the platform itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest

from suqiu.web.accounts.models import User
from suqiu.web.accounts.scope import Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, as the history and the audit name them 操作者.

    Attributes:
        label: `user:<number>`, `citizen`, `api:<token's name>` or `rule:<name>`.
        rights: what it may do.
        scope: on which orders.
        user: the person, None for others.
        address: where the request came from; empty where there was none.
    """

    label: str
    rights: frozenset[str] = frozenset()
    scope: Scope = field(default_factory=Scope)
    user: User | None = None
    address: str = ""

    @property
    def is_person(self) -> bool:
        """Whether a person of the hotline or a unit acts: what a machine may never do asks for one."""
        return self.user is not None

    def may(self, right: str) -> bool:
        """Say whether it has a right."""
        return right in self.rights


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in person as an actor; without one, a citizen without rights."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    user = request.user
    if isinstance(user, User):
        return Actor(f"user:{user.number}", user.rights, user.scope, user, address)
    return Actor("citizen", address=address)


def rule(name: str, *rights: str) -> Actor:
    """Return the platform itself as an actor, by the name of the rule that acts."""
    return Actor(f"rule:{name}", frozenset(rights))
