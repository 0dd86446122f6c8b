"""The composed score of the three rates 三率综合得分: response, resolution, satisfaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from suqiu.analysis.naming import data_version, fact_id
from suqiu.domain.city import City
from suqiu.domain.evidence import Fact, Outcome
from suqiu.domain.text import Text

ID = "S1"
NAME = Text("三率综合得分", "score of the three rates")
FORMULA = Text(
    "先行联系率（响应率）、解决率、满意率按城市数据包appraisal权重加权平均",
    "mean of C2, C16 and C17, weighted by `appraisal` of the city pack",
)
SOURCE = "北京接诉即办“三率” [B]；权重为城市设定"

#: The measures that are composed, each with the name of its weight. Slices as C2 is cut by.
PARTS: tuple[tuple[str, str], ...] = (
    ("C2", "appraisal.response"),
    ("C16", "appraisal.resolution"),
    ("C17", "appraisal.satisfaction"),
)

#: The tables that the three rates rest on, as far as they exist.
_TABLES = ("cases",)


def composed(facts: Sequence[Fact], city: City, versions: Mapping[str, str]) -> Iterator[Fact]:
    """Compose the score for the whole and for each slice in which any of the three rates stands.

    The score is unknown wherever one of the three is: a missing rate is never left out of the mean,
    because then hiding a bad rate would raise the score.
    """
    by_slice: dict[tuple[str, str], dict[str, Fact]] = {}
    ids = [measure for measure, _ in PARTS]
    for fact in facts:
        if fact.measure in ids:
            by_slice.setdefault((fact.slice.dimension, fact.slice.key), {})[fact.measure] = fact
    wholes = by_slice.get(("all", ""), {})
    if set(wholes) != set(ids):
        return
    if any(fact.outcome is Outcome.UNKNOWN for fact in wholes.values()):
        by_slice = {("all", ""): wholes}
    for rates in by_slice.values():
        if set(rates) == set(ids):
            yield _score([rates[id_] for id_ in ids], city, versions)


def _score(rates: Sequence[Fact], city: City, versions: Mapping[str, str]) -> Fact:
    lacking = next((fact for fact in rates if fact.value is None), None)
    weights = [city.weight(name) for _, name in PARTS]
    value = sum(w * fact.value for w, fact in zip(weights, rates, strict=True) if fact.value is not None)
    first = rates[0]
    return Fact(
        fact_id=fact_id(ID, first.period, first.slice),
        measure=ID,
        name=NAME,
        period=first.period,
        slice=first.slice,
        outcome=lacking.outcome if lacking else Outcome.KNOWN,
        value=None if lacking else value / sum(weights),
        unit="share",
        numerator=None,
        denominator=None,
        interval=None,
        reason=_reason(lacking) if lacking else None,
        query="\n;\n".join(f"-- {w} × {fact.measure}\n{fact.query}" for w, fact in zip(weights, rates, strict=True)),
        rows=sum(fact.rows for fact in rates),
        data_version=data_version([name for name in _TABLES if name in versions], versions),
    )


def _reason(lacking: Fact) -> Text:
    why = lacking.reason or Text("未知", "unknown")
    return Text("缺少{rate}：{why}", "{rate} is missing: {why}").fill(rate=lacking.name, why=why)
