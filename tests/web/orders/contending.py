"""Several processes at one database at the same moment; run as a program in a site of its own.

It prints, as JSON, what each process was told and what the database holds afterwards.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

_PROCESSES, _ORDERS = 4, 5
Told = list[str]


def main(folder: Path) -> None:
    """Make a site in a folder, let processes contend in it, print what came of it."""
    from suqiu.config import settings
    from suqiu.web.site import About, Site

    city = str(Path(__file__).resolve().parents[3] / "cities/linjiang")
    Site(folder, settings()).save(About(city=city, demo=True))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(_contend(folder)))  # noqa: T201 — to the test that runs it


def _contend(folder: Path) -> dict[str, Any]:
    from suqiu.domain.order import StepKind
    from suqiu.web.audit import chain
    from suqiu.web.orders.models import Order, Step
    from tests.web import made

    for role in ("agent", "supervisor", "dispatcher"):
        made.somebody(role)
    dispatched = [made.order("dispatched").number for _ in range(_ORDERS)]
    pairs = [(made.accepted().number, made.accepted().number) for _ in range(_ORDERS)]
    before = Order.objects.count()
    told = {
        "same_key": _together(folder, lambda n: [_sign(number, f"double-{number}") for number in dispatched]),
        "same_version": _together(folder, lambda n: [_urge(number) for number in dispatched]),
        "same_demand": _together(folder, lambda n: [_accept(f"demand-{k}") for k in range(_ORDERS)]),
        "crosswise": _together(folder, lambda n: [_merge(*(pair if n % 2 else pair[::-1])) for pair in pairs]),
        "many": _together(folder, lambda n: [_accept(None) for _ in range(_ORDERS)]),
    }
    signed = Step.objects.filter(kind=StepKind.SIGN, order__number__in=dispatched)
    return {
        "told": told,
        "orders": _ORDERS,
        "processes": _PROCESSES,
        "signatures": signed.count(),
        "urges": sum(Order.objects.filter(number__in=dispatched).values_list("urges", flat=True)),
        "urge_steps": Step.objects.filter(kind=StepKind.URGE).count(),
        "accepted": Order.objects.count() - before,
        "numbers": Order.objects.values("number").distinct().count() == Order.objects.count(),
        "merges": Step.objects.filter(kind=StepKind.MERGE).count(),
        "versions": all(one.version == one.steps.count() for one in Order.objects.all()),
        "audit": [dict(problem) for problem in chain.verify()],
    }


def _together(folder: Path, work: Callable[[int], Told]) -> list[Told]:
    """Do work in several processes that begin at one moment; return what each was told."""
    from django.db import connection, connections

    connections.close_all()
    if connection.vendor == "postgresql":
        cast(Any, connection).close_pool()  # its threads do not come along
    begin = time.time() + 0.3
    children = []
    for number in range(_PROCESSES):
        path = folder / f"told-{number}"
        child = os.fork()
        if child == 0:
            code = 1
            try:
                time.sleep(max(0.0, begin - time.time()))
                path.write_text(json.dumps(work(number)), "utf-8")
                code = 0
            finally:
                sys.stdout.flush()
                os._exit(code)
        children.append((child, path))
    for child, _ in children:
        assert os.waitpid(child, 0)[1] == 0, "a process failed"
    return [json.loads(path.read_text("utf-8")) for _, path in children]


def _said(deed: Callable[[], str]) -> str:
    from suqiu.domain.errors import SuqiuError

    try:
        return deed()
    except SuqiuError as refusal:
        return refusal.code


def _sign(number: str, key: str) -> str:
    from suqiu.domain.order import StepKind
    from suqiu.web.orders import flow
    from suqiu.web.orders.actions import Deed
    from tests.web import made

    actor = made.somebody("handler", made.UNIT)
    return _said(lambda: str(flow.act(actor, number, Deed(StepKind.SIGN, 2, key=key)).version))


def _urge(number: str) -> str:
    from suqiu.domain.order import StepKind
    from suqiu.web.orders import flow
    from suqiu.web.orders.actions import Deed
    from tests.web import made

    return _said(lambda: str(flow.act(made.somebody("supervisor"), number, Deed(StepKind.URGE, 3)).version))


def _accept(key: str | None) -> str:
    from tests.web import made

    return _said(lambda: made.accepted(key=key).number)


def _merge(child: str, parent: str) -> str:
    from suqiu.domain.order import StepKind
    from suqiu.web.orders import flow
    from suqiu.web.orders.actions import Deed
    from tests.web import made

    deed = Deed(StepKind.MERGE, 1, parent=parent)
    return _said(lambda: flow.act(made.somebody("dispatcher"), child, deed).status)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
