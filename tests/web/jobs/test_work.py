"""Background work is done once, after the commit that asks for it, whatever dies meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from suqiu.domain.errors import Defect, InvalidInput, NotFound, Unavailable
from suqiu.domain.text import Text
from suqiu.web.audit.models import Head
from suqiu.web.jobs import oversight, worker
from suqiu.web.jobs.models import Job, Schedule, State
from suqiu.web.jobs.work import KINDS, every, job, later, progress, standing
from suqiu.web.jobs.worker import ATTEMPTS, Worker
from suqiu.web.site import site

pytestmark = pytest.mark.django_db

HEARD: list[str] = []
FAULTS: list[Exception] = []


@job("test.note")
def note(word: str) -> None:
    """Remember a word, and write a line that shows what was kept."""
    HEARD.append(word)
    Schedule.objects.create(name=f"note {word}", minutes=1, next_at=site().now() + timedelta(days=9))
    if FAULTS:
        raise FAULTS.pop(0)


@job("test.long", long=True)
def long_work(word: str) -> Callable[[], None]:
    """Work for a while, and write at the end."""
    HEARD.append(word)
    progress(0.5)
    if FAULTS:
        raise FAULTS.pop(0)
    return lambda: note(f"end of {word}")


@every("test.round", 15)
def come_round() -> None:
    """Remember that the time has come."""
    HEARD.append("round")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    HEARD.clear()
    FAULTS.clear()
    yield
    FAULTS.clear()


def kept() -> set[str]:
    return {name.removeprefix("note ") for name in Schedule.objects.values_list("name", flat=True) if "note" in name}


def work_all() -> int:
    """Do what is due, as one worker."""
    return Worker().once()


@contextmanager
def taken_by_another(one: Job) -> Iterator[None]:
    """Be another worker, who took work up and then died."""
    Job.objects.filter(pk=one.pk).update(state=State.RUNNING, worker="dead", attempts=1)
    yield


def make_due() -> None:
    Job.objects.update(at=site().now() - timedelta(seconds=1))


def refused() -> InvalidInput:
    return InvalidInput("test.refused", Text("不可", "no"), Text("罢", "leave it"))


def test_work_is_done_once_and_then_forgotten() -> None:
    later("test.note", word="one")
    assert HEARD == []
    work_all()
    work_all()
    assert HEARD == ["one"]
    assert not Job.objects.exists()


def test_work_of_a_transaction_that_fails_is_never_done() -> None:
    @transaction.atomic
    def failing() -> None:
        later("test.note", word="lost")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    work_all()
    assert HEARD == []


def test_what_failing_work_wrote_is_undone_and_it_is_tried_again_later() -> None:
    FAULTS.append(ValueError("王小明13800000000"))
    later("test.note", word="two")
    work_all()
    assert kept() == set()
    one = Job.objects.get()
    assert one.state == State.WAITING
    assert one.at > site().now()
    assert one.error.startswith("ValueError at test_work.py:")
    assert "138" not in one.error  # a message may name persons
    make_due()
    work_all()
    assert HEARD == ["two", "two"]
    assert kept() == {"two"}


def test_each_further_attempt_waits_longer_until_it_is_given_up_and_shown() -> None:
    FAULTS.extend(Unavailable("test.away", Text("不通", "away"), Text("等", "wait")) for _ in range(ATTEMPTS))
    later("test.note", word="three")
    pauses = []
    for _ in range(ATTEMPTS):
        make_due()
        work_all()
        pauses.append((Job.objects.get().at - site().now()).total_seconds())
    assert all(a < b for a, b in pairwise(pauses[:-1]))
    dead = oversight.dead().get()
    assert (dead.attempts, dead.error) == (ATTEMPTS, "test.away")
    oversight.again(dead.pk)
    work_all()
    assert kept() == {"three"}
    assert not oversight.dead().exists()


def test_what_is_refused_is_not_tried_again() -> None:
    FAULTS.append(refused())
    later("test.note", word="bad")
    work_all()
    dead = oversight.dead().get()
    assert (dead.attempts, dead.error) == (1, "test.refused")
    oversight.drop(dead.pk)
    with pytest.raises(NotFound):
        oversight.drop(dead.pk)


def test_work_with_a_key_that_still_waits_is_not_written_down_twice() -> None:
    for word in ("first", "second"):
        later("test.note", key="k", word=word)
    later("test.note", key="other", word="third")
    work_all()
    assert sorted(HEARD) == ["first", "third"]


def test_work_may_be_asked_for_anew_while_it_runs() -> None:
    later("test.note", key="k", word="running")
    with taken_by_another(Job.objects.get()):
        later("test.note", key="k", word="after")
    assert Job.objects.count() == 2


def test_work_put_off_is_not_done_before_its_time() -> None:
    later("test.note", at=site().now() + timedelta(hours=1), word="evening")
    assert work_all() == 0
    make_due()
    assert work_all() == 1


def test_work_of_a_worker_that_died_is_taken_up_when_its_lease_has_ended() -> None:
    later("test.note", word="orphan")
    with taken_by_another(Job.objects.get()):
        Job.objects.update(at=site().now() + timedelta(seconds=4))
        assert work_all() == 0
        make_due()
        assert work_all() == 1
    assert kept() == {"orphan"}


def test_work_that_kills_its_workers_is_given_up() -> None:
    later("test.note", word="deadly")
    Job.objects.update(state=State.RUNNING, worker="dead", attempts=ATTEMPTS)
    make_due()
    work_all()
    assert HEARD == []
    assert oversight.dead().get().error == "worker.died"


def test_a_worker_that_lost_its_lease_writes_nothing() -> None:
    later("test.long", word="slow")

    @job("test.robbed", long=True)
    def robbed() -> Callable[[], None]:
        Job.objects.filter(name="test.robbed").update(worker="another")
        return lambda: HEARD.append("written")

    later("test.robbed")
    work_all()
    assert "written" not in HEARD
    assert Job.objects.get(name="test.robbed").state == State.RUNNING


def test_long_work_says_how_far_it_is_and_stays_to_be_seen() -> None:
    later("test.long", key="report", word="long")
    before = standing("test.long", "report")
    assert before is not None
    assert (before.state, before.share) == (State.WAITING, 0.0)
    work_all()
    after = standing("test.long", "report")
    assert after is not None
    assert (after.state, after.share) == (State.DONE, 1.0)
    assert kept() == {"end of long"}
    assert standing("test.long", "none") is None


def test_long_work_that_fails_at_its_end_is_not_done() -> None:
    @job("test.half", long=True)
    def half() -> Callable[[], None]:
        def ending() -> None:
            note("half")
            raise ValueError

        return ending

    later("test.half")
    work_all()
    assert kept() == set()
    assert Job.objects.get().state == State.WAITING


def test_finished_long_work_is_forgotten_after_a_week() -> None:
    later("test.long", word="old")
    work_all()
    KINDS["jobs.tidy"].function()
    assert Job.objects.count() == 1
    Job.objects.update(finished_at=site().now() - timedelta(days=8))
    KINDS["jobs.tidy"].function()
    assert not Job.objects.exists()


def test_what_comes_round_is_done_once_each_time_and_made_up_for_once() -> None:
    work_all()
    assert HEARD == []
    Schedule.objects.filter(name="test.round").update(next_at=site().now() - timedelta(hours=5))
    work_all()
    work_all()
    assert HEARD == ["round"]
    assert Schedule.objects.get(name="test.round").next_at > site().now()


def test_a_schedule_keeps_its_next_time_when_a_worker_begins() -> None:
    worker.enrol()
    before = Schedule.objects.get(name="test.round").next_at
    worker.enrol()
    assert Schedule.objects.get(name="test.round").next_at == before


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), minutes=st.sampled_from((1, 5, 7, 60, 1440, 10_080))
)
def test_the_next_time_is_later_and_at_most_one_round_away(now: datetime, minutes: int) -> None:
    here = now.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    following = worker.next_time(here, minutes)
    assert timedelta(0) < following - here <= timedelta(minutes=minutes)
    assert worker.next_time(following, minutes) - following <= timedelta(minutes=minutes)


def test_work_that_nobody_registered_cannot_be_asked_for() -> None:
    with pytest.raises(Defect, match="no background work is called"):
        later("test.unknown")


def test_the_administrator_sees_what_is_open() -> None:
    later("test.note", word="a")
    later("test.note", at=site().now() + timedelta(hours=1), word="b")
    (line,) = oversight.backlog()
    assert (line.name, line.waiting, line.running) == ("test.note", 2, 0)
    assert line.oldest is not None


def test_the_size_of_tables_is_looked_at() -> None:
    Head.objects.get_or_create(pk=1)
    KINDS["database.measure"].function()
