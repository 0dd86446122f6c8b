"""Whether what comes in this month is still what a model learned from: its labels, its wording, its accuracy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.stats import hypergeom, norm, rankdata

from suqiu.domain.evidence import Interval
from suqiu.domain.text import Text
from suqiu.evaluation.intervals import wilson

Counts = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]

#: Months drawn to learn what chance alone does.
ROUNDS = 1000
_Z95 = 1.959963984540054
_ROUNDING = 1e-12


class Level(StrEnum):
    """What a month asks for 研判结论."""

    OK = "ok"
    WATCH = "watch"
    ALARM = "alarm"


LEVELS = {
    Level.OK: Text("正常", "ok"),
    Level.WATCH: Text("关注", "watch"),
    Level.ALARM: Text("告警", "alarm"),
}
_RANK = {Level.OK: 0, Level.WATCH: 1, Level.ALARM: 2}


@dataclass(frozen=True, slots=True)
class Bounds:
    """From which size on a change is to be watched, and is alarming; the reasons stand where they are kept."""

    watch: float
    alarm: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as drift 漂移判定标准.

    Attributes:
        p: a change that chance makes at least this often is none, whatever its size.
        least: fewer orders than this judge nothing.
        least_audited: fewer audited orders than this do not judge accuracy.
        labels: of `LabelShift.beyond_chance`, in bits.
        wording: of `WordingShift.area`.
        unseen: of `UnseenShift.difference`, as a share.
        accuracy: of `AccuracyShift.drop`, as a share.
    """

    p: float
    least: int
    least_audited: int
    labels: Bounds
    wording: Bounds
    unseen: Bounds
    accuracy: Bounds


@dataclass(frozen=True, slots=True)
class LabelShift:
    """How far a month's labels lie from the reference's 标签分布偏移.

    Attributes:
        divergence: Jensen–Shannon, in bits: 0 where equal, 1 where no label is in both.
        by_chance: what it would be on average if nothing had changed: it grows with labels and falls with orders.
        beyond_chance: the first less the second, never below 0.
        p: how often chance alone makes it as large.
        samples, reference: orders of each side.
    """

    divergence: float
    by_chance: float
    beyond_chance: float
    p: float
    samples: int
    reference: int


@dataclass(frozen=True, slots=True)
class WordingShift:
    """How well a month's texts can be told from the reference's 文本分布偏移.

    Attributes:
        area: under the ROC curve of a classifier judged on texts it has not seen: 0.5 where it can only guess.
        interval: of it.
        p: how often guessing alone comes as far.
        samples, reference: texts of each side.
    """

    area: float
    interval: Interval
    p: float
    samples: int
    reference: int


@dataclass(frozen=True, slots=True)
class UnseenShift:
    """How much of the texts the model cannot read, beside how much it could not before 未见字词占比.

    Attributes:
        share, before: mean share of a text's pieces that the model does not know: in the month, in the reference.
        difference: the first less the second.
        interval: of the difference.
        p: one-sided, that it is above 0.
    """

    share: float
    before: float
    difference: float
    interval: Interval
    p: float


@dataclass(frozen=True, slots=True)
class AccuracyShift:
    """Accuracy on audited orders, beside what it was on orders held out at training 抽检准确率.

    Attributes:
        right, samples: audited orders.
        accuracy, interval: of these.
        before, reference: accuracy at training, and on how many orders; 0 orders where nobody knows it.
        drop: the one before less the one now.
        p: one-sided, that it has fallen.
    """

    right: int
    samples: int
    accuracy: float
    interval: Interval
    before: float
    reference: int
    drop: float
    p: float


@dataclass(frozen=True, slots=True)
class Month:
    """One month, judged 月度漂移.

    Attributes:
        month: as 2026-06.
        orders: of the month.
        labels, wording, unseen, accuracy: what was measured; None where it could not be.
        level: of the worst of them.
        reasons: why, the worst first; one at least.
    """

    month: str
    orders: int
    labels: LabelShift | None
    wording: WordingShift | None
    unseen: UnseenShift | None
    accuracy: AccuracyShift | None
    level: Level
    reasons: tuple[Text, ...]


