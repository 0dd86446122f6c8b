"""What is done for the live call day by day."""

from __future__ import annotations

from suqiu.web.jobs.work import every
from suqiu.web.live import drafts


@every("live.tidy", 60)
def tidy() -> None:
    """Remove drafts that nobody came back to."""
    drafts.sweep()
