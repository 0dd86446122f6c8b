"""What is done for the vault day by day."""

from __future__ import annotations

from collections.abc import Callable

from suqiu.web.jobs.work import every


@every("vault.retain", 1440, long=True)
def retain() -> Callable[[], None]:
    """Remove personal data whose time is over, each night."""
    from suqiu.web.custody.retention import retain as remove  # it needs every capability's tables

    remove()
    return lambda: None
