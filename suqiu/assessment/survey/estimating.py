"""Weighted shares and means of a survey, with intervals that know about centres and weights.

Respondents of one centre are alike, so centres and not respondents are the units that were drawn; `variance` says what
that costs. Intervals of shares are those of E. L. Korn and B. I. Graubard, Confidence intervals for proportions with
small expected number of positive counts estimated from survey data, Survey Methodology 24 (1998).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.stats import beta
from scipy.stats import t as student

from suqiu.assessment.survey.questionnaire import (
    CENTRE,
    LEAST_POINT,
    MOST_POINT,
    Question,
    QuestionKind,
    Questionnaire,
)
from suqiu.assessment.survey.responses import Responses
from suqiu.assessment.survey.suppression import LEAST, Cell, hidden
from suqiu.assessment.survey.variance import Domain, Flags, domain
from suqiu.assessment.survey.weighting import Numbers, Weights
from suqiu.domain.evidence import Interval
from suqiu.domain.text import Text

_LEVEL = 0.95
#: By which column results are told apart where they are not.
ALL = "all"
_SMALL = Text("不足5份，不予公布", "fewer than 5: not shown")
_BESIDE = Text("为防止推算，不予公布", "not shown, for others could be worked out from it")
_ALONE = Text("中心数太少，无法估计误差", "too few centres to tell the error")


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number of a survey, or why it is not shown 调研估计值.

    Attributes:
        question: its id.
        statistic: `share` of those who chose the option, or `mean`.
        option: the option's code, a scale's point; empty for means.
        by, group: column and code of those it is about; `all` and empty for everybody.
        respondents: who answered; None where too few to say.
        value: weighted; None where not shown.
        interval: None where the value is not shown, or its error cannot be told.
        design_effect: its variance over that of a simple sample of as many; None where it cannot be told.
        effective: the size of a simple sample as good as this; None where it cannot be told.
        reason: why there is no value, or no interval.
    """

    question: str
    statistic: str
    option: str
    by: str
    group: str
    respondents: int | None
    value: float | None
    interval: Interval | None
    design_effect: float | None
    effective: float | None
    reason: Text | None


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """What a survey says 调研结果.

    Attributes:
        questionnaire: its id.
        respondents, centres: how many count.
        rejected: responses with a fault.
        weighting: `none`, `post_stratification`, `raking`.
        weight_effect: how much unequal weights alone enlarge a variance.
        estimates: in the questionnaire's order, everybody first, then by each column asked for.
    """

    questionnaire: str
    respondents: int
    centres: int
    rejected: int
    weighting: str
    weight_effect: float
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    """One number before it is decided whether it may be shown."""

    question: Question
    statistic: str
    option: str
    by: str
    group: str
    there: Flags
    values: Numbers

    @property
    def base(self) -> int:
        return int(self.there.sum())

    @property
    def head(self) -> tuple[str, str, str, str, str]:
        """What tells it from others."""
        return self.question.id, self.statistic, self.option, self.by, self.group

    @property
    def plain(self) -> Cell:
        """What decides whether it may be shown."""
        share = self.statistic == "share"
        count = int(self.values[self.there].sum()) if share else self.base
        return Cell(self.by, self.group, self.option if share else self.statistic, share, self.base, count)


def estimate(responses: Responses, weights: Weights, by: tuple[str, ...] = ()) -> SurveyResult:
    """Return the results of a survey.

    Args:
        responses: those that count.
        weights: of the same responses.
        by: columns to tell results apart by, each for itself: strata, or `group`.

    Raises:
        KeyError: the questionnaire has no such column.
    """
    questionnaire, table = responses.questionnaire, responses.table
    centres = table[CENTRE].to_numpy()
    estimates = list[Estimate]()
    for question in questionnaire.questions:
        if question.kind is QuestionKind.TEXT:
            continue
        cells = [cell for column in (ALL, *by) for cell in _cells(responses, question, column)]
        estimates += _shown(cells, weights, centres)
    return SurveyResult(
        questionnaire.id, table.num_rows, len(set(centres.tolist())), responses.read - table.num_rows,
        weights.method, weights.effect, tuple(estimates),
    )  # fmt: skip


def tabulated(result: SurveyResult, questionnaire: Questionnaire) -> pa.Table:
    """Return results as a table with words beside the codes, one row an estimate."""
    questions = {question.id: question for question in questionnaire.questions}
    names = {column: {one.code: one.name for one in options} for column, options in questionnaire.cuts().items()}
    rows = []
    for one in result.estimates:
        question = questions[one.question]
        option = {option.code: option.name for option in question.options}.get(one.option, Text(one.option, one.option))
        group = names[one.by][one.group] if one.by != ALL else Text("全部", "all")
        rows.append(
            {
                "question": one.question,
                "ask_zh": question.ask.zh,
                "ask_en": question.ask.en,
                "statistic": one.statistic,
                "option": one.option,
                "option_zh": option.zh,
                "option_en": option.en,
                "by": one.by,
                "group": one.group,
                "group_zh": group.zh,
                "group_en": group.en,
                "respondents": one.respondents,
                "value": one.value,
                "lower": None if one.interval is None else one.interval.lower,
                "upper": None if one.interval is None else one.interval.upper,
                "design_effect": one.design_effect,
                "effective_respondents": one.effective,
                "note_zh": None if one.reason is None else one.reason.zh,
                "note_en": None if one.reason is None else one.reason.en,
            }
        )
    return pa.Table.from_pylist(rows, _TABLE)


