"""Quantiles with intervals that assume no distribution, computed where the rows are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

import ibis
from scipy.stats import binom

from suqiu.assessment.asking import population, tallied, title_of, too_few
from suqiu.assessment.conditions import Conditions
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.probing import known, unknown
from suqiu.domain.evidence import Interval
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text

#: Chance on either side of an interval.
_TAIL = 0.025


class Ranks:
    """The places, counted from 0, at which a quantile and the ends of its interval lie among sorted rows.

    Source of the interval: J. D. Gibbons and S. Chakraborti, Nonparametric Statistical Inference, section 5.2.

    Attributes:
        middle: of the quantile; between two rows it is interpolated.
        lower, upper: of the ends of the 95 % interval, kept within the rows.
    """

    def __init__(self, at: float, rows: int) -> None:
        self.middle = at * (rows - 1)
        self.lower = min(math.floor(self.middle), max(0, int(binom.ppf(_TAIL, rows, at)) - 1))
        self.upper = max(math.ceil(self.middle), min(rows - 1, int(binom.ppf(1 - _TAIL, rows, at))))

    @staticmethod
    def check(at: float) -> None:
        """Refuse what is no place of a quantile.

        Raises:
            ValueError: it is not between 0 and 1.
        """
        if isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at <= 1:
            raise ValueError(f"at: {at!r} is not between 0 and 1")

    @staticmethod
    def least(at: float) -> int:
        """Return how many rows it takes for the interval to end within them; the ends of the scale have none.

        The largest of too few rows is no upper end: the quantile may well lie beyond it.
        """
        return 1 if at in {0, 1} else math.ceil(math.log(_TAIL) / math.log(max(at, 1 - at)))


def quantile_of(
    evidence: Evidence,
    form: str,
    cells: Callable[[ibis.Table], ibis.Value],
    at: float,
    *,
    among: Conditions | None,
    filled: Iterable[str],
    late: bool,
) -> Answer:
    """Answer with a quantile.

    Args:
        evidence, form, among, filled: as for `asking.tallied`.
        cells: what the quantile is of, from the form's rows; null where a row has none.
        at: which, 0 to 1.
        late: a row that has none counts as larger than all others; else it does not count.
    """
    wanted = tuple(filled)

    def count(table: ibis.Table, inside: ibis.Value) -> Mapping[str, ibis.Value]:
        return {"stated": cells(table).count(where=inside)}

    found = tallied(evidence, form, count, among=among, filled=wanted)
    if isinstance(found, Answer):
        return found
    stated = int(found["stated"])
    rows = int(found["rows"]) if late else stated
    if rows < Ranks.least(at):
        return too_few(rows, Ranks.least(at), title_of(form))
    ranks = Ranks(at, rows)
    is_end = at in {0, 1}
    if (math.ceil(ranks.middle) if is_end else ranks.upper) > stated - 1:
        return _open(form, rows, stated)
    table = population(evidence, form, among=among)
    if isinstance(table, Answer):
        return table
    value, lower, upper = _at(table, cells, [ranks.middle, ranks.lower, ranks.upper], stated)
    interval = None if is_end else Interval(lower, upper, 0.95, "order statistics")
    return known(value, interval=interval, denominator=rows, rows=rows)


def _at(table: ibis.Table, cells: Callable[[ibis.Table], ibis.Value], places: list[float], stated: int) -> list[float]:
    """Return the values at places among the sorted rows that state one."""
    column = cells(table)
    last = max(1, stated - 1)
    asked = {f"q{n}": column.quantile(min(1.0, place / last)) for n, place in enumerate(places)}
    (found,) = table.aggregate(**asked).to_pyarrow().to_pylist()
    return [float(found[f"q{n}"]) for n in range(len(places))]


def _open(form: str, rows: int, stated: int) -> Answer:
    return unknown(
        Text(
            "“{form}”中有{open}条没有（有效的）结束时间，占比过高，无法得出该分位值",
            "{open} rows of “{form}” have no (valid) end, too many to tell this quantile",
        ).fill(form=title_of(form), open=rows - stated),
        rows,
    )
