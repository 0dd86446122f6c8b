"""Can the time of an answer tell whether an order exists outside one's scope: `python -m bench.scope_timing`.

A handler asks in turn for orders of another unit and for numbers that do not exist, in one random order. If existence
showed in the time, the two samples would differ; they are compared by the Mann-Whitney test, and by the difference of
medians as a share of the median.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from scipy.stats import mannwhitneyu


def main(arguments: list[str] | None = None) -> None:
    """Measure on a site of its own, in a folder that goes away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=200, help="orders of the other unit")
    parser.add_argument("--asked", type=int, default=1500, help="questions of each kind")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="suqiu-timing-") as folder:
        _begin(Path(folder))
        print(json.dumps(_measured(chosen.orders, chosen.asked, chosen.seed), indent=1))


def _begin(folder: Path) -> None:
    os.environ |= {"SUQIU_SITE": str(folder), "DJANGO_SETTINGS_MODULE": "suqiu.web.settings"}
    os.environ["SUQIU_HOSTS"] = "testserver"
    from suqiu.config import settings
    from suqiu.web.site import About, Site, site

    site.cache_clear()
    Site(folder, settings()).save(About(city=str(settings().cities.resolve() / "linjiang"), demo=True))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _measured(orders: int, asked: int, seed: int) -> dict[str, float | int]:
    from django.test import Client

    from tests.web import made

    theirs = [made.order("handling", "D02").number for _ in range(orders)]
    client = Client(raise_request_exception=False)
    client.force_login(made.user("handler", departments=("D01",)))
    dice = random.Random(seed)
    none = [f"{number[:-6]}{999_999 - n:06d}" for n, number in enumerate(theirs)]
    plan = [(kind, dice.choice(theirs if kind else none)) for kind in (0, 1) for _ in range(asked)]
    dice.shuffle(plan)
    taken: tuple[list[float], list[float]] = ([], [])
    for kind, number in plan[:50] + plan:  # the first fifty warm up
        begun = time.perf_counter()
        status = client.get(f"/orders/{number}/").status_code
        taken[kind].append(time.perf_counter() - begun)
        if status != 404:
            sys.exit(f"{number} was answered with {status}")
    medians = [statistics.median(sample) * 1000 for sample in taken]
    return {
        "asked": len(plan),
        "none_ms": round(medians[0], 3),
        "foreign_ms": round(medians[1], 3),
        "difference_share": round(abs(medians[0] - medians[1]) / min(medians), 4),
        "p_value": round(float(mannwhitneyu(*taken).pvalue), 4),
    }


if __name__ == "__main__":
    main()
