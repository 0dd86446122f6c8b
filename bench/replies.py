"""How well replies are judged: planted ones by F1, real ones against a human label, and how fast.

`python -m bench.replies` plants replies of three lots. The cues were written with lots 0 and 1 in view and changed
once more after lot 2 was seen, so none of its figures is held out any longer. At first sight, cues untouched, F1 of
empty and evasive replies was 0.34 and 0.58 on lot 1, and 0.41 and 0.37 on lot 2 (copies counted among the rest):
wordings that nobody thought of are mostly called partial, not empty or evasive.
With a folder of real letters in SUQIU_DATA (default ../shared/data) it states the agreement with their label
可解释性 against the majority and against length alone, in the same ten folds.
"""

from __future__ import annotations

import csv
import gzip
import os
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from suqiu.evaluation.intervals import wilson
from suqiu.reading.reply import ReplyJudge, shipped_reply_cues
from suqiu.simulate.replies import Quality, planted_replies

JUDGE = ReplyJudge(shipped_reply_cues())
Matrix = npt.NDArray[np.float64]
_RANK = {"empty": 0.0, "evasive": 1.0, "template": 1.5, "partial": 2.0, "answers": 3.0}


def planted(lot: int, rounds: int = 10) -> None:
    """Print F1 of each kind; copies are left out of the count of the other kinds."""
    truth: list[str] = []
    found: list[str] = []
    for seed in range(rounds):
        rows = planted_replies(lot, rounds=1, seed=seed)
        ids = pa.array([str(n) for n in range(len(rows.qualities))])
        truth += [quality.value for quality in rows.qualities]
        found += JUDGE.judge(rows.demands, rows.replies, ids)["verdict"].to_pylist()
    said, is_ = np.array(found), np.array(truth)
    for kind in (Quality.EMPTY, Quality.EVASIVE, Quality.TEMPLATE):
        own = np.ones(len(is_), np.bool_) if kind is Quality.TEMPLATE else is_ != Quality.TEMPLATE.value
        hits = int(((said == kind.value) & (is_ == kind.value)).sum())
        f1 = 2 * hits / int((own & (said == kind.value)).sum() + (is_ == kind.value).sum())
        print(f"lot {lot} {kind.value:9} F1 {f1:.3f}  n {(is_ == kind.value).sum()}")
    good = is_ == Quality.GOOD.value
    print(
        f"lot {lot} good taken for one of them {(good & ~np.isin(said, ['answers', 'partial'])).sum()} of {good.sum()}"
    )


def labelled(folder: Path) -> None:
    """Print agreement with the human label."""
    path = folder / "teddy_replies.csv.gz"
    if not path.exists():
        print(f"no real letters in {folder}: agreement with people is not measured")
        return
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    label = np.array([int(row["可解释性"]) for row in rows])
    groups = np.array([hash_of(row["答复意见"]) for row in rows])
    demands = pa.array([f"{row['留言主题']}。{row['留言详情']}" for row in rows])
    replies = pa.array([row["答复意见"] for row in rows])
    table = JUDGE.judge(demands, replies, pa.array([row["留言编号"] for row in rows]))
    scores = np.stack([table[name].to_numpy() for name in ("relevance", "completeness", "evidence", "concreteness")], 1)
    rank = np.array([_RANK[verdict] for verdict in table["verdict"].to_pylist()])
    length = np.log1p([len("".join(row["答复意见"].split())) for row in rows])
    rule = rank + scores.mean(axis=1)
    told = rank[:, None] == np.array(list(_RANK.values()))
    report("majority", label, np.ones(len(label)), np.ones(len(label), np.int64))
    report("rule score, untrained", label, rule, (rank >= 1.5).astype(np.int64))
    for name, features in (
        ("length alone", length[:, None]),
        ("judge's features", np.hstack([scores, told])),
        ("judge's features and length", np.hstack([scores, told, length[:, None]])),
    ):
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        share = cross_val_predict(model, features, label, groups=groups, cv=GroupKFold(10), method="predict_proba")[
            :, 1
        ]
        report(name, label, share, (share >= 0.5).astype(np.int64))


def hash_of(text: str) -> str:
    """Group letters with the same reply, so that none is in both learning and judging."""
    return "".join(char for char in text if "一" <= char <= "龥")


def report(name: str, label: npt.NDArray[np.int64], score: Matrix, guess: npt.NDArray[np.int64]) -> None:
    """Print accuracy with its interval, kappa, and AUC with a bootstrap interval."""
    right = int((label == guess).sum())
    interval = wilson(right, len(label))
    draw, areas = np.random.default_rng(len(label)), []
    for _ in range(200):
        at = draw.integers(0, len(label), len(label))
        areas.append(roc_auc_score(label[at], score[at]))
    low, high = np.quantile(areas, [0.025, 0.975])
    assert interval is not None
    print(
        f"{name:28} right {right / len(label):.3f} [{interval.lower:.3f}, {interval.upper:.3f}]"
        f"  kappa {cohen_kappa_score(label, guess):.3f}  AUC {roc_auc_score(label, score):.3f} [{low:.3f}, {high:.3f}]"
        f"  n {len(label)}"
    )


def speed(copies: int = 60) -> None:
    """Print orders judged a second of processor time, on planted replies."""
    rows = planted_replies(0, rounds=copies, seed=1)
    ids = pa.array([str(n) for n in range(len(rows.qualities))])
    started = time.process_time()
    JUDGE.judge(rows.demands, rows.replies, ids)
    print(f"{len(ids) / (time.process_time() - started):,.0f} orders a second of one core, counting and judging")


def main() -> None:
    """Measure everything."""
    for lot in range(3):
        planted(lot)
    speed()
    labelled(Path(os.environ.get("SUQIU_DATA", "../shared/data")))


if __name__ == "__main__":
    main()
