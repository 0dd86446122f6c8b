"""What is done for the audit day by day."""

from __future__ import annotations

from collections.abc import Callable

from suqiu.web.accounts.actor import rule
from suqiu.web.audit import anchors, verifying
from suqiu.web.audit.chain import record
from suqiu.web.jobs.work import every


@every("audit.anchor", 60)
def anchor() -> None:
    """Drop an anchor each hour."""
    anchors.drop()


@every("audit.verify", 1440, long=True)
def verify() -> Callable[[], None]:
    """Read the whole chain each night; the audit desk shows what was found."""
    verdict = verifying.read_chain(anchors.kept())
    return lambda: record(rule("audit"), "audit.verify", lines=verdict.count, breaks=len(verdict.breaks))
