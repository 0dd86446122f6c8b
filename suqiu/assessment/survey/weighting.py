"""Weights that make the respondents of a survey count as the hotlines of the country do.

One margin is post-stratification, several are raking: W. E. Deming and F. F. Stephan, On a least squares adjustment
of a sampled frequency table when the expected marginal totals are known, Annals of Mathematical Statistics 11 (1940).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from suqiu.assessment.survey.responses import Responses
from suqiu.datafiles.file_fault import nearest
from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text

Numbers = npt.NDArray[np.float64]

_ROUNDS = 1000
#: Margins then agree with the population to this share of themselves.
_CLOSE = 1e-10
#: Two margins of one population that differ by more than this share are no margins of one population.
_TOLERATED = 0.01


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each response counts 权重.

    Attributes:
        values: one a response, with mean 1.
        method: `none`, `post_stratification`, `raking`.
        design: columns of 0 and 1, the parts that the weights bring to their known size; one column of 1 where none.
        effect: how much larger unequal weights alone make a variance, after L. Kish, Survey Sampling, 1965.
    """

    values: Numbers
    method: str
    design: Numbers
    effect: float


def weigh(responses: Responses, population: Mapping[str, Mapping[str, float]] | None = None) -> Weights:
    """Return weights of responses.

    Args:
        responses: those that count.
        population: by column (a stratum's, or `group`), how many there are of each code in the population surveyed;
            nothing leaves all weights equal.

    Raises:
        InvalidInput: the counts do not fit the questionnaire or the responses; all that is wrong is named.
    """
    rows = responses.table.num_rows
    if not population or not rows:
        return Weights(np.ones(rows), "none", np.ones((rows, 1)), 1.0)
    _check(responses, population)
    margins = [_margin(responses, column, counts) for column, counts in sorted(population.items())]
    values = np.ones(rows)
    for _ in range(_ROUNDS):
        for design, shares in margins:
            values = design @ (shares / (values @ design)) * values
        # Exact at once with one margin; with several the last is exact, and the others come closer round by round.
        off = max(float(np.max(np.abs(values @ design / shares - 1))) for design, shares in margins)
        if off < _CLOSE:
            break
    else:
        raise InvalidInput(
            "survey.no_weights",
            Text(
                "加权未能收敛：各分层变量的总体数与样本结构矛盾",
                "no weights fit all margins: they contradict the sample",
            ),
            Text("请合并样本很少的类别，或减少加权变量", "join codes with few responses, or weight by fewer columns"),
        )
    values = values * rows / values.sum()
    effect = rows * float((values**2).sum()) / float(values.sum()) ** 2
    method = "post_stratification" if len(margins) == 1 else "raking"
    return Weights(values, method, np.hstack([design for design, _ in margins]), effect)


def _margin(responses: Responses, column: str, counts: Mapping[str, float]) -> tuple[Numbers, Numbers]:
    """Return which response lies in which part, and each part's share of the population."""
    codes = sorted(code for code, count in counts.items() if count)
    found = responses.table[column].to_pylist()
    design = np.array([[float(value == code) for code in codes] for value in found])
    sizes = np.array([counts[code] for code in codes])
    return design, sizes / sizes.sum()


def _check(responses: Responses, population: Mapping[str, Mapping[str, float]]) -> None:
    cuts = responses.questionnaire.cuts()
    wrong = list[Text]()
    for column, counts in sorted(population.items()):
        if column not in cuts:
            hint = nearest(column, list(cuts))
            wrong.append(
                Text("没有分层变量{column}（{hint}）", "no column {column} ({hint})").fill(column=column, hint=hint)
            )
            continue
        wrong += _wrong_counts(column, counts, {option.code for option in cuts[column]})
        wrong += _wrong_sample(column, counts, set(responses.table[column].to_pylist()))
    totals = [sum(counts.values()) for column, counts in population.items() if column in cuts]
    if not wrong and max(totals) > min(totals) * (1 + _TOLERATED):
        wrong.append(
            Text("各分层变量的总体总数不一致：{totals}", "the totals of the margins differ: {totals}").fill(
                totals=", ".join(f"{total:g}" for total in totals)
            )
        )
    if wrong:
        raise InvalidInput(
            "survey.population",
            Text("；".join(one.zh for one in wrong), "; ".join(one.en for one in wrong)),
            Text("请核对总体数", "check the population counts"),
        )


def _wrong_counts(column: str, counts: Mapping[str, float], codes: set[str]) -> list[Text]:
    """Return what is wrong with the counts themselves."""
    strange = [
        Text("{column}没有取值{code}", "{column} knows no {code}").fill(column=column, code=code)
        for code in sorted(set(counts) - codes)
    ]
    bad = [
        Text("{column}的{code}总体数应为非负数", "the count of {column} {code} must be 0 or more").fill(
            column=column, code=code
        )
        for code, count in sorted(counts.items())
        if not math.isfinite(count) or count < 0
    ]
    return strange + bad


def _wrong_sample(column: str, counts: Mapping[str, float], found: set[str]) -> list[Text]:
    """Return where the sample and the population have different parts."""
    lacking = [
        Text("{column}的{code}有答卷而无总体数", "{column} {code} has responses, but no count").fill(
            column=column, code=code
        )
        for code in sorted(found)
        if not counts.get(code)
    ]
    empty = [
        Text(
            "{column}的{code}有总体数而无答卷，请与相近类别合并",
            "{column} {code} has a count, but no responses: join it with a like code",
        ).fill(column=column, code=code)
        for code, count in sorted(counts.items())
        if count > 0 and code not in found
    ]
    return lacking + empty
