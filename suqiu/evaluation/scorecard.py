"""How good a run is: every figure with its interval, for each way its input was prepared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.evidence import Interval
from suqiu.evaluation.answers import Answers, answers_of, known, spans_of, statistics_of, statistics_of_spans
from suqiu.evaluation.intervals import ROUNDS, bootstrap, wilson
from suqiu.evaluation.measures import MEASURES, Kind
from suqiu.evaluation.resampling import group_codes
from suqiu.evaluation.runlog import Header, RunLog
from suqiu.evaluation.scorers import calibration, classification, selective
from suqiu.evaluation.scorers.selective import Selection
from suqiu.evaluation.scorers.statistic import Codes, Flags, Statistic, value_of
from suqiu.evaluation.seeds import seed_of
from suqiu.evaluation.splitting import grouped_folds, newest
from suqiu.evaluation.task import Goal

#: Of the layout of `Scorecard.to_dict`.
VERSION = 1
#: Rows that a reader can take in; every class is in the table of classes.
_CONFUSIONS, _CURVE_POINTS = 20, 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number 评测数值.

    Attributes:
        measure: id of the measure, or name of the level.
        value: None where it is undefined.
        interval: None where it cannot be told.
        samples: how many it is measured on.
    """

    measure: str
    value: float | None
    interval: Interval | None
    samples: int


@dataclass(frozen=True, slots=True)
class GoalResult:
    """What became of a goal 目标达成情况.

    Attributes:
        goal: what was wanted.
        value: what was measured; None where it was not.
        met: whether the figure reaches the goal; None without a figure.
        sure: whether the whole interval does; None without an interval.
    """

    goal: Goal
    value: float | None
    met: bool | None
    sure: bool | None


@dataclass(frozen=True, slots=True)
class Carried:
    """A threshold chosen on one part and applied to the other 阈值的跨样本检验.

    Attributes:
        by: how the parts were made: `time`, the older half chooses; `draw`, one of two even folds does.
        chosen, applied: what it gives on each.
    """

    by: str
    chosen: Selection
    applied: Selection


