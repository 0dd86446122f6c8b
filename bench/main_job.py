"""The main job against a straightforward script, and how its time and memory grow.

`python -m bench.main_job` simulates exports of growing size, runs `suqiu run` on each and the peer script of
`bench/peer.py` on one, and prints ratios.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.process import Cost, python, run

HOUSE = Path(__file__).resolve().parent.parent
CITY = HOUSE / "cities" / "linjiang"


def simulated(folder: Path, orders: int) -> Path:
    """Make an export of this many orders."""
    out = folder / f"export-{orders}"
    run(python("-m", "suqiu.cli", "simulate", "--orders", str(orders), "--out", str(out)))
    return out


def suqiu(export: Path, out: Path) -> Cost:
    """Run the whole main job in an empty folder."""
    shutil.rmtree(out, ignore_errors=True)
    return run(python("-m", "suqiu.cli", "run", str(export), "--city", "linjiang", "--out", str(out)))


def peer(export: Path, out: Path) -> Cost:
    """Run the peer script."""
    return run(python("-m", "bench.peer", str(export), str(CITY), str(out)))


def throughput(folder: Path, orders: int) -> None:
    """Print the main job's speed against the peer's on the same export."""
    export = simulated(folder, orders)
    ours, theirs = suqiu(export, folder / "ours"), peer(export, folder / "theirs")
    print(f"main job, {orders:,} orders: suqiu {ours.seconds:.1f} s {ours.peak_gb:.2f} GB,", end=" ")
    print(f"script {theirs.seconds:.1f} s {theirs.peak_gb:.2f} GB;", end=" ")
    print(f"ratio of time {ours.seconds / theirs.seconds:.2f}, of memory {ours.peak_gb / theirs.peak_gb:.2f}")


def growth(folder: Path, sizes: list[int]) -> None:
    """Print time and memory for growing exports, each against the one before."""
    before: tuple[int, Cost] | None = None
    for orders in sizes:
        export = simulated(folder, orders)
        cost = suqiu(export, folder / "grown")
        shutil.rmtree(export)
        line = f"main job, {orders:>9,} orders: {cost.seconds:7.1f} s, peak {cost.peak_gb:.2f} GB"
        if before is not None:
            times, sizes_ratio = cost.seconds / before[1].seconds, orders / before[0]
            line += f"; {sizes_ratio:.0f}× the orders take {times:.1f}× the time"
        print(line, flush=True)
        before = (orders, cost)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peer-orders", type=int, default=50_000)
    options.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    given = options.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="suqiu-bench-") as folder:
        if given.peer_orders:
            throughput(Path(folder), given.peer_orders)
        growth(Path(folder), given.sizes)


if __name__ == "__main__":
    main()
