"""How fast the desks answer while a whole shift works: on the machine that also makes the load.

`python -m bench.web_load [--database postgresql] [--agents 200] [--orders 1000000] [--result out/demo/result]`. The
orders of a finished run are taken in, then copied until there are as many as asked for. An agent takes 100 calls in a
shift of eight hours: opens the form, asks who calls, lets the text be read nine times while typing, has the draft kept
three times, submits, sees what became of it, and after the call looks into an order or a queue. Half of the calls are
dispatched at once. `--pace 2` takes twice as many calls. Printed are the times of each kind of request and the requests
a second; it leaves with 1 when a target is missed or anything fails.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from bench import served
from tests.web.postgres import server

#: Seconds of one call with what follows it: 100 in eight hours.
_CALL_SECONDS = 8 * 3600 / 100
_READINGS, _DRAFTS = 9, 3
#: Share of a call, and of what follows it, in which the agent types.
_TYPING = 0.6
#: Milliseconds that 95 of 100 answers must keep to, by kind.
TARGETS = {"live reading": 150.0}
_PAGES = 300.0


@dataclass
class Measured:
    """What was measured.

    Attributes:
        seconds: of each answer, by kind.
        failures: what failed, in words.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare, load, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    options.add_argument("--agents", type=int, default=200)
    options.add_argument("--orders", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=180)
    options.add_argument("--pace", type=float, default=1.0)
    options.add_argument("--processes", type=int, default=0)
    options.add_argument("--result", type=Path, default=Path("out/demo/result"))
    given = options.parse_args(arguments)
    with prepared(given.database, given.result, given.orders) as folder:
        cookies = served.cookies_of(served.people("agent", given.agents))
        texts, numbers = sample()
        platform = served.Platform(folder, processes=given.processes)
        print(f"served after {platform.start():.1f} s", flush=True)
        try:
            measured = Measured()
            shift = Shift(platform.address, texts, numbers, given.pace, given.seconds)
            asyncio.run(shift.work(list(cookies.values()), measured))
            print(f"memory of the server {platform.memory_mb():,.0f} MB")
        finally:
            platform.stop()
    missed = tell(measured, given.seconds)
    raise SystemExit(1 if missed or measured.failures else 0)


@contextmanager
def prepared(database: str, result: Path, orders: int) -> Iterator[Path]:
    """Give the folder of a site with so many orders; it is gone afterwards."""
    from django.db import connection

    with ExitStack() as held:
        keeper = held.enter_context(server(safe=False)) if database == "postgresql" else None
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="suqiu-load-")))
        served.make(folder, keeper.address if keeper else None)
        from suqiu.web import opening
        from suqiu.web.orders import loading
        from suqiu.web.orders.models import Order

        began = time.perf_counter()
        loading.load(result / "lake")
        print(f"took in {Order.objects.count():,} orders in {time.perf_counter() - began:.0f} s", flush=True)
        began = time.perf_counter()
        multiply(orders)
        opening.measure()
        print(f"{Order.objects.count():,} orders after {time.perf_counter() - began:.0f} s more", flush=True)
        connection.close()
        if keeper is not None:  # what is measured waits for the disk
            opening.let_go()
            keeper.stop()
            keeper.safe = True
            keeper.start()
        yield folder


def multiply(orders: int) -> None:
    """Copy orders with their contacts, steps and units, each time as many as there are, some weeks earlier."""
    from django.db import connection, transaction
    from django.db.models import DateTimeField

    from suqiu.web.orders.models import Contact, Order, Step, Unit

    earlier = "INTERVAL '30 days'" if connection.vendor == "postgresql" else "'-30 days'"
    times = {
        field.column
        for model in (Contact, Order, Step)
        for field in model._meta.fields
        if isinstance(field, DateTimeField)
    }
    while (there := Order.objects.count()) < orders:
        most = min(orders - there, there)
        last = {model: model.objects.order_by("-pk").values_list("pk", flat=True)[0] for model in (Contact, Order)}
        shift: dict[Any, int] = dict(last)
        until = Order.objects.order_by("pk").values_list("pk", flat=True)[most - 1]
        with transaction.atomic(), connection.cursor() as cursor:
            for model, owner in ((Contact, None), (Order, None), (Step, "order_id"), (Unit, "order_id")):
                names, values = [], []
                for column in (field.column for field in model._meta.fields):
                    value = f'"{column}"'
                    if column == "id":
                        if model not in shift:
                            continue
                        value = f"id + {shift[model]}"
                    elif column == "number":
                        value = f"'LJ-' || (id + {shift[model]})"
                    elif column == "key":
                        value = "NULL"
                    elif column in {"order_id", "parent_id", "merged_into_id"}:
                        value = f'"{column}" + {shift[Order]}' if column == "order_id" else "NULL"
                    elif column == "contact_id":
                        value = f"contact_id + {shift[Contact]}"
                    elif column in times:
                        value = (
                            f'"{column}" - {earlier}'
                            if connection.vendor == "postgresql"
                            else f'datetime("{column}", {earlier})'
                        )
                    names.append(f'"{column}"')
                    values.append(value)
                table = model._meta.db_table
                which = {
                    Order: f"id <= {until}",
                    Contact: f"id IN (SELECT contact_id FROM orders_order WHERE id <= {until})",
                }
                where = f'"{owner}" <= {until}' if owner else which[model]
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} WHERE {where}"
                )
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                for model in (Contact, Order):
                    table = model._meta.db_table
                    cursor.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                    )


