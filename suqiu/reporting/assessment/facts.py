"""The numbers of a result as facts, each with the place in `result.json` that it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from suqiu.domain.evidence import Fact, Outcome, Slice
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text
from suqiu.reporting.assessment.dossier import short
from suqiu.reporting.evidence import ALL
from suqiu.reporting.numbers import EPOCH
from suqiu.standard.catalogue import Indicator
from suqiu.standard.result import Result, Score

#: The numbers of a score: their names, how they are made, and whether they are marks out of a hundred.
SCORE_PARTS: dict[str, tuple[Text, Text]] = {
    "coverage": (
        Text("证据覆盖率", "coverage"),
        Text("有结论指标的权重÷全部适用指标的权重", "weight of what is known ÷ weight of all that applies"),
    ),
    "score": (
        Text("得分", "score"),
        Text(
            "仅就有结论的指标，按权重计算的平均得分，满分一百分",
            "mean credit by weight over what is known, of a hundred",
        ),
    ),
    "lower": (
        Text("得分下限", "lower bound"),
        Text("未知指标全部按零分计入", "the same, with all that is unknown at nothing"),
    ),
    "upper": (
        Text("得分上限", "upper bound"),
        Text("未知指标全部按满分计入", "the same, with all that is unknown at full marks"),
    ),
}
_NOTHING_KNOWN = Text("没有可用佐证，无从计分", "there is no evidence to score by")
_NOT_MEASURED = Text("没有测得数值", "no value was found")


@dataclass(frozen=True)
class FactMaker:
    """Makes the facts of one result.

    Attributes:
        result: whose numbers.
        prefix: begins every id: `assessment:`, or `assessment:previous.` for the result before.
        file: where readers find them.
    """

    result: Result
    prefix: str = "assessment:"
    file: str = "result.json"

    def number(
        self,
        path: str,
        name: Text,
        value: float | None,
        unit: str,
        query: str,
        *,
        measure: str | None = None,
        cut: Slice = ALL,
        answer: Answer | None = None,
        reason: Text = _NOT_MEASURED,
        file: str | None = None,
    ) -> Fact:
        """Return a number as a fact; None is unknown.

        Args:
            path: ends the fact's id, unique in the report.
            name: what it is.
            value: in the unit.
            unit: one of `numbers.UNITS`, `share` or `date`.
            query: where in the result it stands, or what it is computed from.
            measure: what explains it on its card; the path's last part without it.
            cut: the part of the standard that it is about.
            answer: the probe's answer it comes from, for its interval, its counts and its rows.
            reason: why it is not known.
            file: what the query is about, if not the result.
        """
        counts = (None, None) if answer is None else (_whole(answer.numerator), _whole(answer.denominator))
        return Fact(
            fact_id=self.prefix + path,
            measure=measure or path.rpartition(".")[2],
            name=name,
            period=f"{self.result.first}/{self.result.last}",
            slice=cut,
            outcome=Outcome.UNKNOWN if value is None else Outcome.KNOWN,
            value=value,
            unit=unit,
            numerator=counts[0],
            denominator=counts[1],
            interval=None if answer is None or value is None else answer.interval,
            reason=reason if value is None else None,
            query=f"{file or self.file} {query}",
            rows=0 if answer is None else answer.rows,
            data_version=short(self.result.standard_fingerprint),
        )

    def count(self, path: str, name: Text, value: int, unit: str, query: str) -> Fact:
        """Return how many there are of something."""
        return self.number(path, name, value, unit, query, measure="count")

    def day(self, path: str, name: Text, value: date, query: str) -> Fact:
        """Return a date."""
        return self.number(path, name, (value - EPOCH).days, "date", query, measure="day")

    def level(self, path: str, value: int | None, query: str, cut: Slice = ALL) -> Fact:
        """Return a level's number."""
        reason = Text("没有适用的指标", "nothing applies")
        return self.number(path, Text("成熟度等级", "level"), value, "level", query, cut=cut, reason=reason)

    def score(self, where: str, part: str, score: Score, cut: Slice = ALL, *, file: str | None = None) -> Fact:
        """Return one number of a score: its coverage as a share, the others in marks out of a hundred.

        Args:
            where: the part of the result, which begins the id: `overall`, `domains.D1`, or of another file.
            part: `coverage`, `score`, `lower` or `upper`.
            score: the numbers.
            cut: what it is about.
            file: where it stands, if not in the result's scoring.
        """
        value: float | None = getattr(score, part)
        place = f"scoring.{where}.{part}" if file is None else f"{where.partition('.')[2]}.{part}"
        if part != "coverage":
            value, place = marks(value), f"{place} × 100"
        unit = "share" if part == "coverage" else "marks"
        return self.number(f"{where}.{part}", SCORE_PARTS[part][0], value, unit, place, cut=cut, reason=_NOTHING_KNOWN)

    def credit(
        self, path: str, name: Text, value: float | None, query: str, cut: Slice, file: str | None = None
    ) -> Fact:
        """Return a credit in marks out of a hundred; None is unknown."""
        return self.number(path, name, marks(value), "marks", f"{query} × 100", cut=cut, measure="credit", file=file)

    def answer(self, indicator: Indicator, answer: Answer, kind: str = "answer") -> Fact:
        """Return what was found on an indicator, with its interval; `kind` is `answer` or `replaced`."""
        return self.number(
            f"{indicator.id}.{kind}",
            indicator.name,
            answer.value,
            indicator.unit,
            f"findings[{indicator.id}].{kind}.value",
            measure=indicator.id,
            cut=Slice("indicator", indicator.id, Text(indicator.id, indicator.id)),
            answer=answer,
            reason=answer.reason or _NOT_MEASURED,
        )

    def target(self, indicator: Indicator, value: float, query: str, file: str | None = None) -> Fact:
        """Return an indicator's target."""
        name = Text(f"{indicator.name.zh}目标值", f"{indicator.name.en}: target")
        return self.number(
            f"{indicator.id}.target", name, value, indicator.unit, query, measure=indicator.id, file=file
        )


def marks(credit: float | None) -> float | None:
    """Return a credit of 0 to 1 as marks of 0 to 100, without the noise of binary fractions."""
    return None if credit is None else round(credit * 100, 9)


def _whole(number: float | None) -> int | None:
    return int(number) if number is not None and float(number).is_integer() else None
