"""A whole assessment of a large centre, and a straightforward script that only reads the same exports.

`python -m bench.assessment` takes the simulated centre of the highest level, repeats its orders and calls under new
numbers until there are as many as asked for, runs `suqiu assess` and `suqiu assess verify` on it, and a pandas script
that reads the same two files and computes ten of the indicators. It prints seconds, peak memory of the process tree,
and the ratio of both.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bench.process import Cost, python, run

_REPEATED = {"orders.csv": ("工单编号",), "calls.csv": ("通话编号", "工单编号")}
_STEPS = {"steps.csv": ("工单编号",), "callbacks.csv": ("工单编号",)}


def centre(folder: Path, orders: int, calls: int, *, steps: bool) -> Path:
    """Make a centre with so many orders and calls, and every form of a small one."""
    run(python("-m", "suqiu.cli", "simulate", "centres", "--out", str(folder / "twelve")))
    made = folder / "large"
    shutil.copytree(folder / "twelve" / "c07", made)
    small = folder / "twelve" / "c07" / "export"
    ratio = orders / len(pd.read_csv(small / "orders.csv", dtype=str))
    for name, ids in {**_REPEATED, **_STEPS}.items():
        (made / "export" / name).unlink()
        if name in _STEPS and not steps:
            continue
        table = pd.read_csv(small / name, dtype=str)
        wanted = calls if name == "calls.csv" else round(len(table) * ratio)
        _repeat(table, ids, wanted, made / "export" / name)
    return made


def _repeat(table: pd.DataFrame, ids: Sequence[str], rows: int, path: Path) -> None:
    for copy in range(-(-rows // len(table))):
        part = table.head(rows - copy * len(table)).copy()
        for name in ids:
            part[name] = part[name].where(part[name].isna(), part[name] + f"-{copy:04}")
        part.to_csv(path, mode="a", index=False, header=copy == 0, encoding="utf-8")


def assess(made: Path, out: Path) -> Cost:
    """Assess the centre into an empty folder."""
    shutil.rmtree(out, ignore_errors=True)
    return run(python("-m", "suqiu.cli", "assess", str(made), "--out", str(out)))


def verify(out: Path) -> Cost:
    """Re-run the bundle."""
    return run(python("-m", "suqiu.cli", "assess", "verify", str(out)))


_PEER = """
import sys
import pandas as pd
folder = sys.argv[1]
orders = pd.read_csv(folder + "/orders.csv", dtype=str)
calls = pd.read_csv(folder + "/calls.csv", dtype=str)
times = ["受理时间", "首次派单时间", "签收时间", "首次联系时间", "反馈时间", "办结时间"]
for name in times:
    orders[name] = pd.to_datetime(orders[name], format="%Y-%m-%d %H:%M:%S")
for name in ["排队时间", "接听时间", "结束时间", "回拨时间"]:
    calls[name] = pd.to_datetime(calls[name], format="%Y-%m-%d %H:%M:%S")
sent = orders[orders["首次派单时间"].notna()]
wait = (calls["接听时间"] - calls["排队时间"]).dt.total_seconds()
missed = calls[calls["接听时间"].isna()]
print(
    calls["接听时间"].notna().mean(), (wait <= 15).sum() / wait.notna().sum(), wait.mean(), wait.quantile(0.95),
    missed["回拨时间"].notna().mean(), (sent["首次派单时间"] - sent["受理时间"]).mean(),
    orders["办结时间"].notna().mean(), (sent["办结时间"] - sent["首次派单时间"]).mean(),
    (orders["是否解决"] == "是").sum() / orders["是否解决"].notna().sum(),
    orders["所属社区"].notna().mean(),
)
"""


def peer(made: Path) -> Cost:
    """Read the same exports with pandas and compute ten indicators."""
    return run(python("-c", _PEER, str(made / "export")))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all three."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=2_000_000)
    options.add_argument("--calls", type=int, default=200_000)
    options.add_argument("--steps", action="store_true", help="repeat steps and call-backs too")
    given = options.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="suqiu-bench-") as name:
        folder = Path(name)
        made = centre(folder, given.orders, given.calls, steps=given.steps)
        ours, again, theirs = assess(made, folder / "out"), verify(folder / "out"), peer(made)
        size = f"{given.orders:,} orders, {given.calls:,} calls{' with steps' if given.steps else ''}"
        print(f"assessment, {size}: {ours.seconds:.1f} s, peak {ours.peak_gb:.2f} GB;", end=" ")
        print(f"verify {again.seconds:.1f} s, {again.peak_gb:.2f} GB;", end=" ")
        print(f"script {theirs.seconds:.1f} s, {theirs.peak_gb:.2f} GB; ratio of time", end=" ")
        print(f"{ours.seconds / theirs.seconds:.2f}, of memory {ours.peak_gb / theirs.peak_gb:.2f}")


if __name__ == "__main__":
    main()