def sample() -> tuple[list[str], list[str]]:
    """Return texts that callers say, and numbers of orders that are looked into."""
    from suqiu.web.orders.models import Order

    newest = list(Order.objects.order_by("-pk")[:400].values_list("text", "number"))
    return [text for text, _ in newest if len(text) > 20], [number for _, number in newest]


class Shift:
    """Agents at work for a while."""

    def __init__(self, address: str, texts: Sequence[str], numbers: Sequence[str], pace: float, seconds: float) -> None:
        self._address, self._texts, self._numbers = address, texts, numbers
        self._call_seconds, self._seconds = _CALL_SECONDS / pace, seconds

    async def work(self, people: Sequence[dict[str, str]], measured: Measured) -> None:
        """Let everybody work until the time is over; the first half minute is not measured."""
        self._until = time.monotonic() + 30 + self._seconds
        self._from = time.monotonic() + 30
        await asyncio.gather(*(self._agent(n, cookies, measured) for n, cookies in enumerate(people)))

    async def _agent(self, place: int, cookies: dict[str, str], measured: Measured) -> None:
        chance = random.Random(place)
        headers = {"X-CSRFToken": cookies["csrftoken"], "Referer": self._address}
        async with httpx2.AsyncClient(base_url=self._address, cookies=cookies, headers=headers, timeout=30) as client:
            one = _Agent(client, chance, measured, self._from)
            into = chance.random()  # at the beginning everybody is somewhere in a call, or between two
            await asyncio.sleep(chance.random() * self._call_seconds / _READINGS)
            while time.monotonic() < self._until:
                began = time.monotonic() - into * self._call_seconds
                await one.take_call(chance.choice(self._texts), self._call_seconds, self._until, into)
                into = 0.0
                if chance.random() < 0.5:
                    await one.get("order page", f"/orders/{chance.choice(self._numbers)}/")
                else:
                    await one.get("queue", "/orders/")
                left = began + chance.uniform(0.7, 1.3) * self._call_seconds - time.monotonic()
                await asyncio.sleep(max(0.0, min(left, self._until - time.monotonic())))


class _Agent:
    """One agent's browser."""

    def __init__(self, client: httpx2.AsyncClient, chance: random.Random, measured: Measured, since: float) -> None:
        self._client, self._chance, self._measured, self._since = client, chance, measured, since

    async def take_call(self, text: str, seconds: float, until: float, into: float) -> None:
        """Take one call down, as the form does it; `into` is the share of it that lies behind."""
        code = secrets.token_urlsafe(12)
        await self.get("call form", f"/agent/call/{code}/")
        phone = f"1390000{self._chance.randrange(10_000):04d}"
        await self.post("who calls", "/agent/caller/", {"phone": phone})
        pause = _TYPING * seconds / _READINGS
        form = {"name": "测试", "phone": phone, "language": "zh", "d0-urgency": "normal", "d0-way": "send"}
        for step in range(1 + min(_READINGS, int(into / _TYPING * _READINGS)), _READINGS + 1):
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * pause)
            if time.monotonic() > until:
                return
            typed = form | {"n": "0", "d0-text": text[: max(10, len(text) * step // _READINGS)]}
            await self.post("live reading", "/agent/live/", typed)
            if step % (_READINGS // _DRAFTS) == 0:
                await self.post("draft", f"/agent/call/{code}/draft/", typed)
        whole = form | {"d0-text": text, "d0-title": text[:30], "d0-type": "help", "d0-acknowledged": "1"}
        if self._chance.random() < 0.5:
            whole["d0-department"] = self._chance.choice(("D01", "D02", "D03"))
        answer = await self.post("submit", f"/agent/call/{code}/submit/", whole, expected=302)
        if answer is not None:
            await self.get("what became of it", answer.headers["Location"])

    async def get(self, kind: str, path: str) -> httpx2.Response | None:
        """Open a page."""
        return await self._timed(kind, self._client.build_request("GET", path), 200)

    async def post(self, kind: str, path: str, data: dict[str, str], expected: int = 200) -> httpx2.Response | None:
        """Send a form."""
        return await self._timed(kind, self._client.build_request("POST", path, data=data), expected)

    async def _timed(self, kind: str, request: httpx2.Request, expected: int) -> httpx2.Response | None:
        began = time.monotonic()
        try:
            answer = await self._client.send(request)
        except httpx2.HTTPError as error:
            self._measured.failures.append(f"{kind}: {type(error).__name__}")
            return None
        if answer.status_code != expected:
            self._measured.failures.append(f"{kind}: {answer.status_code}")
            return None
        if began > self._since:
            self._measured.seconds.setdefault(kind, []).append(time.monotonic() - began)
        return answer


def tell(measured: Measured, seconds: float) -> list[str]:
    """Print the times of each kind; return the kinds that missed their target."""
    missed = []
    print(f"{'':20}{'count':>7}{'p50':>7}{'p95':>7}{'p99':>7}{'max':>7} ms  target")
    for kind, times in sorted(measured.seconds.items()):
        marks = (
            [1000 * mark for mark in statistics.quantiles(times, n=100)] if len(times) > 1 else [1000 * times[0]] * 99
        )
        target = TARGETS.get(kind, _PAGES)
        print(
            f"{kind:20}{len(times):7}{marks[49]:7.0f}{marks[94]:7.0f}{marks[98]:7.0f}{1000 * max(times):7.0f}"
            f"     {target:.0f}{'' if marks[94] < target else '  MISSED'}"
        )
        if marks[94] >= target:
            missed.append(kind)
    count = sum(map(len, measured.seconds.values()))
    print(
        f"{count / seconds:.1f} requests a second, {len(measured.failures)} failed {sorted(set(measured.failures))[:5]}"
    )
    return missed


if __name__ == "__main__":
    main()