@dataclass(frozen=True, slots=True, eq=False)
class VariantScore:
    """The figures of one way of preparing the input 单一输入方式的结果.

    Attributes:
        variant: its name, may be empty.
        samples: with a known truth: what everything here is measured on.
        unknown: samples without a known truth.
        silent: samples that the model did not answer.
        figures: in the order of `MEASURES`.
        levels: for a tree, the share that is right down to each level, of the samples that reach it.
        classes, confusions: see `classification.class_table` and `confusions`; for spans the first is of types.
        reliability, curve: see `calibration.reliability` and `selective.risk_coverage`; None for spans.
        surest: the largest part that reaches the wanted accuracy; None for spans.
        carried: None for spans, and with fewer than two samples.
        goals: what became of them.
    """

    variant: str
    samples: int
    unknown: int
    silent: int
    figures: tuple[Figure, ...]
    levels: tuple[Figure, ...]
    classes: pa.Table
    confusions: pa.Table | None
    reliability: pa.Table | None
    curve: pa.Table | None
    surest: Selection | None
    carried: Carried | None
    goals: tuple[GoalResult, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scorecard:
    """All figures of a run 评分卡.

    Attributes:
        header: what the run was.
        run: fingerprint of its samples and answers.
        wanted: the accuracy that coverage is stated at.
        variants: one score each, in the order of the run.
    """

    header: Header
    run: str
    wanted: float
    variants: tuple[VariantScore, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the scorecard as plain values for JSON; what is undefined is None, never NaN."""
        return {
            "version": VERSION,
            "header": _plain(asdict(self.header)),
            "run": self.run,
            "wanted": self.wanted,
            "variants": [
                {name: _plain(getattr(score, name)) for name in VariantScore.__dataclass_fields__}
                for score in self.variants
            ],
        }


def score(log: RunLog, wanted: float = 0.95, *, goals: Sequence[Goal] = (), rounds: int = ROUNDS) -> Scorecard:
    """Score a run; the same log gives the same card.

    Intervals are Wilson's for plain shares, percentile bootstrap for the rest; where samples stand in groups,
    whole groups are drawn, for all figures.

    Args:
        log: the run.
        wanted: accuracy that automatically accepted answers should have, 0 to 1.
        goals: what is good enough, see `Task`.
        rounds: of the bootstrap.
    """
    scores = tuple(_score(log.header, variant, log.of(variant), wanted, goals, rounds) for variant in log.variants)
    return Scorecard(log.header, log.fingerprint, wanted, scores)


def groups_of(samples: pa.Table) -> Codes | None:
    """Return the number of each sample's group; None where every sample stands alone."""
    codes = group_codes(samples["group"])
    return codes if codes.max(initial=-1) + 1 < len(codes) else None


def _score(
    header: Header, variant: str, samples: pa.Table, wanted: float, goals: Sequence[Goal], rounds: int
) -> VariantScore:
    judged = known(header, samples)
    counts: dict[str, Any] = {"variant": variant, "samples": len(judged), "unknown": len(samples) - len(judged)}
    draw = _Draw(judged, rounds)
    if header.kind is Kind.SPANS:
        tally = spans_of(judged)
        figures = draw.figures(statistics_of_spans(tally))
        silent = judged["found_spans"].null_count
        parts: dict[str, Any] = {"levels": (), "classes": tally.table()}
        parts |= dict.fromkeys(("confusions", "reliability", "curve", "surest", "carried"))
    else:
        answers = answers_of(judged)
        figures = draw.figures(statistics_of(header, answers, wanted), _plain_shares(answers))
        silent = int((~answers.answered).sum())
        parts = _parts(header, judged, answers, wanted, draw)
    return VariantScore(
        **counts, silent=silent, figures=figures, goals=tuple(_judged(goal, figures) for goal in goals), **parts
    )


class _Draw:
    """Figures with their intervals, all from the same draws."""

    def __init__(self, samples: pa.Table, rounds: int) -> None:
        self._samples = len(samples)
        self._seed = seed_of(samples["sample"])
        self._groups = groups_of(samples)
        self._rounds = rounds

    def figures(self, statistics: dict[str, Statistic], shares: dict[str, int] | None = None) -> tuple[Figure, ...]:
        """Return the figures in the order of `MEASURES`; `shares` of independent samples get Wilson's interval."""
        plain = {} if self._groups is not None else shares or {}
        drawn = {name: statistic for name, statistic in statistics.items() if name not in plain}
        ends = bootstrap(drawn, self._samples, self._seed, groups=self._groups, rounds=self._rounds)
        ends |= {name: wilson(hits, self._samples) for name, hits in plain.items() if name in statistics}
        return tuple(
            Figure(name, value_of(statistics[name], self._samples), ends[name], self._samples)
            for name in sorted(statistics, key=list(MEASURES).index)
        )

    def levels(self, header: Header, flags: list[tuple[Flags, Flags]]) -> tuple[Figure, ...]:
        """Return for each level of a tree the share that is right down to it."""
        found = []
        for name, (reach, right) in zip(header.levels, flags, strict=True):
            hits, trials = int(right.sum()), int(reach.sum())
            interval = wilson(hits, trials)
            if self._groups is not None and trials:
                share = classification.share_among(reach, right)
                ends = bootstrap({name: share}, self._samples, self._seed, groups=self._groups, rounds=self._rounds)
                interval = ends[name]
            found.append(Figure(name, hits / trials if trials else None, interval, trials))
        return tuple(found)


def _plain_shares(answers: Answers) -> dict[str, int]:
    """Return the measures that are plain shares of samples, with how many hit."""
    return {
        "accuracy": int((answers.ranks == 0).sum()),
        "top_3": int(((answers.ranks >= 0) & (answers.ranks < 3)).sum()),
    }


def _parts(header: Header, samples: pa.Table, answers: Answers, wanted: float, draw: _Draw) -> dict[str, Any]:
    """Return the tables and selections of a task of labels."""
    part, confidence, right = answers.answered, answers.confidence, answers.right
    flags = classification.levels_right(answers.paths, answers.first_paths, len(header.levels))
    return {
        "levels": draw.levels(header, flags),
        "classes": classification.class_table(answers.truth, answers.first, answers.labels),
        "confusions": classification.confusions(answers.truth, answers.first, answers.labels, _CONFUSIONS),
        "reliability": calibration.reliability(confidence[part], right[part]),
        "curve": selective.risk_coverage(confidence, right, _CURVE_POINTS),
        "surest": selective.surest(confidence, right, wanted),
        "carried": _carried(samples, answers, wanted),
    }


def _carried(samples: pa.Table, answers: Answers, wanted: float) -> Carried | None:
    if samples["at"].null_count == 0 and pc.count_distinct(samples["at"]).as_py() > 1:
        by, chosen_on = "time", ~newest(samples["at"], 0.5)
    else:
        unit = pc.coalesce(samples["group"], samples["sample"])
        if pc.count_distinct(unit).as_py() < 2:
            return None
        by, chosen_on = "draw", grouped_folds(unit, 2) == 0
    return Carried(by, *selective.carried(answers.confidence, answers.right, chosen_on, wanted))


def _judged(goal: Goal, figures: Sequence[Figure]) -> GoalResult:
    figure = next((figure for figure in figures if figure.measure == goal.measure), None)
    if figure is None or figure.value is None:
        return GoalResult(goal, None, None, None)
    sign = 1 if MEASURES[goal.measure].higher_is_better else -1
    ends = figure.interval
    worst = None if ends is None else ends.lower if sign > 0 else ends.upper
    return GoalResult(
        goal,
        figure.value,
        sign * (figure.value - goal.value) >= 0,
        None if worst is None else sign * (worst - goal.value) >= 0,
    )


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if isinstance(value, pa.Table):
        return value.to_pylist()
    if isinstance(value, Selection):
        ends = wilson(value.right, value.accepted)
        return {**asdict(value), "share": value.share, "accuracy": value.accuracy, "interval": _plain(ends)}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value
