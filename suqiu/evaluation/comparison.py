"""Two runs on the same samples: what is better, by how much, and how surely."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.evaluation.answers import answers_of, known, spans_of, statistics_of, statistics_of_spans
from suqiu.evaluation.intervals import ROUNDS
from suqiu.evaluation.measures import MEASURES, Kind
from suqiu.evaluation.paired import Difference, McNemar, differences, mcnemar
from suqiu.evaluation.runlog import Header, RunLog
from suqiu.evaluation.scorecard import groups_of
from suqiu.evaluation.seeds import seed_of


@dataclass(frozen=True, slots=True)
class Comparison:
    """A second run less a first, on the same samples 成对比较.

    Attributes:
        first, second: what the runs were.
        variants: which variant of each.
        samples: how many are compared.
        wanted: the accuracy that coverage is stated at.
        mcnemar: on which samples only one is right; None for spans.
        differences: by measure, in the order of `MEASURES`.
    """

    first: Header
    second: Header
    variants: tuple[str, str]
    samples: int
    wanted: float
    mcnemar: McNemar | None
    differences: dict[str, Difference]

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain values for JSON; what is undefined is None."""
        return {**asdict(self), "variants": list(self.variants)}


def compare(
    first: RunLog,
    second: RunLog,
    wanted: float = 0.95,
    *,
    variants: tuple[str, str] | None = None,
    rounds: int = ROUNDS,
) -> Comparison:
    """Compare two runs, or two variants of one, sample by sample.

    Args:
        first, second: the runs; may be the same.
        wanted: accuracy that coverage is stated at.
        variants: which of each; None takes each run's first.
        rounds: of the bootstrap and of the exchanges.

    Raises:
        InvalidInput: the runs are of different tasks or data, or do not hold the same samples and truths.
        NotFound: a run has no such variant.
    """
    chosen = variants or (first.variants[0], second.variants[0])
    tables = [_ready(log, variant) for log, variant in zip((first, second), chosen, strict=True)]
    _check(first, second, tables)
    samples, header = len(tables[0]), first.header
    tables.append(pa.concat_tables(tables).combine_chunks())
    if header.kind is Kind.SPANS:
        test, statistics = None, [statistics_of_spans(spans_of(table)) for table in tables]
    else:
        answers = [answers_of(table) for table in tables]
        test = mcnemar(answers[0].right, answers[1].right)
        statistics = [statistics_of(header, each, wanted) for each in answers]
    seed, groups = seed_of(tables[0]["sample"]), groups_of(tables[0])
    one, other, both = statistics
    found = differences(one, other, both, samples, seed, groups=groups, rounds=rounds)
    ordered = {name: found[name] for name in MEASURES if name in found}
    return Comparison(first.header, second.header, chosen, samples, wanted, test, ordered)


def _ready(log: RunLog, variant: str) -> pa.Table:
    return known(log.header, log.of(variant)).sort_by("sample").combine_chunks()


def _check(first: RunLog, second: RunLog, tables: list[pa.Table]) -> None:
    headers = (first.header, second.header)
    differing = [
        name
        for name in ("task", "kind", "data", "levels", "positive")
        if getattr(headers[0], name) != getattr(headers[1], name)
    ]
    for name in ("sample", "truth", "true_spans", "group"):
        if not differing and not tables[0][name].equals(tables[1][name]):
            differing.append(name)
    if differing:
        raise InvalidInput(
            "evaluation.not_comparable",
            Text("两份评测记录不可比较（{names}不一致）", "the runs cannot be compared (they differ in {names})").fill(
                names=", ".join(differing)
            ),
            Text("请在同一任务、同一数据的相同样本上评测后再比较", "run both on the same samples of the same data"),
        )
    if not len(tables[0]):
        raise InvalidInput(
            "evaluation.nothing_to_compare",
            Text("两份评测记录均无可比样本", "the runs hold no samples with a known truth"),
            Text("请补充带有标准答案的样本", "add samples whose truth is known"),
        )
