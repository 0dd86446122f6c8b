"""What orders name and how well replies answer them, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow.compute as pc

from suqiu.domain.city import City
from suqiu.lake import Lake
from suqiu.reading.extract import Extractor
from suqiu.reading.pipeline import said_in
from suqiu.reading.reply import ReplyCorpus, ReplyJudge, shipped_reply_cues

Progress = Callable[[int, int], None]

_NEEDED = ["order_id", "accepted_at", "title", "text"]
_REPLIED = ["order_id", "title", "text", "reply"]
WRITTEN = ("mentions", "replies")


def write_details(lake: Lake, city: City, told: Progress) -> tuple[dict[str, object], list[Path]]:
    """Write the tables `mentions` and `replies`.

    Replies are read twice: first to learn what is common among them, then to be judged; one batch is held
    at a time.

    Args:
        lake: holds `orders`; both tables are written to it.
        city: its pack.
        told: told how many of how many orders are done.

    Returns:
        How many mentions of each kind and replies of each verdict; the files written.
    """
    extractor, judge, corpus = Extractor(city), ReplyJudge(shipped_reply_cues()), ReplyCorpus()
    total, done = lake.rows("orders"), 0
    kinds: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    with lake.writing(*WRITTEN) as out:
        for batch in lake.batches("orders", _NEEDED):
            mentions = extractor.extract(batch, said_in(batch))
            out["mentions"].add(mentions)
            kinds.update({entry["values"]: entry["counts"] for entry in pc.value_counts(mentions["kind"]).to_pylist()})
            done += batch.num_rows
            told(done, 2 * total)
        for batch in lake.batches("orders", _REPLIED):
            judge.learn(corpus, said_in(batch), batch.column("reply"))
        for batch in lake.batches("orders", _REPLIED):
            judged = judge.judge(said_in(batch), batch.column("reply"), batch.column("order_id"), corpus=corpus)
            out["replies"].add(judged)
            found = pc.value_counts(judged["verdict"]).to_pylist()
            verdicts.update({entry["values"]: entry["counts"] for entry in found})
            done += batch.num_rows
            told(done, 2 * total)
    figures: dict[str, object] = {"mentions": dict(sorted(kinds.items())), "replies": dict(sorted(verdicts.items()))}
    return figures, [lake.path(name) for name in WRITTEN]
