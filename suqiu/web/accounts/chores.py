"""What accounts tidy up in the background."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore

from suqiu.web.accounts import sessions
from suqiu.web.jobs.work import every

#: Minutes between two runs.
_HOURLY = 60


@every("accounts.tidy", _HOURLY)
def tidy() -> None:
    """Forget browsers whose time is over and sessions that expired."""
    sessions.forget_ended()
    SessionStore.clear_expired()
