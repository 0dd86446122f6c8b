"""Whether what was acted on before complaints brought fewer of them."""

from __future__ import annotations

import numpy as np
from scipy.stats import binom

from suqiu.assessment.asking import needs, population
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.intervals import cells_of, counts_of
from suqiu.assessment.probing import Need, known, probe
from suqiu.domain.finding import Answer
from suqiu.evaluation.intervals import wilson

_FORM = "proactive"
_LEVEL = 0.05


def _needs() -> tuple[Need, ...]:
    return needs(_FORM, ["orders_before", "orders_after"])


@probe("fell.v1", needs=_needs)
def fell(evidence: Evidence) -> Answer:
    """Share of actions after which orders fell by more than chance, two-sided at 5 %; Wilson interval.

    Of two Poisson counts over equal times the later is binomial given their sum: J. Przyborowski and H. Wilenski,
    Homogeneity of results in testing samples from Poisson series, Biometrika 31 (1940).
    """
    stated = {name: {"is_null": False} for name in ("orders_before", "orders_after")}
    table = population(evidence, _FORM, among=stated)
    if isinstance(table, Answer):
        return table
    cells = cells_of(table, "orders_before", "orders_after")
    counts = counts_of(cells)
    before, after = (np.asarray(cells[name].to_numpy(), np.int64) for name in ("orders_before", "orders_after"))
    # As both times are equally likely under no change, the two-sided chance is twice that of the smaller tail.
    chance = 2 * binom.cdf(np.minimum(before, after), before + after, 0.5)
    hits, rows = int(counts[(after < before) & (chance < _LEVEL)].sum()), int(counts.sum())
    return known(hits / rows, interval=wilson(hits, rows), numerator=hits, denominator=rows, rows=rows)
