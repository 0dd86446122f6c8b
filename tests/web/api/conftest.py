"""Systems that come in by the doors, and what they find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqiu.web.accounts.models import User
from suqiu.web.api import limits, tokens
from suqiu.web.api.models import ApiToken
from suqiu.web.api.rights import GRANTABLE
from suqiu.web.site import site
from tests.web import made
from tests.web.api.checked import Checked

Knock = Callable[..., Checked]
TEXT = "小区门口的路灯坏了三天，晚上一片漆黑，老人出行不便，请尽快修复。"


@pytest.fixture
def keeper(db: None) -> User:
    """Somebody who issues tokens."""
    keeper = made.somebody("security_admin").user
    assert keeper is not None
    keeper.password_set_at = site().now()
    keeper.save()
    return keeper


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """No test has permits that another took."""
    limits.forget()


@pytest.fixture
def knock(keeper: User) -> Knock:
    """Return a client with a token that holds these rights; all of them when none is named."""
    made_so_far: list[ApiToken] = []

    def come(*rights: str, **wish: Any) -> Checked:
        name = wish.pop("name", f"系统{len(made_so_far) + 1}")
        token, said = tokens.issue(
            made.actor(keeper), tokens.Wish(name, rights or tuple(GRANTABLE), **{"per_minute": 100_000} | wish)
        )
        made_so_far.append(token)
        return Checked(said)

    return come


def demand(**changes: Any) -> dict[str, Any]:
    """Return a demand as another system sends it."""
    return {"title": "路灯损坏", "text": TEXT, "type": "help", **changes}


def coming(*demands: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a call as another system sends it."""
    return {"channel": "app", "caller": {"name": "张建国", "phone": "13812345678"},
            "demands": list(demands) or [demand()], **changes}  # fmt: skip
