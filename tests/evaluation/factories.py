"""Runs made up sample by sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from suqiu.evaluation.measures import Kind
from suqiu.evaluation.runlog import Header, RunLog, run_log

LABELS = ("城管局", "住建局", "供水公司", "交通局", "教育局", "卫健委")


def a_header(**changes: Any) -> Header:
    values: dict[str, Any] = {
        "task": "dispatch",
        "kind": Kind.CHOICE,
        "model": "linear",
        "model_version": "3",
        "code": "0.1.0",
        "data": "0123456789abcdef",
        "split": "newest 0.2",
    }
    return Header(**{**values, **changes})


def a_run(samples: int = 200, skill: float = 0.8, seed: int = 1, **columns: Any) -> RunLog:
    """Return a run whose answers are right as often as their confidence times the skill says."""
    truth = np.random.default_rng(99).integers(0, len(LABELS), samples)
    draw = np.random.default_rng(seed)
    sure = draw.beta(5, 1, samples).round(3)
    first = np.where(draw.random(samples) < sure * skill, truth, draw.integers(0, len(LABELS), samples))
    columns = {
        "sample": [f"单{n}" for n in range(samples)],
        "truth": [LABELS[n] for n in truth],
        "labels": [[LABELS[(n + k) % len(LABELS)] for k in range(3)] for n in first],
        "confidences": [[float(c), float(c) / 4, float(c) / 8] for c in sure],
        **columns,
    }
    return run_log(a_header(), **columns)


def a_small_run(rows: Sequence[tuple[str, str | None, list[str], list[float]]], **header: Any) -> RunLog:
    """Return a run of `(sample, truth, labels, confidences)`."""
    samples, truth, labels, confidences = (list(column) for column in zip(*rows, strict=True))
    return run_log(a_header(**header), sample=samples, truth=truth, labels=labels, confidences=confidences)
