"""Reasons 理由 for what a model claims: the words that carried it, the duty that fits, precedents, the place.

Words are found by taking them away: a stretch of the text that carries the answer is one without which
its score falls. The same test, put to the named words alone, says whether an explanation is faithful.
It works with anything that scores texts, linear or not, local or remote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import rjieba

from suqiu.domain.city import City
from suqiu.domain.text import Text
from suqiu.evaluation.intervals import wilson
from suqiu.reading.precedents import Precedents
from suqiu.reading.tree import NONE, Numbers

Scores = npt.NDArray[np.floating]

#: What separates stretches of text: nobody is convinced by half a clause and the comma after it.
_CLAUSE = re.compile(r"[^，,。！!？?；;：:、（）()《》【】“”\"'\s]+")
#: A stretch carries an answer if its fall in score is this share of the largest fall at least.
_WORTH = 0.25
#: A stretch is shortened while this share of its worth remains.
_KEPT = 0.9
#: Texts longer than this are explained by their beginning: reasons must fit on a screen.
_CHARACTERS = 400


class Scorer(Protocol):
    """Anything that scores texts: one row a text, one column a label, higher is surer."""

    def __call__(self, texts: pa.Array) -> tuple[Sequence[str], Scores]:
        """Return the labels of the columns, and the scores."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """Words that carried an answer 关键词句.

    Attributes:
        start, length: characters of the text.
        words: as written.
        fall: how far the score falls without them; at least 0.
    """

    start: int
    length: int
    words: str
    fall: float


@dataclass(frozen=True, slots=True)
class Case:
    """A precedent beside an order 先例.

    Attributes:
        order_id: of the past order.
        similarity: cosine, 0 to 1.
        department: where it ended, None where unknown.
        returned_from: who had sent it back.
    """

    order_id: str
    similarity: float
    department: str | None
    returned_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one order is claimed to be somebody's 研判理由.

    Attributes:
        label: the claimed answer.
        score: the model's, as the scorer gives it.
        spans: the words that carried it, strongest first; empty where no stretch alone carries it.
        duty: id of the duty that fits, None where none does.
        clause: what the duty says and the rule behind it, None likewise.
        cases: precedents, most alike first.
        place: the full name of the region, None where unknown.
    """

    label: str
    score: float
    spans: tuple[Span, ...]
    duty: str | None
    clause: str | None
    cases: tuple[Case, ...]
    place: str | None

    def as_record(self) -> dict[str, object]:
        """Return it ready for JSON."""
        return {
            "label": self.label,
            "score": self.score,
            "spans": [{"start": s.start, "length": s.length, "words": s.words, "fall": s.fall} for s in self.spans],
            "duty": self.duty,
            "clause": self.clause,
            "cases": [
                {
                    "order_id": case.order_id,
                    "similarity": case.similarity,
                    "department": case.department,
                    "returned_from": list(case.returned_from),
                }
                for case in self.cases
            ],
            "place": self.place,
        }

    def told(self, city: City) -> Text:
        """Return the reasons in words; a reason that is missing is left out, and none at all is said.

        Args:
            city: knows the names of departments.
        """
        names = {id_: department.name for id_, department in city.department_by_id.items()}
        parts = []
        if self.spans:
            words = "、".join(f"“{span.words}”" for span in self.spans)
            parts.append(Text("依据表述{w}", "because of the words {w}").fill(w=words))
        if self.duty:
            parts.append(Text("职责清单{d}：{c}", "duty {d}: {c}").fill(d=self.duty, c=self.clause))
        parts += [_told(case, names) for case in self.cases]
        if self.place:
            parts.append(Text("事发地{p}", "place {p}").fill(p=self.place))
        if not parts:
            return Text("没有可以说明的理由。", "No reason can be given.")
        return Text("；".join(p.zh for p in parts) + "。", "; ".join(p.en for p in parts) + ".")


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Whether named words really carry the answers 解释忠实度.

    Attributes:
        texts: explained, each with at least one span.
        lowered: of them, those whose score falls without the named words.
        changed: of them, those whose answer changes.
        lowered_by_chance, changed_by_chance: the same with as many characters taken from elsewhere in
            the text: what a blind choice of words would reach.
    """

    texts: int
    lowered: int
    changed: int
    lowered_by_chance: int
    changed_by_chance: int

    def as_record(self) -> dict[str, object]:
        """Return counts with shares and 95 % Wilson intervals, ready for JSON; None without texts."""
        record: dict[str, object] = {"texts": self.texts}
        for name in ("lowered", "changed", "lowered_by_chance", "changed_by_chance"):
            count = int(getattr(self, name))
            interval = wilson(count, self.texts)
            record[name] = {
                "count": count,
                "share": None if interval is None else count / self.texts,
                "interval": None if interval is None else [interval.lower, interval.upper],
            }
        return record


def words_that_carry(text: str, scorer: Scorer, *, label: str | None = None, at_most: int = 3) -> tuple[Span, ...]:
    """Find the stretches of one text that carry an answer, by taking each away.

    Clauses are tried first; those that matter most are then shortened, from both ends, as long as what is
    kept of them carries nearly all of their worth.

    Args:
        text: of one order.
        scorer: scores texts.
        label: the answer to explain; the best one when None.
        at_most: spans to return.

    Returns:
        Spans, strongest first, never overlapping.

    Raises:
        ValueError: the scorer does not know the label.
    """
    head = text[:_CHARACTERS]
    pieces = _stretches(head)
    if not pieces:
        return ()
    labels, scores = scorer(pa.array([head, *(_without(head, [piece]) for piece in pieces)]))
    at = int(scores[0].argmax()) if label is None else list(labels).index(label)
    falls = scores[0, at] - scores[1:, at]
    least = _WORTH * float(falls.max())
    best = [n for n in np.argsort(-falls, kind="stable")[:at_most].tolist() if falls[n] > 0 and falls[n] >= least]
    return tuple(_narrowed(head, pieces[n], float(falls[n]), float(scores[0, at]), at, scorer) for n in best)


def tipping(texts: pa.Array, spans: Sequence[Sequence[Span]], scorer: Scorer) -> Faithfulness:
    """Check explanations by taking away the words that they name, and as many others.

    Args:
        texts: string array.
        spans: the named words of each text; texts without any are left out.
        scorer: the model that was explained.
    """
    said = pc.fill_null(texts, "").to_pylist()
    rows = [n for n, named in enumerate(spans) if named]
    if not rows:
        return Faithfulness(0, 0, 0, 0, 0)
    cut = [[(span.start, span.start + span.length) for span in spans[n]] for n in rows]
    whole = pa.array([said[n] for n in rows], pa.string())
    without = pa.array([_without(said[n], named) for n, named in zip(rows, cut, strict=True)], pa.string())
    blind = pa.array([_blindly(said[n], named) for n, named in zip(rows, cut, strict=True)], pa.string())
    (_, full), (_, named), (_, other) = scorer(whole), scorer(without), scorer(blind)
    best = full.argmax(axis=1)
    line = np.arange(len(rows))
    return Faithfulness(
        len(rows),
        int((named[line, best] < full[line, best]).sum()),
        int((named.argmax(axis=1) != best).sum()),
        int((other[line, best] < full[line, best]).sum()),
        int((other.argmax(axis=1) != best).sum()),
    )


def explain(
    text: str,
    scorer: Scorer,
    city: City,
    *,
    label: str | None = None,
    duty: str | None = None,
    region: str | None = None,
    cases: Iterable[Case] = (),
) -> Explanation:
    """Put together what speaks for one answer about one order.

    Args:
        text: title and text, without routing hints.
        scorer: the model.
        city: duties and regions by their ids.
        label: the answer to explain; the best one when None.
        duty: id of the duty that justifies it, as the catalogue says.
        region: id of the place, as deep as it is known.
        cases: from `cases_of`.

    Raises:
        ValueError: the scorer does not know the label.
    """
    labels, scores = scorer(pa.array([text], pa.string()))
    at = int(scores[0].argmax()) if label is None else list(labels).index(label)
    spans = words_that_carry(text, scorer, label=labels[at])
    fitting = next((d for d in city.duties if d.id == duty), None)
    clause = None if fitting is None else f"{fitting.what}（{fitting.clause}）"
    place = _full_name(city, region)
    known = None if fitting is None else fitting.id
    return Explanation(labels[at], float(scores[0, at]), spans, known, clause, tuple(cases), place)


def cases_of(precedents: Precedents, numbers: Numbers, cosines: npt.NDArray[np.float32]) -> tuple[Case, ...]:
    """Return one order's precedents as cases.

    Args:
        precedents: the past orders.
        numbers, cosines: one row of `Alike`.
    """
    kept = np.flatnonzero(numbers != NONE)
    outcomes = precedents.outcomes.take(numbers[kept])
    told = zip(
        outcomes.order_ids.to_pylist(),
        cosines[kept].tolist(),
        outcomes.departments.to_pylist(),
        outcomes.returned_from.to_pylist(),
        strict=True,
    )
    return tuple(Case(id_, cosine, ended, tuple(back or ())) for id_, cosine, ended, back in told)


def _stretches(text: str) -> list[tuple[int, int]]:
    """Return where clauses begin and end, those of at least two characters."""
    return [found.span() for found in _CLAUSE.finditer(text) if len(found.group()) > 1]


def _narrowed(text: str, piece: tuple[int, int], fall: float, score: float, at: int, scorer: Scorer) -> Span:
    """Shorten a clause to the words that, kept alone of it, keep nine tenths of its worth.

    Keeping, not taking away: half a phrase taken away destroys it, and would be named for it. Cut between
    words only: one round of scoring finds the end, one the beginning.
    """
    wanted = score - (1 - _KEPT) * fall

    def first_enough(tried: list[tuple[int, int]]) -> tuple[int, int]:
        kept = [f"{text[: piece[0]]}，{text[begin:stop]}，{text[piece[1] :]}" for begin, stop in tried]
        enough = scorer(pa.array(kept))[1][:, at] >= wanted
        return tried[int(np.argmax(enough))] if enough.any() else tried[-1]

    start, end = piece
    bounds = start + np.cumsum([0, *(len(word) for word in rjieba.cut(text[start:end]))])
    _, end = first_enough([(start, int(stop)) for stop in bounds[1:]])
    start, end = first_enough([(int(begin), end) for begin in bounds[::-1] if begin < end])
    return Span(start, end - start, text[start:end], fall)


def _without(text: str, cuts: Sequence[tuple[int, int]]) -> str:
    """Take stretches out; a comma in their place keeps what is left of and right of them apart."""
    for start, end in sorted(cuts, reverse=True):
        text = f"{text[:start]}，{text[end:]}"
    return text


def _blindly(text: str, cuts: Sequence[tuple[int, int]]) -> str:
    """Take as many characters from the part that is not named, in its middle."""
    wanted = sum(end - start for start, end in cuts)
    free = np.ones(len(text), dtype=np.bool_)
    for start, end in cuts:
        free[start:end] = False
    places = np.flatnonzero(free)
    begin = max(0, (len(places) - wanted) // 2)
    gone = set(places[begin : begin + wanted].tolist())
    return "".join(sign for n, sign in enumerate(text) if n not in gone)


def _told(case: Case, names: Mapping[str, str]) -> Text:
    likeness = Text("先例{id}（相似度{s:.0%}）", "precedent {id} (likeness {s:.0%})").fill(
        id=case.order_id, s=case.similarity
    )
    if case.department is None:
        return Text("{c}的承办单位不详", "{c}: department unknown").fill(c=likeness)
    name = names.get(case.department, case.department)
    return Text("{c}由{d}办理", "{c} ended at {d}").fill(c=likeness, d=name)


def _full_name(city: City, region: str | None) -> str | None:
    """Return the names of a region from the district down, None where the city does not know it."""
    if region is None or region not in city.region_by_id:
        return None
    parts = region.split(".")
    ids = [".".join(parts[: n + 1]) for n in range(len(parts))]
    return "".join(city.region_by_id[id_].name for id_ in ids if id_ in city.region_by_id)
