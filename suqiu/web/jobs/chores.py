"""What background work does for itself."""

from __future__ import annotations

from datetime import timedelta

from suqiu.web.jobs.models import Job, State
from suqiu.web.jobs.work import every
from suqiu.web.site import site

#: Days that finished long work stays, for the page that shows how it went.
_DAYS_KEPT = 7


@every("jobs.tidy", 1440)
def tidy() -> None:
    """Forget long work that was finished a week ago."""
    Job.objects.filter(state=State.DONE, finished_at__lt=site().now() - timedelta(days=_DAYS_KEPT)).delete()
