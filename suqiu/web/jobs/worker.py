"""The worker: takes up what is written down, one at a time in each lane, and comes round with the schedules.

Nothing is lost: work is taken up under a lease, and when its worker dies the lease ends and another takes it up.
Nothing is done twice: what short work writes and the note that it is done are one transaction, which also holds the
work's row; long work ends in such a transaction. Whoever lost the lease meanwhile finds the row changed and leaves.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from django.db.models import QuerySet
from django.db.utils import InterfaceError

from suqiu.domain.errors import Conflict, SuqiuError, Unavailable
from suqiu.web.jobs.models import Job, Schedule, State
from suqiu.web.jobs.work import KINDS, Kind, Run, Stopping, later, present
from suqiu.web.site import site

_LOG = logging.getLogger("suqiu.web.jobs")

Row = TypeVar("Row", Job, Schedule)

#: Seconds between two looks where there is nothing to do.
_LOOK = 0.5
#: Seconds of a lease. Short work is safe however short it is: its row is locked while it runs.
_LEASE = {False: 5, True: 30}
#: Seconds between two renewals of the lease of long work.
_BEAT = 3.0
#: Begun so often without an end, it is given up and shown to the administrator.
ATTEMPTS = 8
#: Seconds until the next attempt, by how many there were.
_PAUSES = (5, 30, 120, 600, 1_800, 3_600, 10_800)
#: Seconds that long work has to heed `progress` when the worker ends.
_GRACE = 20.0


class Worker:
    """One process that does background work: a lane for short work and a lane for long work 后台工作进程.

    Attributes:
        name: told apart from all others, also after a restart.
        stop: set it to end in order.
    """

    def __init__(self) -> None:
        self.name = secrets.token_hex(8)
        self.stop = threading.Event()
        self._long: tuple[Job, Run] | None = None

    def run(self) -> None:
        """Work until `stop` is set; then finish what is short, and put back what is long."""
        enrol()
        lanes = [threading.Thread(target=self._lane, args=(long,), daemon=True) for long in (False, True)]
        for lane in lanes:
            lane.start()
        self.stop.wait()
        if self._long is not None:
            self._long[1].stopping = True
        until = time.monotonic() + _GRACE
        for lane in lanes:
            lane.join(max(0.0, until - time.monotonic()))
        if self._long is not None:  # it did not heed: this process ends, and with it what it was doing
            _put_back(self._long[0])
        connections.close_all()

    def once(self) -> int:
        """Do all that is due now and return how much that was: for tests and for `suqiu worker --once`."""
        enrol()
        come_round()
        done = 0
        while self._take(long=False) or self._take(long=True):
            done += 1
        return done

    def _lane(self, long: bool) -> None:
        pause = _LOOK
        while not self.stop.is_set():
            try:
                if not long:
                    come_round()
                busy = self._take(long)
                pause = _LOOK
            except (DatabaseError, InterfaceError) as error:
                # The database is away or busy: wait for it, longer each time, and look again.
                _LOG.warning("background work waits for the database: %s", type(error).__name__)
                _forget_connections()
                busy, pause = False, min(pause * 2, 15.0)
            close_old_connections()
            if not busy:
                self.stop.wait(pause)
        connections.close_all()

    def _take(self, long: bool) -> bool:
        """Take up the next piece of work of a lane and do it; say whether there was one."""
        if not _open(long, site().now()).exists():  # reading only: a look locks nothing
            return False
        now = site().now()
        with undurable(), transaction.atomic():
            one = _locked(_open(long, now).order_by("at", "id")).first()
            if one is None:
                return True  # another was quicker
            if one.attempts >= ATTEMPTS:
                _bury(one, "worker.died", now)
                return True
            one.state, one.worker, one.attempts = State.RUNNING, self.name, one.attempts + 1
            one.at = now + timedelta(seconds=_LEASE[long])
            one.save(update_fields=("state", "worker", "attempts", "at"))
        kind = KINDS.get(one.name)
        if kind is None:
            _fail(one, "jobs.unknown", final=False)
            return True
        try:
            if long:
                self._do_long(one, kind)
            else:
                _do_short(one, kind)
        except Stopping:
            _put_back(one)
        except SuqiuError as error:
            _LOG.warning("background work %s %s was refused: %s", one.name, one.pk, error.code)
            _fail(one, error.code, final=not isinstance(error, Unavailable | Conflict))
        except Exception as error:
            _LOG.error("background work %s %s failed: %s", one.name, one.pk, _place(error))
            if connection.connection is not None and not connection.is_usable():
                _forget_connections()
            _fail(one, _place(error), final=False)
        return True

    def _do_long(self, one: Job, kind: Kind) -> None:
        run, over = Run(), threading.Event()
        self._long = (one, run)
        beat = threading.Thread(target=_keep, args=(one, run, over), daemon=True)
        beat.start()
        token = present.set(run)
        try:
            ending = kind.function(**one.arguments)
        finally:
            present.reset(token)
            self._long = None
            over.set()
            beat.join()
        close_old_connections()
        with transaction.atomic():
            held = _held(one)
            if held is None:
                _LOG.warning("background work %s %s was taken up by another worker", one.name, one.pk)
                return
            if ending is not None:
                ending()
            held.state, held.share, held.error, held.finished_at = State.DONE, 1.0, "", site().now()
            held.save(update_fields=("state", "share", "error", "finished_at"))


def enrol() -> None:
    """Write down the schedules of this version of the software; what was known keeps its next time."""
    now = site().now()
    known = dict(Schedule.objects.values_list("name", "minutes"))
    for kind in KINDS.values():
        if kind.minutes is not None and known.get(kind.name) != kind.minutes:
            line = Schedule(name=kind.name, minutes=kind.minutes, next_at=next_time(now, kind.minutes))
            Schedule.objects.bulk_create(
                [line], update_conflicts=True, unique_fields=["name"], update_fields=["minutes", "next_at"]
            )


def come_round() -> None:
    """Write down the work of every schedule that is due, and its next time, as one."""
    now = site().now()
    due = Schedule.objects.filter(next_at__lte=now, name__in=[kind.name for kind in KINDS.values() if kind.minutes])
    for name in due.values_list("name", flat=True):
        with transaction.atomic():
            line = _locked(due.filter(name=name)).first()
            if line is not None:
                line.next_at = next_time(now, line.minutes)
                line.save(update_fields=("next_at",))
                later(name, key="schedule")


def next_time(now: datetime, minutes: int) -> datetime:
    """Return the first moment after now of those that lie so many minutes apart, counted from midnight."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    step = timedelta(minutes=minutes)
    return midnight + step * ((now - midnight) // step + 1)


@contextmanager
def undurable() -> Iterator[None]:
    """Let commits not wait for the disk: a lease that a power cut takes back is work that waits again."""
    on, off = ("FULL", "NORMAL") if connection.vendor == "sqlite" else ("DEFAULT", "OFF")
    name = "PRAGMA synchronous = {}" if connection.vendor == "sqlite" else "SET synchronous_commit TO {}"
    if connection.in_atomic_block:  # tests do all in one transaction
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(name.format(off))
    try:
        yield
    finally:
        if connection.connection is not None:  # a new one begins as it should
            with connection.cursor() as cursor:
                cursor.execute(name.format(on))


def _open(long: bool, now: datetime) -> QuerySet[Job]:
    return Job.objects.filter(long=long, state__in=(State.WAITING, State.RUNNING), at__lte=now)


def _locked(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Lock rows until the transaction ends, leaving those that another has; SQLite locks all in `atomic` itself."""
    return rows.select_for_update(skip_locked=True) if connection.features.has_select_for_update else rows


def _held(one: Job) -> Job | None:
    """Return the row of a piece of work, locked, if it is still this worker's and this attempt's."""
    mine = Job.objects.filter(pk=one.pk, worker=one.worker, attempts=one.attempts, state=State.RUNNING)
    return _locked(mine).first()


def _do_short(one: Job, kind: Kind) -> None:
    with transaction.atomic():
        held = _held(one)
        if held is not None:
            kind.function(**one.arguments)
            held.delete()


def _keep(one: Job, run: Run, over: threading.Event) -> None:
    """Renew the lease of long work, and pass on how far it is, until it is over."""
    mine = Job.objects.filter(pk=one.pk, worker=one.worker, attempts=one.attempts, state=State.RUNNING)
    while not over.wait(_BEAT):
        try:
            until = site().now() + timedelta(seconds=_LEASE[True])
            if not mine.update(at=until, share=run.share):
                run.stopping = True  # another has it: what is done here would not be written
        except (DatabaseError, InterfaceError):
            _forget_connections()
    connections.close_all()


def _put_back(one: Job) -> None:
    with transaction.atomic():
        held = _held(one)
        if held is not None:
            held.attempts -= 1
            _wait_again(held, site().now(), "")


def _fail(one: Job, error: str, final: bool) -> None:
    with transaction.atomic():
        held = _held(one)
        if held is None:
            return
        now = site().now()
        if final or held.attempts >= ATTEMPTS:
            _bury(held, error, now)
        else:
            _wait_again(held, now + timedelta(seconds=_PAUSES[min(held.attempts, len(_PAUSES)) - 1]), error)


def _wait_again(held: Job, at: datetime, error: str) -> None:
    """Put work back among what waits, unless the same was written down anew meanwhile."""
    if held.key and Job.objects.filter(name=held.name, key=held.key, state=State.WAITING).exists():
        held.delete()
        return
    held.state, held.worker, held.at, held.error = State.WAITING, "", at, error[:200]
    held.save(update_fields=("state", "worker", "at", "error", "attempts"))


def _bury(held: Job, error: str, now: datetime) -> None:
    held.state, held.error, held.finished_at = State.DEAD, error[:200], now
    held.save(update_fields=("state", "error", "finished_at"))


def _place(error: Exception) -> str:
    """Say what kind of fault it is and where it arose; not its message, which may name persons."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" at {last[0].filename.rpartition('/')[2]}:{last[0].lineno}" if last else ""
    return f"{type(error).__name__}{where}"


def _forget_connections() -> None:
    for one in connections.all(initialized_only=True):
        try:
            one.close()
        except (DatabaseError, InterfaceError):
            one.connection = None
