"""How far a weighted result may be off when centres, not respondents, were drawn.

Scores are linearised and taken as residuals from the parts that weights bring to a known size (J.-C. Deville and
C.-E. Särndal, Calibration estimators in survey sampling, JASA 87, 1992). Few centres, or few with most of the weight,
make residuals too small and the variance itself uncertain: R. M. Bell and D. F. McCaffrey, Bias reduction in standard
errors for linear regression with multi-stage samples, Survey Methodology 28 (2002), give the correction, here as if
each centre had been left out, and the degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from suqiu.assessment.survey.weighting import Numbers, Weights

Flags = npt.NDArray[np.bool_]
Units = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Domain:
    """The respondents that a result is about, ready to have its variance told 估计域.

    Attributes:
        freedom: degrees of freedom of the variance, at least 1.
    """

    weight: Numbers
    columns: Numbers
    units: Units
    leverage: Numbers
    size: int
    freedom: float

    def variance(self, scores: Numbers) -> float:
        """Return the variance of the weighted total of scores, which are 0 outside the domain."""
        root = np.sqrt(self.weight)
        slopes = np.linalg.lstsq(self.columns * root[:, None], scores * root, rcond=None)[0]
        residuals = self.weight * (scores - self.columns @ slopes)
        totals = np.bincount(self.units, weights=residuals, minlength=len(self.leverage))
        moments = _totals(self.columns * residuals[:, None], self.units)
        totals = totals + np.einsum("ck,ck->c", self.leverage, moments)
        return float(totals @ totals) * (self.size - 1) / self.size


def domain(there: Flags, weights: Weights, centres: Units) -> Domain | None:
    """Return the domain of some respondents; None where fewer than two units are in it.

    With a single centre its respondents are the units: results are then about this centre alone.

    Args:
        there: who is in it.
        weights: of all respondents.
        centres: of all respondents.
    """
    several = len(np.unique(centres)) > 1
    units = np.unique(centres, return_inverse=True)[1] if several else np.arange(len(centres))
    size = len(np.unique(units[there]))
    if size < 2:
        return None
    columns = np.column_stack([_shared(weights.design, units), there.astype(np.float64)])
    weight = weights.values
    sums = _totals(columns * weight[:, None], units)
    squares = _totals(
        (columns[:, :, None] * columns[:, None, :] * weight[:, None, None]).reshape(len(units), -1), units
    )
    squares = squares.reshape(len(sums), columns.shape[1], columns.shape[1])
    others = np.linalg.pinv(squares.sum(axis=0) - squares, hermitian=True)
    leverage = np.einsum("cj,cjk->ck", sums, others)
    return Domain(weight, columns, units, leverage, size, _freedom(sums, there, weight, units))


def _shared(design: Numbers, units: Units) -> Numbers:
    """Return the parts that more than one unit lies in: a lonely unit cannot be compared within its own part."""
    touched = _totals(design, units) > 0
    kept = design[:, touched.sum(axis=0) > 1]
    return np.column_stack([np.ones(len(design)), kept])


def _totals(values: Numbers, units: Units) -> Numbers:
    """Add up rows by unit."""
    found = np.zeros((int(units.max()) + 1, values.shape[1]))
    np.add.at(found, units, values)
    return found


def _freedom(sums: Numbers, there: Flags, weight: Numbers, units: Units) -> float:
    """Return Satterthwaite's degrees of freedom where what units differ by is theirs as a whole."""
    whole = np.bincount(units, weights=weight)
    inside = np.bincount(units, weights=weight * there, minlength=len(whole))
    scaled = sums / np.sqrt(whole)[:, None]
    hat = scaled @ np.linalg.pinv(scaled.T @ scaled, hermitian=True) @ scaled.T
    free = np.clip(1 - np.diag(hat), 1e-9, None)
    alone = free < 1e-6
    factor = np.where(alone, 0.0, np.sqrt(whole) / free)
    form = factor[:, None] * (np.eye(len(whole)) - hat) * (inside / np.sqrt(whole))[None, :]
    inner = form.T @ form
    square = float((inner * inner).sum())
    return max(1.0, float(np.trace(inner)) ** 2 / square) if square > 0 else 1.0
