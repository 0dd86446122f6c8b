"""What is made of results in the background: asked for, told as it goes on, found again after a crash.

Both kinds go on where the run's folder stands: the main job knows its stages.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import monotonic

from django.db import transaction

from suqiu.domain.errors import Conflict, SuqiuError
from suqiu.domain.text import Language, Text
from suqiu.web.accounts.models import User
from suqiu.web.jobs.models import State
from suqiu.web.jobs.work import later, progress, standing
from suqiu.web.results.models import Making
from suqiu.web.site import site

Tell = Callable[[Text, float | None], None]
Done = Callable[[], None]
#: The job of each kind.
JOBS = {"refresh": "results.refresh", "report": "results.report"}
#: Progress is written down no more often: it is read once in a few seconds.
_TOLD_SECONDS = 1.0
_DEAD = Text("多次中断，未能完成；请联系系统管理员", "it was cut off again and again: ask the administrator")


def ask(
    kind: str, by: User | None, *, language: Language = "zh", first: date | None = None, last: date | None = None
) -> Making:
    """Write down that something is to be made, and have it begun.

    Raises:
        Conflict: the same is under way.
    """
    with transaction.atomic():
        same = Making.objects.filter(kind=kind, state__in=("waiting", "running"), first=first, last=last)
        if kind == "report":
            same = same.filter(language=language)
        if any(not state_of(one).problem for one in same):
            raise Conflict(
                "results.under_way",
                Text("相同的任务正在进行", "the same is already being made"),
                Text("请等待其完成", "wait for it to finish"),
            )
        now = site().now()
        making = Making.objects.create(
            code=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}", kind=kind, by=by, language=language,
            first=first, last=last, asked_at=now,
        )  # fmt: skip
        later(JOBS[kind], key=making.code, code=making.code)
    return making


@dataclass(frozen=True, slots=True)
class Standing:
    """How a making goes, for its page 进展.

    Attributes:
        making: which.
        open: it waits or runs.
        stage: what is being done.
        share: of the stage, 0 to 1; None where unknown.
        problem: why it failed; None when it did not.
    """

    making: Making
    open: bool
    stage: Text
    share: float | None
    problem: Text | None


def state_of(making: Making) -> Standing:
    """Return how a making goes; work that its worker gave up has failed."""
    problem = Text(making.problem_zh, making.problem_en) if making.state == "failed" else None
    if making.is_open:
        job = standing(JOBS[making.kind], making.code)
        if job is None or job.state is State.DEAD:
            problem = _DEAD
    stage = Text(making.stage_zh or "等待开始", making.stage_en or "waiting")
    return Standing(making, making.is_open and problem is None, stage, making.share, problem)


def newest(kind: str) -> Standing | None:
    """Return how the newest making of a kind goes."""
    making = Making.objects.filter(kind=kind).first()
    return state_of(making) if making else None


def carry_out(code: str, work: Callable[[Making, Tell], Done]) -> Done | None:
    """Do a making's work; return what is to be written when it is done, also where it was refused."""
    making = Making.objects.filter(code=code, state__in=("waiting", "running")).first()
    if making is None:
        return None
    making.state = "running"
    making.save(update_fields=("state",))
    try:
        done = work(making, _teller(making))
    except SuqiuError as error:
        problem = error.message
        return lambda: _end(making, problem)

    def write() -> None:
        done()
        _end(making, None)

    return write


def _teller(making: Making) -> Tell:
    last = [0.0]

    def tell(stage: Text, share: float | None) -> None:
        progress(share or 0.0)
        if stage.zh == making.stage_zh and monotonic() - last[0] < _TOLD_SECONDS:
            return
        last[0] = monotonic()
        making.stage_zh, making.stage_en, making.share = stage.zh[:60], stage.en[:60], share
        making.save(update_fields=("stage_zh", "stage_en", "share"))

    return tell


def _end(making: Making, problem: Text | None) -> None:
    making.state = "failed" if problem else "done"
    making.ended_at = site().now()
    making.problem_zh, making.problem_en = (problem.zh[:300], problem.en[:300]) if problem else ("", "")
    making.save(update_fields=("state", "ended_at", "problem_zh", "problem_en"))
