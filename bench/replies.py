"""How well replies are judged: planted ones by F1, real ones against a human label, and how fast.

`python -m bench.replies` states F1 on planted replies by cross-validation: the weights are learned anew without the
wordings that are judged (for good replies, without their matter). The signs and cues themselves were written with all
lots in view, so this is a guide: empty 0.92, evasive 0.93, copied 0.94. `python -m bench.replies fresh` judges
wordings by another hand (suqiu/simulate/replies_fresh.yaml), which nothing was written or learned from: at first
sight empty 0.77 [0.60, 0.91] and evasive 0.56 [0.35, 0.73] of 24 wordings each, and none of 24 good replies blamed.
The evasive ones that are missed are called partial or even answers. `python -m bench.replies learn` learns the
shipped weights from the lots and writes them.

With a folder of real letters in SUQIU_DATA (default ../shared/data) it states the agreement with their label
可解释性 against the majority and against length alone, in the same ten folds.
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from suqiu.evaluation.intervals import wilson
from suqiu.reading.reply import ReplyJudge, shipped_reply_cues
from suqiu.reading.reply.clauses import ClauseReader
from suqiu.reading.reply.substance import CLASSES, LENGTHS, SubstanceModel, SubstanceReader, Told, Weights
from suqiu.simulate.replies import Quality, lots, planted_replies

CUES = shipped_reply_cues()
Matrix = npt.NDArray[np.float64]
_RANK = {"empty": 0.0, "evasive": 1.0, "template": 1.5, "partial": 2.0, "answers": 3.0}


WEIGHTS = Path("suqiu/reading/reply/weights.yaml")
#: Pieces count less than signs, which hold for any wording; chosen by cross-validation.
_PIECE_SCALE, _PENALTY = 0.3, 0.1
#: A piece that a single wording has says nothing about others.
_WORDINGS_LEAST = 2
_OF = {Quality.EMPTY: 0, Quality.EVASIVE: 1, Quality.GOOD: 2}


@dataclass(frozen=True)
class Planted:
    """Planted replies with what was planted, and the group that is never on both sides of a fold."""

    demands: pa.Array
    replies: pa.Array
    qualities: npt.NDArray[np.str_]
    groups: npt.NDArray[np.str_]
    lots: npt.NDArray[np.int64]
    rounds: npt.NDArray[np.int64]


def planted(rounds: int) -> Planted:
    """Plant replies of every lot."""
    demands, replies, qualities, groups, of, turns = [], [], [], [], [], []
    for lot, wording in enumerate(lots()):
        gists = {f"{matter.gist}-{n}": matter.gist for matter in wording.matters for n in range(len(matter.good))}
        for seed in range(rounds):
            rows = planted_replies(lot, rounds=1, seed=seed)
            demands += rows.demands.to_pylist()
            replies += rows.replies.to_pylist()
            qualities += [quality.value for quality in rows.qualities]
            groups += [f"{lot} {gists.get(name, name)}" for name in rows.wordings]
            of += [lot] * len(rows.wordings)
            turns += [seed] * len(rows.wordings)
    return Planted(
        pa.array(demands), pa.array(replies), np.array(qualities), np.array(groups), np.array(of), np.array(turns)
    )


def told(rows: Planted) -> Told:
    """Read the signs of planted replies."""
    return SubstanceReader(CUES).read(ClauseReader(CUES).read(rows.replies), rows.demands, len(rows.replies))


def learned(signs: Told, rows: Planted, chosen: npt.NDArray[np.int64]) -> Weights:
    """Learn weights from some planted replies; copies and answers to another demand teach nothing."""
    classes = np.array([_OF.get(Quality(quality), -1) for quality in rows.qualities])
    astray = np.char.find(rows.groups, "astray") >= 0
    usable = np.zeros(len(classes), np.bool_)
    usable[chosen] = True
    usable &= (classes >= 0) & ~astray
    held: dict[int, set[str]] = defaultdict(set)
    for text, row in zip(signs.texts.to_pylist(), signs.rows.tolist(), strict=True):
        if usable[row]:
            held[row].update(text[at : at + size] for size in LENGTHS for at in range(len(text) - size + 1))
    wordings: dict[str, set[str]] = defaultdict(set)
    for row, pieces in held.items():
        for piece in pieces:
            wordings[piece].add(str(rows.groups[row]))
    names = sorted(piece for piece, seen in wordings.items() if len(seen) >= _WORDINGS_LEAST)
    place = {piece: number for number, piece in enumerate(names)}
    at = np.flatnonzero(usable)
    matrix = np.zeros((len(at), len(names)), dtype=np.float32)
    for number, row in enumerate(at.tolist()):
        matrix[number, [place[piece] for piece in held[row] if piece in place]] = _PIECE_SCALE
    model = LinearSVC(C=_PENALTY, class_weight="balanced", max_iter=5000, tol=1e-3, random_state=0)
    model.fit(np.hstack([matrix, signs.signs[at]]), classes[at])
    coefs = model.coef_.T
    return Weights(tuple(names), coefs[: len(names)] * _PIECE_SCALE, coefs[len(names) :], model.intercept_)


def learn(rounds: int = 6) -> None:
    """Learn the weights from all lots and write them."""
    rows = planted(rounds)
    weights = learned(told(rows), rows, np.arange(len(rows.replies)))
    width = 24
    kept = np.flatnonzero(np.abs(weights.of_pieces).max(axis=1) >= 0.002)
    lines = [
        "# 答复有无实质内容的权重，由虚构的答复（suqiu/simulate/replies.yaml）学得：python -m bench.replies learn",
        "# 单位为千分之一；类别 empty 空洞 | evasive 推诿 | answers 有内容。pieces 为分句中的字词片段，",
        "# 数字记作0，拉丁字母记作A，^与$为分句首尾；of_signs 为分句的标志，依次与 SubstanceReader.signs 对应。",
        "bias: {" + ", ".join(f"{name}: {weights.bias[n] * 1000:.0f}" for n, name in enumerate(CLASSES)) + "}",
        "of_signs:",
    ]
    for name, row in zip(SubstanceReader(CUES).signs, weights.of_signs, strict=True):
        lines.append(f"  {name}: {{{', '.join(f'{c}: {w * 1000:.0f}' for c, w in zip(CLASSES, row, strict=True))}}}")
    columns = {name: [f"{weights.of_pieces[k, n] * 1000:.0f}" for k in kept] for n, name in enumerate(CLASSES)}
    for title, words in (("pieces", [weights.pieces[k] for k in kept]), ("of_pieces", None)):
        lines.append(f"{title}: |" if words else f"{title}:")
        for name, entries in columns.items() if words is None else [("", words)]:
            lines += [f"  {name}: |"] if name else []
            pad = "    " if name else "  "
            lines += [pad + " ".join(entries[n : n + width]) for n in range(0, len(entries), width)]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(kept)} pieces and {len(weights.of_signs)} signs written to {WEIGHTS}")


def crossed(rounds: int = 4, folds: int = 10) -> None:
    """Print F1 on planted replies, each judged with weights learned without its wording."""
    rows = planted(rounds)
    signs, found = told(rows), np.empty(len(rows.replies), dtype="<U8")
    for learning, held_out in GroupKFold(folds).split(found, groups=rows.groups):
        judge = ReplyJudge(CUES, SubstanceModel(learned(signs, rows, learning)))
        found[held_out] = verdicts(judge, rows)[held_out]
    for lot in range(len(lots())):
        own = rows.lots == lot
        scored(f"lot {lot}, by wording", rows.qualities[own], found[own], rows.groups[own])
    scored("all, by wording", rows.qualities, found, rows.groups)


def fresh() -> None:
    """Print F1 on wordings by another hand, which nothing was written or learned from."""
    tree = yaml.safe_load(Path("suqiu/simulate/replies_fresh.yaml").read_text(encoding="utf-8"))
    rows = [
        (matter["demand"], reply, quality)
        for matter in tree["matters"]
        for quality in ("good", "empty", "evasive", "partial")
        for reply in matter[quality]
    ]
    demands, replies, qualities = (list(column) for column in zip(*rows, strict=True))
    ids = pa.array([str(n) for n in range(len(rows))])
    found = ReplyJudge(CUES).judge(pa.array(demands), pa.array(replies), ids)["verdict"].to_pylist()
    truth = np.array(qualities)
    scored("by another hand", truth, np.array(found), np.array(replies))
    for quality in ("good", "empty", "evasive", "partial"):
        print(quality, dict(Counter(verdict for verdict, is_ in zip(found, qualities, strict=True) if is_ == quality)))


def verdicts(judge: ReplyJudge, rows: Planted) -> npt.NDArray[np.str_]:
    """Judge each round of each lot by itself, so that only copies stand there many times."""
    found = np.empty(len(rows.replies), dtype="<U8")
    for batch in np.unique(rows.lots * 1000 + rows.rounds):
        at = np.flatnonzero(rows.lots * 1000 + rows.rounds == batch)
        chosen = pa.array(at)
        told_of = judge.judge(rows.demands.take(chosen), rows.replies.take(chosen), chosen.cast(pa.string()))
        found[at] = told_of["verdict"].to_pylist()
    return found


def scored(name: str, truth: npt.NDArray[np.str_], found: npt.NDArray[np.str_], groups: npt.NDArray[np.str_]) -> None:
    """Print F1 of each kind, with an interval over wordings; copies are left out of the count of the other kinds."""
    draw = np.random.default_rng(len(truth))
    kinds, number = np.unique(groups, return_inverse=True)
    for kind in (Quality.EMPTY, Quality.EVASIVE, Quality.TEMPLATE):
        if not (truth == kind.value).any():
            continue
        counted = np.ones(len(truth), np.bool_) if kind is Quality.TEMPLATE else truth != Quality.TEMPLATE.value
        is_, said = counted & (truth == kind.value), counted & (found == kind.value)
        sums = np.stack([np.bincount(number, flags, len(kinds)) for flags in (is_ & said, is_, said)], axis=1)
        drawn = np.stack([sums[draw.integers(0, len(kinds), len(kinds))].sum(axis=0) for _ in range(500)])
        low, high = np.quantile(2 * drawn[:, 0] / np.maximum(drawn[:, 1] + drawn[:, 2], 1), [0.025, 0.975])
        hits, own, called = sums.sum(axis=0)
        wrong = Counter(found[is_ & ~said].tolist()).most_common(3)
        print(f"{name} {kind.value:9} F1 {2 * hits / (own + called):.3f} [{low:.3f}, {high:.3f}]", end="")
        print(f"  n {own:.0f} of {len(np.unique(number[is_]))} wordings; else {wrong}")
    good = truth == Quality.GOOD.value
    bad = good & ~np.isin(found, ["answers", "partial"])
    print(f"{name} good taken for one of them {bad.sum()} of {good.sum()}")


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
    table = ReplyJudge(CUES).judge(demands, replies, pa.array([row["留言编号"] for row in rows]))
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
    judge = ReplyJudge(CUES)
    started = time.process_time()
    judge.judge(rows.demands, rows.replies, ids)
    print(f"{len(ids) / (time.process_time() - started):,.0f} orders a second of one core, counting and judging")


def main(what: str = "") -> None:
    """Measure everything, or do what is named."""
    if what == "learn":
        learn()
        return
    if what == "fresh":
        fresh()
        return
    crossed()
    speed()
    labelled(Path(os.environ.get("SUQIU_DATA", "../shared/data")))


if __name__ == "__main__":
    main(*sys.argv[1:2])