def label_shift(reference: Counts, month: Counts, seed: int, rounds: int = ROUNDS) -> LabelShift | None:
    """Compare the labels of a month with those of the reference.

    Source: J. Lin, Divergence measures based on the Shannon entropy, IEEE Trans. Inf. Theory 37 (1991); chance is
    learned by drawing both sides from their common distribution (B. Efron and R. Tibshirani, 1993, chapter 16).
    Orders are drawn one by one: where one event brings many, chance alone does more than is told here.

    Args:
        reference, month: orders by label, the same labels in the same order.
        seed: of the draws.
        rounds: how many are drawn.

    Returns:
        None where a side has no orders.
    """
    sizes = int(reference.sum()), int(month.sum())
    if not all(sizes):
        return None
    pooled = (reference + month) / sum(sizes)
    draw = np.random.default_rng(seed)
    sides = [draw.multinomial(size, pooled, rounds).astype(np.float64) / size for size in sizes]
    by_chance = _divergence(*sides)
    found = float(_divergence(reference / sizes[0], month / sizes[1]))
    expected = float(by_chance.mean())
    p = (int((by_chance >= found - _ROUNDING).sum()) + 1) / (rounds + 1)
    return LabelShift(found, expected, max(0.0, found - expected), p, sizes[1], sizes[0])


def wording_shift(reference: csr_matrix, month: csr_matrix, seed: int) -> WordingShift | None:
    """Say how well a classifier tells a month's texts from the reference's.

    Each half of the texts is told apart along the line between the two centres of the other half. Source: S. Rabanser,
    S. Günnemann and Z. Lipton, Failing loudly, NeurIPS 2019; the interval of an area after J. Hanley and B. McNeil,
    Radiology 143 (1982).

    Args:
        reference, month: texts as vectors, one a row.
        seed: of the halves.

    Returns:
        None with fewer than two texts on a side.
    """
    sizes = reference.shape[0], month.shape[0]
    if min(sizes) < 2:
        return None
    draw = np.random.default_rng(seed)
    halves = [draw.permutation(size) % 2 for size in sizes]
    areas, spread_by_chance, spread = [], 0.0, 0.0
    for half in (0, 1):
        old, new = (side[where != half] for side, where in zip((reference, month), halves, strict=True))
        line = np.asarray(new.mean(axis=0) - old.mean(axis=0)).ravel()
        told = [side[where == half] @ line for side, where in zip((reference, month), halves, strict=True)]
        area = _area(*told)
        areas.append(area)
        spread_by_chance += (len(told[0]) + len(told[1]) + 1) / (12 * len(told[0]) * len(told[1])) / 4
        spread += _area_spread(area, len(told[1]), len(told[0])) / 4
    area = float(np.mean(areas))
    wide = _Z95 * math.sqrt(spread)
    interval = Interval(max(0.0, area - wide), min(1.0, area + wide), 0.95, "hanley-mcneil")
    p = float(norm.sf((area - 0.5) / math.sqrt(spread_by_chance)))
    return WordingShift(area, interval, p, sizes[1], sizes[0])


def unseen_shift(reference: Doubles, month: Doubles) -> UnseenShift | None:
    """Compare how much of each text is unknown to the model.

    Source: B. Welch, The generalization of Student's problem, Biometrika 34 (1947), in its normal approximation.

    Args:
        reference, month: share of each text's pieces that the model does not know, 0 to 1.

    Returns:
        None with fewer than two texts on a side.
    """
    if min(len(reference), len(month)) < 2:
        return None
    share, before = float(month.mean()), float(reference.mean())
    error = math.sqrt(month.var(ddof=1) / len(month) + reference.var(ddof=1) / len(reference))
    gap = share - before
    p = float(norm.sf(gap / error)) if error else float(gap <= 0)
    return UnseenShift(share, before, gap, Interval(gap - _Z95 * error, gap + _Z95 * error, 0.95, "welch"), p)


def accuracy_shift(right: int, samples: int, right_before: int, reference: int) -> AccuracyShift | None:
    """Compare accuracy on audited orders with that at training.

    Source: R. A. Fisher's exact test of two shares, one-sided.

    Args:
        right, samples: audited orders.
        right_before, reference: orders held out at training; 0 of 0 where nobody knows.

    Returns:
        None without audited orders.
    """
    interval = wilson(right, samples)
    if interval is None:
        return None
    accuracy = right / samples
    if not reference:
        return AccuracyShift(right, samples, accuracy, interval, accuracy, 0, 0.0, 1.0)
    before = right_before / reference
    p = float(hypergeom.cdf(right, samples + reference, right + right_before, samples))
    return AccuracyShift(right, samples, accuracy, interval, before, reference, before - accuracy, p)