_WORDS = ("question", "ask_zh", "ask_en", "statistic", "option", "option_zh", "option_en")
_TABLE = pa.schema(
    [(name, pa.string()) for name in (*_WORDS, "by", "group", "group_zh", "group_en")]
    + [("respondents", pa.int64())]
    + [(name, pa.float64()) for name in ("value", "lower", "upper", "design_effect", "effective_respondents")]
    + [("note_zh", pa.string()), ("note_en", pa.string())]
)


def _cells(responses: Responses, question: Question, column: str) -> Iterator[_Cell]:
    table = responses.table
    answers = table[question.id].to_pylist()
    answered = np.array([answer is not None for answer in answers], np.bool_)
    codes = [""] if column == ALL else [option.code for option in responses.questionnaire.cuts()[column]]
    members = [""] * table.num_rows if column == ALL else table[column].to_pylist()
    for code in codes:
        there = answered & np.array([member == code for member in members], np.bool_)
        for option in _points(question):
            chosen = np.array([_chose(answer, option) for answer in answers], np.float64)
            yield _Cell(question, "share", option, column, code, there, chosen)
        if question.kind in {QuestionKind.SCALE, QuestionKind.NUMBER}:
            numbers = np.array([0.0 if answer is None else answer for answer in answers], np.float64)
            yield _Cell(question, "mean", "", column, code, there, numbers)


def _points(question: Question) -> tuple[str, ...]:
    if question.kind is QuestionKind.SCALE:
        return tuple(str(point) for point in range(LEAST_POINT, MOST_POINT + 1))
    return tuple(option.code for option in question.options)


def _chose(answer: object, option: str) -> bool:
    return option in answer if isinstance(answer, list) else answer is not None and str(answer) == option


def _shown(cells: list[_Cell], weights: Weights, centres: npt.NDArray[np.int64]) -> Iterator[Estimate]:
    """Turn one question's cells into estimates, without those that would tell of a few."""
    exclusive = bool(cells) and cells[0].question.kind in {QuestionKind.SINGLE, QuestionKind.SCALE}
    whys = hidden([cell.plain for cell in cells], exclusive=exclusive)
    # The numbers of a question are about the same few sets of people.
    domains = dict[bytes, Domain | None]()
    for cell, why in zip(cells, whys, strict=True):
        if why is None:
            key = cell.there.tobytes()
            if key not in domains:
                domains[key] = domain(cell.there, weights, centres)
            yield _estimated(cell, weights, domains[key])
        else:
            base = None if 0 < cell.base < LEAST else cell.base
            yield Estimate(*cell.head, base, None, None, None, None, _SMALL if why == "small" else _BESIDE)


def _estimated(cell: _Cell, weights: Weights, drawn: Domain | None) -> Estimate:
    head, rows, weight = cell.head, cell.base, weights.values * cell.there
    value = float(weight @ cell.values / weight.sum())
    # Rounding must not bring a share of all or of none off its end.
    value = min(1.0, max(0.0, value)) if cell.statistic == "share" else value
    if drawn is None:
        return Estimate(*head, rows, value, None, None, None, _ALONE)
    variance = drawn.variance(cell.there * (cell.values - value) / weight.sum())
    spread = _spread(cell, value, weight)
    # Where nobody differs the answers say nothing of the design, but the weights do.
    effect = variance / (spread / rows) if spread > 0 and variance > 0 else weights.effect
    effective = min(float(rows), rows / effect)
    if cell.statistic == "mean":
        half = float(student.ppf((1 + _LEVEL) / 2, drawn.freedom)) * math.sqrt(variance)
        interval = Interval(value - half, value + half, _LEVEL, "linearised")
    else:
        interval = _share_interval(value, effective, rows, drawn.freedom)
    return Estimate(*head, rows, value, interval, effect, effective, None)


def _spread(cell: _Cell, value: float, weight: Numbers) -> float:
    """Return the variance of the answers themselves."""
    if cell.statistic == "share":
        return value * (1 - value)
    rows = cell.base
    return float(weight @ (cell.values - value) ** 2 / weight.sum()) * rows / (rows - 1)


def _share_interval(value: float, effective: float, rows: int, freedom: float) -> Interval:
    """Return Clopper and Pearson's interval at the effective size, made smaller where the units are few."""
    if rows > 1:
        ratio = float(student.ppf((1 + _LEVEL) / 2, rows - 1) / student.ppf((1 + _LEVEL) / 2, freedom))
        effective *= min(1.0, ratio**2)
    hits, tail = value * effective, (1 - _LEVEL) / 2
    lower = 0.0 if value <= 0 else float(beta.ppf(tail, hits, effective - hits + 1))
    upper = 1.0 if value >= 1 else float(beta.ppf(1 - tail, hits + 1, effective - hits))
    return Interval(lower, upper, _LEVEL, "korn-graubard")
