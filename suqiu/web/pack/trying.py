"""A draft's duty catalogue tried on past orders, before it is in force 职责清单回测."""

from __future__ import annotations

from pathlib import Path

from suqiu.lake import Lake
from suqiu.reading.backtest import BacktestReport, backtest, journeys
from suqiu.web.pack import drafting
from suqiu.web.site import site

_NEEDED = ["order_id", "category", "district", "department"]


def tried() -> BacktestReport | None:
    """Send the orders of the last run by the draft's catalogue and compare; None where there is no run.

    Raises:
        Conflict: there is no draft.
        InvalidInput: the draft has errors.
    """
    draft = drafting.loaded()
    result = site().about.result
    if result is None:
        return None
    chosen = site().settings
    with Lake(Path(result) / "lake", memory_mb=chosen.memory_mb, threads=chosen.threads) as lake:
        if not lake.holds("readings"):
            return None
        ways = journeys(lake.batches("steps", ["order_id", "kind", "department"])) if lake.holds("steps") else ()
        return backtest(site().city, draft, lake.batches("readings", _NEEDED), ways)
