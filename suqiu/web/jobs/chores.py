"""What background work does for itself."""

from __future__ import annotations

from datetime import timedelta

from suqiu.web.jobs.models import Job, State
from suqiu.web.jobs.work import every
from suqiu.web.opening import measure
from suqiu.web.site import site

#: Minutes between two looks at the sizes of tables.
_MEASURED = 60
#: Days that finished long work stays, for the page that shows how it went.
_DAYS_KEPT = 7


@every("jobs.tidy", 1440)
def tidy() -> None:
    """Forget long work that was finished a week ago."""
    Job.objects.filter(state=State.DONE, finished_at__lt=site().now() - timedelta(days=_DAYS_KEPT)).delete()


@every("database.measure", _MEASURED)
def measure_tables() -> None:
    """Let the database look at how much there is of what; a third of a second at half a million steps."""
    measure()
