"""The pen of the assessment report: it knows the dossier and how findings read in print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from suqiu.domain.evidence import Fact, Slice
from suqiu.domain.finding import Answer, Finding
from suqiu.domain.text import Language, Text
from suqiu.reporting.assessment.dossier import Dossier
from suqiu.reporting.assessment.facts import SCORE_PARTS, FactMaker
from suqiu.reporting.assessment.words import ORIGINS, VERDICTS
from suqiu.reporting.document import Column, HeatCell, HeatMap, Name, Number, Spans, Words
from suqiu.reporting.numbers import Aspect, look_alike
from suqiu.reporting.pen import Pen
from suqiu.standard.catalogue import Indicator, Origin
from suqiu.standard.result import Score

#: The numbers of a score as they stand in tables.
SCORE_COLUMNS = ("coverage", "score", "lower", "upper")


class AssessmentWriter(Pen):
    """Writes one section of the assessment report.

    What is not known has a section of its own, so that sections end without a note on it.

    Attributes:
        dossier: what may be said.
        facts: makes the facts of the result.
    """

    def __init__(self, dossier: Dossier, language: Language) -> None:
        super().__init__(language)
        self.dossier = dossier
        self.facts = FactMaker(dossier.result)

    def note_missing(self, facts: Iterable[Fact]) -> None:
        """Say nothing: the section on what is unknown does."""

    def words(self, text: Text) -> Spans:
        """Return words of ours as a cell."""
        return (Words(text.to(self.language)),)

    def quoted(self, text: Text | str) -> Spans:
        """Return wording that came with the assessment as a cell; a dash for none."""
        name = self.name(text)
        return (name,) if name.text else self.cell(None)

    def count(self, path: str, name: Text, value: int, query: str, unit: str = "indicators") -> Fact:
        """Return how many there are of something as a fact."""
        return self.facts.count(path, name, value, unit, query)

    def tally(self, fact: Fact, *, named: bool = False) -> Number:
        """Return a count for a sentence; English says what is counted once, Chinese each time."""
        return Number(fact, Aspect.VALUE if named or self.language == "zh" else Aspect.BARE)

    def level(self, fact: Fact) -> Spans:
        """Return a level with its number and name: `3级（集成级）`."""
        if fact.value is None:
            return self.cell(None)
        name = self.dossier.level_name(int(fact.value))
        if not fact.value:
            return self.words(name)
        return self.spans(Text("{number}（{name}）", "{number} ({name})"), number=fact, name=self.name(name))

    def named(self, subject: str) -> Spans:
        """Return an indicator's or gate's id and name."""
        return self.spans(
            Text("{id} {name}", "{id} {name}"), id=Name(subject), name=self.name(self.dossier.name(subject))
        )

    def listing(self, subjects: Sequence[str], most: int) -> Spans:
        """Return the names of the first subjects, and that there are more."""
        listed = self.listed((self.name(self.dossier.name(one)),) for one in subjects[:most])
        return listed + (self.words(Text("等", " and others")) if len(subjects) > most else ())

    def joined(self, parts: Sequence[Spans]) -> Spans:
        """Return clauses set apart by semicolons."""
        spans: Spans = ()
        for part in parts:
            spans += (self.words(Text("；", "; ")) if spans else ()) + part
        return spans

    def found(self, finding: Finding) -> Spans:
        """Return what was found: a value, a rating in words, or a dash."""
        indicator = self.dossier.indicators[finding.subject]
        return self.answered(indicator, finding.answer)

    def answered(self, indicator: Indicator, answer: Answer | None, kind: str = "answer") -> Spans:
        """Return an answer with its interval."""
        if answer is None or answer.value is None:
            return self.cell(None)
        if indicator.unit == "rating":
            named = [one.name for one in self.dossier.catalogue.ratings if abs(one.credit - answer.value) < 1e-9]
            if named:
                return self.quoted(named[0])
        fact = self.facts.answer(indicator, answer, kind)
        target, _ = self.dossier.target_of(indicator)
        interval = None if indicator.census else fact.interval  # where all were counted nothing is left to chance
        ends = () if interval is None else (interval.lower, interval.upper)
        marks = (answer.value, *ends, *(() if target is None else (target,)))
        fine = look_alike(marks, indicator.unit)
        if len(set(ends)) < 2:
            return self.cell(fact, Aspect.FINE if fine else Aspect.VALUE)
        return self.spans(
            Text("{value}（{ends}）", "{value} ({ends})"),
            value=Number(fact, Aspect.FINE if fine else Aspect.VALUE),
            ends=Number(fact, Aspect.FINE_INTERVAL if fine else Aspect.INTERVAL),
        )

    def target(self, indicator: Indicator) -> Spans:
        """Return an indicator's target with its nature, source and grade: `≥95%，公开目标，P7（A）`."""
        value, _ = self.dossier.target_of(indicator)
        if value is None:
            return self.words(Text("未设定", "not set"))
        rated = [
            one.name for one in self.dossier.catalogue.ratings if indicator.unit == "rating" and one.credit == value
        ]
        shown = (
            self.spans(Text("{rating}及以上", "{rating} or better"), rating=self.name(rated[0]))
            if rated
            else self.spans(
                _bounded(indicator, value),
                value=Number(self.target_fact(indicator, value), Aspect.GIVEN),
            )
        )
        return self.spans(Text("{shown}，{nature}", "{shown}, {nature}"), shown=shown, nature=self._nature(indicator))

    def _nature(self, indicator: Indicator) -> Spans:
        """Return what kind of number a target is, with its source and grade, or with who set it."""
        _, bound = self.dossier.target_of(indicator)
        if indicator.id in self.dossier.targets:
            setter = self.name(self.dossier.targets[indicator.id].set_by)
            return self.spans(Text("{who}设定", "set by {who}"), who=setter)
        nature = self.words(ORIGINS[bound.origin])
        if bound.origin is Origin.OWN or bound.source is None:
            return nature
        source = self.source(bound.source, bound.grade.value if bound.grade else None)
        return self.spans(Text("{nature}，{source}", "{nature}, {source}"), nature=nature, source=source)

    def target_fact(self, indicator: Indicator, value: float) -> Fact:
        """Return an indicator's target as a fact."""
        if indicator.id in self.dossier.targets:
            return self.facts.target(indicator, value, f"targets[{indicator.id}].target")
        catalogue = self.dossier.catalogue
        file = f"{catalogue.id}/{catalogue.version}"
        return self.facts.target(indicator, value, f"indicators[{indicator.id}].target.value", file)

    def source(self, source: str | None, grade: str | None) -> Spans:
        """Return a source's id with the grade of what it says: `P7（A）`."""
        if source is None:
            return self.cell(None)
        if grade is None:
            return self.quoted(source)
        graded = Text("{source}（{grade}）", "{source} ({grade})")
        return self.spans(graded, source=Name(source), grade=Name(grade))

    def verdict(self, finding: Finding) -> Spans:
        """Return a verdict in words."""
        return self.words(VERDICTS[finding.verdict])

    def scores(self, where: str, score: Score, cut: Slice) -> list[Spans]:
        """Return the cells of a score: coverage, score, lower, upper."""
        return [self.cell(self.facts.score(where, part, score, cut)) for part in SCORE_COLUMNS]

    def score_columns(self) -> list[Column]:
        """Return the columns of a score."""
        return [
            self.column(_title(SCORE_PARTS[part][0]), "" if part == "coverage" else "marks") for part in SCORE_COLUMNS
        ]

    def heat(self, caption: Text, heads: tuple[Text, Text], rows: Sequence[tuple[Spans, Sequence[HeatCell]]]) -> None:
        """Draw a heat map, unless it has no rows."""
        if rows:
            for _, cells in rows:
                for cell in cells:
                    self.made_fact(cell.fact)
            titles = (self.spans(heads[0]), self.spans(heads[1]))
            made = tuple((label, tuple(cells)) for label, cells in rows)
            self.blocks.append(HeatMap(self.spans(caption), titles, made))


def _bounded(indicator: Indicator, value: float) -> Text:
    """Return on which side of a target a value must lie; no sign where there is nothing beyond it."""
    if indicator.unit == "share" and value == (1 if indicator.direction == "up" else 0):
        return Text("{value}", "{value}")
    return Text("≥{value}", "≥ {value}") if indicator.direction == "up" else Text("≤{value}", "≤ {value}")


def _title(name: Text) -> Text:
    return Text(name.zh, name.en.capitalize())
