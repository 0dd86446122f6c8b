"""How fast orders move: deeds reasoned about without a database, and calls and steps through one.

    python -m bench.flow              SQLite in a scratch site
    python -m bench.flow postgresql   a PostgreSQL of its own

Prints deeds a second of a hundred thousand random ones, each held against the rules, and milliseconds for each call
taken down and each step, with their medians and 95th percentiles.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_TIMES = 300
_WALKS, _DEEDS = 1_000, 100


def main(database: str | None) -> None:
    """Measure in a scratch site."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"SUQIU_SITE": folder, "DJANGO_SETTINGS_MODULE": "suqiu.web.settings"}
        if database:
            os.environ["SUQIU_DATABASE"] = database
        from suqiu.config import settings
        from suqiu.web.site import About, Site

        Site(Path(folder), settings()).save(About(city=str(_ROOT / "cities/linjiang"), demo=True))
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        if not database:
            _walk()
        _through("PostgreSQL" if database else "SQLite")


def _walk() -> None:
    from tests.web.orders.test_walks import check
    from tests.web.orders.walking import Walk

    began, taken = time.perf_counter(), 0
    for seed in range(_WALKS):
        for tried in Walk(seed).steps(_DEEDS):
            check(tried)
            taken += tried.taken is not None
    seconds = time.perf_counter() - began
    count = _WALKS * _DEEDS
    print(
        f"{count:,} random deeds, {taken:,} of them legal, all held: {seconds:.1f} s, {count / seconds:,.0f} a second"
    )


def _through(where: str) -> None:
    from suqiu.domain.order import StepKind
    from suqiu.web.orders.models import Order
    from tests.web import made

    numbers: list[Order] = []
    for role in ("agent", "dispatcher", "handler", "reviewer", "visitor"):
        made.somebody(role)
    _report(f"{where}: accept", lambda: numbers.append(made.accepted(name="张三", phone="13800001111")))
    waiting = iter(list(numbers))
    _report(f"{where}: act, dispatch", lambda: made.act(next(waiting), StepKind.DISPATCH, department="D01", version=1))
    handler, waiting = made.somebody("handler", "D01"), iter(list(numbers))
    _report(f"{where}: act, sign", lambda: made.act(next(waiting), StepKind.SIGN, handler, version=2))
    waiting = iter(list(numbers))
    text = "已到现场核实，两盏路灯已更换，联系人李四，电话13900002222。"
    _report(
        f"{where}: act, reply with a text that is sealed",
        lambda: made.act(next(waiting), StepKind.REPLY, handler, version=3, text=text, solved=False),
    )


def _report(what: str, deed: Callable[[], object]) -> None:
    times, cpu = [], time.process_time()
    for _ in range(_TIMES):
        began = time.perf_counter()
        deed()
        times.append((time.perf_counter() - began) * 1000)
    cpu = (time.process_time() - cpu) / _TIMES * 1000
    times.sort()
    late = times[int(len(times) * 0.95)]
    print(f"{what}: median {statistics.median(times):.1f} ms, 95 % within {late:.1f} ms, processor {cpu:.1f} ms")


if __name__ == "__main__":
    if sys.argv[1:] == ["postgresql"]:
        from tests.web.postgres import postgres

        with postgres(safe=True) as address:
            main(address)
    else:
        main(None)
