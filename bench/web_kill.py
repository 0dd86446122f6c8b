"""Kill what serves a site at random moments while people work, and see that nothing was lost, and nothing done twice.

`python -m bench.web_kill [--kills 30] [--database sqlite|postgresql]`. People take down calls by the agent desk's own
form and send again what was not answered, as a browser does; background work is written down all the while. `kill -9`
falls on the server's watching process, on a process that answers, on the background worker, and on PostgreSQL as a
whole; what a service manager would begin again is begun again, nothing else is mended. In the end every call that was
acknowledged is there once, every piece of background work left its line once, every order stands as its steps say, and
the audit's chain is whole.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from bench import served
from tests.web.postgres import Server, server

_TEXTS = ("路灯不亮，晚上出行不便，请尽快维修。", "小区门口垃圾三天没有清运，气味很大。", "公交站台积水，无法候车。")
_TYPES = ("complaint", "help", "suggest")
#: The watching process, a process that answers, the background worker, all of PostgreSQL.
VICTIMS = ("server", "answering", "worker", "database")
#: Seconds of work between two kills, at least and at most.
_BETWEEN = (0.1, 2.0)
#: The site works again when so many more calls were acknowledged.
_AGAIN = 3
#: Seconds without any progress after which something is taken to be lost.
_SETTLE = 90


@dataclass
class Heard:
    """What the people were told, kept by all threads.

    Attributes:
        calls: code of each call that was acknowledged → the contact's number.
        jobs: pieces of background work that were written down for sure.
        again: requests that were sent again.
    """

    calls: dict[str, str] = field(default_factory=dict)
    jobs: set[int] = field(default_factory=set)
    again: int = 0
    over: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Outcome:
    """How it ended.

    Attributes:
        kills: how often, by victim.
        calls, jobs, again: see `Heard`.
        problems: what is wrong; nothing when all is well.
        longest: seconds until calls were acknowledged again, at most.
    """

    kills: dict[str, int]
    calls: int
    jobs: int
    again: int
    problems: list[str]
    longest: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Kill, look, print; leave with 1 when something is wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=30)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--people", type=int, default=6)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args(arguments)
    chance = random.Random(given.seed)
    possible = VICTIMS if given.database == "postgresql" else VICTIMS[:-1]
    victims = [chance.choice(possible) for _ in range(given.kills)]
    outcome = run(victims, given.database, given.people, given.seed)
    print(f"{given.database}: kills {sum(outcome.kills.values())} {outcome.kills}")
    print(f"calls acknowledged {outcome.calls}, requests sent again {outcome.again}, background work {outcome.jobs}")
    print(f"longest time until calls were acknowledged again after a kill {outcome.longest:.1f} s")
    for problem in outcome.problems:
        print(f"WRONG {problem}")
    print("nothing lost, nothing twice, the audit's chain is whole" if not outcome.problems else "NOT RIGHT")
    raise SystemExit(1 if outcome.problems else 0)


def run(victims: Sequence[str], database: str = "sqlite", people: int = 6, seed: int = 7) -> Outcome:
    """Serve a new site, kill one after the other, each once calls are acknowledged again, and judge.

    Args:
        victims: of `VICTIMS`.
        database: `sqlite` or `postgresql`.
        people: how many take calls at the same time.
        seed: of the moments.
    """
    chance = random.Random(seed)
    with ExitStack() as held:
        keeper = held.enter_context(server(safe=True)) if database == "postgresql" else None
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="suqiu-kill-")))
        served.make(folder, keeper.address if keeper else None)
        cookies = served.cookies_of(served.people("agent", people))
        platform = served.Platform(folder, worker=False)
        held.callback(platform.stop)
        working = Working(folder)
        held.callback(working.stop)
        platform.start()
        working.start()
        heard = Heard()
        threads = [
            threading.Thread(target=take_calls, args=(platform.address, one, heard, n))
            for n, one in enumerate(cookies.values())
        ]
        threads.append(threading.Thread(target=write_work, args=(heard,)))
        for thread in threads:
            thread.start()
        fallen, longest = Counter[str](), 0.0
        try:
            _await_calls(heard)
            for victim in victims:
                time.sleep(chance.uniform(*_BETWEEN))
                _kill(victim, platform, working, keeper, chance)
                longest = max(longest, _await_calls(heard))
                fallen[victim] += 1
        finally:
            heard.over.set()
            for thread in threads:
                thread.join()
        problems = _settled(heard) + _judged(heard)
    return Outcome(dict(fallen), len(heard.calls), len(heard.jobs), heard.again, problems, longest)


def take_calls(address: str, cookies: dict[str, str], heard: Heard, place: int) -> None:
    """Take down one call after the other; what is not answered is sent again, with the same code."""
    chance, made = random.Random(place), 0
    client = httpx2.Client(base_url=address, timeout=30, cookies=cookies)
    while not heard.over.is_set():
        made += 1
        code = f"kill{place:02d}-{made:06d}"
        form = {
            "csrfmiddlewaretoken": cookies["csrftoken"],
            "name": "测试", "phone": f"1390000{place:02d}{made % 100:02d}", "language": "zh",
            "d0-text": chance.choice(_TEXTS), "d0-title": f"来电{code}", "d0-type": chance.choice(_TYPES),
            "d0-urgency": "normal", "d0-way": "send", "d0-department": "D02" if made % 2 else "",
        }  # fmt: skip
        for _ in range(600):
            try:
                answer = client.post(f"/agent/call/{code}/submit/", data=form, headers={"Referer": address})
            except httpx2.HTTPError:
                client.close()
                client = httpx2.Client(base_url=address, timeout=30, cookies=cookies)
                answer = None
            if answer is not None and answer.status_code == 302:
                heard.calls[code] = answer.headers["Location"].rstrip("/").rpartition("/")[2]
                break
            if answer is not None and answer.status_code < 500:
                raise RuntimeError(f"{answer.status_code}: {answer.text[:2000]}")
            heard.again += 1
            if heard.over.is_set():
                break
            time.sleep(0.2)
    client.close()


def write_work(heard: Heard) -> None:
    """Write down background work, a piece at a time; what was refused counts for nothing."""
    from django.db import DatabaseError, InterfaceError, connection

    from suqiu.web.jobs.work import later

    declare()
    for number in range(1_000_000):
        if heard.over.is_set():
            break
        try:
            later("bench.mark", number=number)
            heard.jobs.add(number)
        except (DatabaseError, InterfaceError):
            connection.close()  # whether it was written nobody knows
        time.sleep(0.05)
    connection.close()


def declare() -> None:
    """Register the work that leaves one line in the audit each time it is done."""
    from suqiu.web.accounts.actor import rule
    from suqiu.web.audit import chain
    from suqiu.web.jobs.work import KINDS, job

    if "bench.mark" not in KINDS:

        @job("bench.mark")
        def mark(number: int) -> None:
            chain.record(rule("bench"), "bench.mark", f"job:{number}")
            time.sleep(0.005)  # long enough to be hit


class Working:
    """A background worker in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._process = folder, None

    _process: subprocess.Popen[bytes] | None

    def start(self) -> None:
        """Begin it."""
        with (self._folder / "worker.log").open("ab") as log:
            self._process = subprocess.Popen([sys.executable, "-m", "bench.web_kill", "work"], stdout=log, stderr=log)

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(60)