def judged(
    month: str,
    orders: int,
    limits: Limits,
    *,
    labels: LabelShift | None = None,
    wording: WordingShift | None = None,
    unseen: UnseenShift | None = None,
    accuracy: AccuracyShift | None = None,
) -> Month:
    """Judge a month by what was measured: a change counts if chance rarely makes it and it is large enough."""
    found: list[tuple[Level, Text]] = []
    if orders < limits.least:
        found.append((Level.WATCH, _TOO_FEW.fill(orders=orders, least=limits.least)))
    else:
        if labels is not None:
            found.append((_level(labels.beyond_chance, labels.p, limits.labels, limits.p), _of_labels(labels)))
        if wording is not None:
            found.append((_level(wording.area, wording.p, limits.wording, limits.p), _of_wording(wording)))
        if unseen is not None:
            found.append((_level(unseen.difference, unseen.p, limits.unseen, limits.p), _of_unseen(unseen)))
    if accuracy is not None and accuracy.samples >= limits.least_audited:
        found.append((_level(accuracy.drop, accuracy.p, limits.accuracy, limits.p), _of_accuracy(accuracy)))
    elif accuracy is not None:
        found.append((Level.OK, _FEW_AUDITED.fill(samples=accuracy.samples, least=limits.least_audited)))
    if not found:
        found.append((Level.WATCH, _NOTHING))
    found.sort(key=lambda pair: -_RANK[pair[0]])
    return Month(
        month, orders, labels, wording, unseen, accuracy, found[0][0], tuple(reason for _, reason in found)
    )  # fmt: skip


_TOO_FEW = Text(
    "仅有{orders}件工单，少于{least}件，不足以判断", "only {orders} orders, fewer than {least}: too few to judge"
)
_FEW_AUDITED = Text(
    "抽检{samples}件，少于{least}件，未据以判断准确率",
    "{samples} audited orders, fewer than {least}: accuracy is not judged",
)
_NOTHING = Text("没有可比的参照，无法判断", "nothing to compare with: cannot be judged")


def _of_labels(shift: LabelShift) -> Text:
    return Text(
        "标签分布与训练时相差{beyond:.3f}比特（已扣除随机波动{chance:.3f}，p={p:.3f}）",
        "labels lie {beyond:.3f} bits from those of training (beyond {chance:.3f} by chance, p={p:.3f})",
    ).fill(beyond=shift.beyond_chance, chance=shift.by_chance, p=shift.p)


def _of_wording(shift: WordingShift) -> Text:
    return Text(
        "本月文本与参照文本的可区分度（AUC）为{area:.3f}（{lower:.3f}–{upper:.3f}）",
        "texts can be told from the reference's with an AUC of {area:.3f} ({lower:.3f}–{upper:.3f})",
    ).fill(area=shift.area, lower=shift.interval.lower, upper=shift.interval.upper)


def _of_unseen(shift: UnseenShift) -> Text:
    return Text(
        "未见字词占{share:.1%}，参照为{before:.1%}", "{share:.1%} of the pieces are unknown, {before:.1%} before"
    ).fill(share=shift.share, before=shift.before)


def _of_accuracy(shift: AccuracyShift) -> Text:
    now = {"accuracy": shift.accuracy, "lower": shift.interval.lower, "upper": shift.interval.upper}
    if not shift.reference:
        return Text(
            "抽检准确率{accuracy:.1%}（{lower:.1%}–{upper:.1%}，{samples}件），训练时准确率不详",
            "accuracy {accuracy:.1%} ({lower:.1%}–{upper:.1%}, {samples} audited); not known at training",
        ).fill(**now, samples=shift.samples)
    return Text(
        "抽检准确率{accuracy:.1%}（{lower:.1%}–{upper:.1%}，{samples}件），训练时为{before:.1%}",
        "accuracy {accuracy:.1%} ({lower:.1%}–{upper:.1%}, {samples} audited), {before:.1%} at training",
    ).fill(**now, samples=shift.samples, before=shift.before)


def _level(size: float, p: float, bounds: Bounds, rarely: float) -> Level:
    if p >= rarely or size < bounds.watch:
        return Level.OK
    return Level.ALARM if size >= bounds.alarm else Level.WATCH


def _divergence(one: Doubles, other: Doubles) -> Doubles:
    """Return the Jensen–Shannon divergence along the last axis, in bits."""
    middle = (one + other) / 2
    return np.asarray(_entropy(middle) - (_entropy(one) + _entropy(other)) / 2)


def _entropy(shares: Doubles) -> Doubles:
    logs = np.log2(shares, where=shares > 0, out=np.zeros_like(shares, dtype=np.float64))
    return np.asarray(-(shares * logs).sum(axis=-1))


def _area(low: Doubles, high: Doubles) -> float:
    """Return how often a text of the second side lies above one of the first; ties count half."""
    ranks = rankdata(np.concatenate([low, high]))[len(low) :]
    above = float(ranks.sum()) - len(high) * (len(high) + 1) / 2
    return above / (len(low) * len(high))


def _area_spread(area: float, one: int, other: int) -> float:
    first, second = area / (2 - area), 2 * area * area / (1 + area)
    own = area * (1 - area)
    return (own + (one - 1) * (first - area * area) + (other - 1) * (second - area * area)) / (one * other)
