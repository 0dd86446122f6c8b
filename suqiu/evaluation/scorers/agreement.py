"""How far two judges agree beyond chance: a model and a person, or two people."""

from __future__ import annotations

import numpy as np

from suqiu.evaluation.scorers.statistic import Codes, Statistic, Values, ratio


def kappa(one: Codes, other: Codes, classes: int) -> Statistic:
    """Return Cohen's kappa: 0 is chance, 1 full agreement; undefined where both know a single class.

    Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological
    Measurement 20 (1960). A silent judge, -1, is a class of its own: silence is no agreement with a label.
    """
    width = classes + 1
    marks = [np.where(codes < 0, classes, codes) for codes in (one, other)]
    agree = (marks[0] == marks[1]).astype(np.float64)
    tables = [np.equal.outer(np.arange(width), mark).astype(np.float64) for mark in marks]

    def statistic(weights: Values) -> Values:
        total = weights.sum(axis=1)
        observed = ratio(weights @ agree, total)
        shares = [ratio(weights @ table.T, total[:, None]) for table in tables]
        expected = (shares[0] * shares[1]).sum(axis=1)
        return ratio(observed - expected, np.where(np.isclose(expected, 1.0), 0.0, 1 - expected))

    return statistic


def f1(truth: Codes, found: Codes, positive: int) -> Statistic:
    """Return F1 of one class; undefined where neither truth nor answers name it."""
    stated, answered = (truth == positive).astype(np.float64), (found == positive).astype(np.float64)

    def statistic(weights: Values) -> Values:
        return ratio(2 * (weights @ (stated * answered)), weights @ (stated + answered))

    return statistic