def work() -> None:
    """Be the worker."""
    from suqiu.web import opening

    opening.opened()
    from suqiu.web.jobs.worker import Worker

    declare()
    one = Worker()
    signal.signal(signal.SIGTERM, lambda *_: one.stop.set())
    one.run()


def _kill(
    victim: str, platform: served.Platform, working: Working, keeper: Server | None, chance: random.Random
) -> None:
    """Kill one thing and begin again what a service manager would."""
    if victim == "worker":
        working.kill()
        working.start()
    elif victim == "database" and keeper is not None:
        keeper.kill()
        keeper.start()
    elif victim == "server":
        platform.main.kill()
        platform.start()
    else:  # the watching process begins another by itself
        chance.choice(platform.answering() or [platform.main]).kill()


def _await_calls(heard: Heard) -> float:
    """Wait until calls are acknowledged; return how long that took."""
    began, before = time.monotonic(), len(heard.calls)
    while len(heard.calls) < before + _AGAIN:
        if time.monotonic() - began > _SETTLE:
            raise RuntimeError("the site does not work again")
        time.sleep(0.05)
    return time.monotonic() - began


def _settled(heard: Heard) -> list[str]:
    """Wait until the background work is done; return what is left."""
    from django.db import close_old_connections

    from suqiu.web.jobs.models import Job

    moved, before = time.monotonic(), 0
    while time.monotonic() < moved + _SETTLE:
        close_old_connections()
        left = Job.objects.filter(name__in=("bench.mark", "orders.announce")).count()
        if not left:
            return []
        if left != before:
            moved, before = time.monotonic(), left
        time.sleep(0.5)
    return [f"{Job.objects.count()} pieces of background work are left: {list(Job.objects.values()[:3])}"]


def _judged(heard: Heard) -> list[str]:
    """Compare what is there with what was told."""
    from suqiu.web.audit import chain
    from suqiu.web.audit.models import Entry
    from suqiu.web.orders.models import Order, Step

    checks: list[tuple[str, Callable[[], object]]] = []
    there = {order.title.removeprefix("来电"): order.number for order in Order.objects.all()}
    counts = Counter(Order.objects.values_list("title", flat=True))
    marks = Counter(Entry.objects.filter(deed="bench.mark").values_list("subject", flat=True))
    asked = {f"job:{number}" for number in heard.jobs}
    checks += [
        ("calls acknowledged and not there", lambda: [code for code in heard.calls if code not in there][:5]),
        ("calls taken down twice", lambda: [title for title, count in counts.items() if count > 1][:5]),
        ("background work not done", lambda: sorted(asked - set(marks))[:5]),
        ("background work done twice", lambda: [name for name, count in marks.items() if count > 1][:5]),
        ("orders that do not stand as their steps say", lambda: _adrift(Order, Step)),
        ("breaks of the audit's chain", lambda: list(chain.verify())[:5]),
        ("no call was acknowledged", lambda: not heard.calls),
        ("no background work was written down", lambda: not heard.jobs),
    ]
    return [f"{what}: {found}" for what, check in checks if (found := check())]


def _adrift(orders: type, steps: type) -> list[str]:
    """Return orders whose version is not the count of their steps."""
    from django.db.models import Count, F

    found = orders.objects.annotate(n=Count("steps")).exclude(n=F("version"))  # type: ignore[attr-defined]
    return list(found.values_list("number", flat=True)[:5])


if __name__ == "__main__":
    if sys.argv[1:] == ["work"]:
        work()
    else:
        main()
