"""How many simulated emergencies are heard, how often a real order is taken for one, and how fast.

The lot "guiding" is the one the cues were written with: its figures tell only that they are complete. The lot "held"
was written by somebody else, apart from the cues. The hearer knows the homophones of the manner "misheard", which
it therefore undoes nearly always; of those of "slurred" it knows only what it has in common by chance.

`python -m bench.urgency` prints the share heard of each lot and manner with its 95 % interval (Wilson), the shares
flagged in the real orders of the folder SUQIU_DATA (default ../shared/data), where it is there, and orders a
CPU second on one core, of urgency and of feeling. No text of a real order is printed.
"""

from __future__ import annotations

import csv
import gzip
import math
import os
import time
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import yaml

from suqiu.domain.order import Urgency
from suqiu.reading.feeling import FeelingFinder, shipped_feelings
from suqiu.reading.hints import without_hints
from suqiu.reading.urgency import UrgencyFinder, shipped_cues
from suqiu.simulate.emergencies import Lot, Manner, sayings
from suqiu.simulate.words import Words


def main() -> None:
    """Print recall, flagged shares and speed."""
    finder = UrgencyFinder(shipped_cues())
    _recall(finder)
    real = Path(os.environ.get("SUQIU_DATA", "../shared/data")) / "haikou_orders.csv.gz"
    if real.exists():
        _flagged(finder, real)
    else:
        print(f"{real} is absent: no false alarms are measured")
    texts = pa.array([saying.text for saying in sayings(_words(), Manner.BURIED)] * 10)
    for name, judge in (("urgency", finder.judge), ("feeling", FeelingFinder(shipped_feelings()).judge)):
        print(f"{name} on {len(texts):,} buried sayings: {_speed(judge, texts):,.0f} orders a CPU second")


def _recall(finder: UrgencyFinder) -> None:
    for manner in Manner:
        told = sayings(_words(), manner)
        urgencies = finder.judge(pa.array([saying.text for saying in told])).urgency.to_pylist()
        for lot in Lot:
            heard = [
                (saying.urgency, heard) for saying, heard in zip(told, urgencies, strict=True) if saying.lot is lot
            ]
            urgent = [found != "normal" for true, found in heard if true is not Urgency.NORMAL]
            calm = [found != "normal" for true, found in heard if true is Urgency.NORMAL]
            print(f"{manner.value:9}{lot.value:8} heard {_share(urgent)}   calm ones flagged {_share(calm)}")


def _flagged(finder: UrgencyFinder, path: Path) -> None:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as handle:
        orders = [f"{row['工单标题']}\n{row['诉求内容']}" for row in csv.DictReader(handle)]
    said = without_hints(pa.array(orders))
    judged = finder.judge(said)
    levels = Counter(judged.urgency.to_pylist())
    print(f"real orders {len(orders):,}: flagged {_share([x != 'normal' for x in judged.urgency.to_pylist()])}", levels)
    print(Counter(judged.reason.to_pylist()))
    for name, judge in (("urgency", finder.judge), ("feeling", FeelingFinder(shipped_feelings()).judge)):
        # A batch has a fixed cost: each pattern is compiled and its automaton grown anew.
        for batch in (said, pa.concat_arrays([said] * 8)):
            print(f"{name} on a batch of {len(batch):,} real orders: {_speed(judge, batch):,.0f} orders a CPU second")


def _speed(judge: object, texts: pa.Array) -> float:
    assert callable(judge)
    judge(texts)
    started = time.process_time()
    judge(texts)
    return len(texts) / (time.process_time() - started)


def _share(hits: list[bool]) -> str:
    n, hit, z = len(hits), sum(hits), 1.96
    middle, half = hit / n + z * z / (2 * n), z * math.sqrt(hit * (n - hit) / n**3 + z * z / (4 * n * n))
    low, high = ((middle + sign * half) / (1 + z * z / n) for sign in (-1, 1))
    return f"{hit}/{n} = {hit / n:.3f} [{low:.3f}, {high:.3f}]"


def _words() -> Words:
    return Words.model_validate(
        yaml.safe_load(files("suqiu.simulate").joinpath("words.yaml").read_text(encoding="utf-8"))
    )


if __name__ == "__main__":
    main()
