"""Why a model of a label answers as it does: words, duty, precedents and place, for answers drawn by a seed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.city import City
from suqiu.domain.tables import ORDERS
from suqiu.evaluation.seeds import seed_of
from suqiu.reading import explain, precedents
from suqiu.reading.catalogue import Catalogue
from suqiu.reading.labelling.examples import Examples
from suqiu.reading.labelling.model import LabelModel
from suqiu.reading.place import PlaceFinder

_FOLDER = "precedents"
#: Precedents kept with a model, and shown with an answer.
_KEPT, _SHOWN = 60_000, 3


def keep_precedents(model: LabelModel, examples: Examples, folder: Path) -> None:
    """Keep the examples as precedents: numbers, labels and word counts, no texts.

    Args:
        model: its vocabulary makes the vectors.
        examples: what it learned from.
        folder: of the model.
    """
    rows = np.arange(len(examples.texts))[-_KEPT:]
    kept = examples.take(rows)
    ids = kept.ids if kept.ids is not None else pa.array([str(row + 1) for row in rows], pa.string())
    outcomes = precedents.Outcomes(
        ids,
        kept.labels,
        pa.nulls(len(rows), pa.string()),
        pa.nulls(len(rows), pa.timestamp("s")),
        pa.nulls(len(rows), pa.list_(pa.string())),
    )
    precedents.save(precedents.Precedents(outcomes, model.vocabulary.vectors(kept.texts)), folder / _FOLDER)


def learned_from(folder: Path, ids: pa.Array) -> int:
    """Return how many of these rows the model in a folder learned from, by what names them."""
    known = precedents.load(folder / _FOLDER).outcomes.order_ids
    return int(pc.sum(pc.is_in(ids, value_set=known)).as_py() or 0)


def of_some(
    model: LabelModel, folder: Path, ids: pa.Array, texts: pa.Array, count: int, city: City | None
) -> dict[str, object]:
    """Explain some answers, and check the explanations.

    Args:
        model: that answers.
        folder: of the model.
        ids, texts: of all rows.
        count: how many of them to explain.
        city: whose duties and places explain; None for words and precedents alone.

    Returns:
        The explanations, and how often taking the named words away changed the answer; ready for JSON.
    """
    draw = np.random.default_rng(seed_of(texts))
    rows = np.sort(draw.choice(len(texts), size=min(count, len(texts)), replace=False))
    said, named = texts.take(pa.array(rows)), ids.take(pa.array(rows)).to_pylist()
    past = precedents.load(folder / _FOLDER)
    # One more is asked for than shown: a row that the model learned from is its own best precedent.
    alike = past.alike(model.vocabulary.vectors(said), _SHOWN + 1)
    answers = model.answer(said, 1)
    labels = [model.labels[number] for number in answers.labels[:, 0]]
    duties, places = _grounds(city, said, labels)

    def scorer(texts: pa.Array) -> tuple[Sequence[str], npt.NDArray[np.floating]]:
        return model.labels, model.combination.log_shares(model.views(texts), model.log_prior)

    told, spans = [], []
    for n, (id_, text) in enumerate(zip(named, said.to_pylist(), strict=True)):
        cases = [c for c in explain.cases_of(past, alike.numbers[n], alike.cosines[n]) if c.order_id != id_][:_SHOWN]
        carried = explain.words_that_carry(text, scorer, label=labels[n])
        duty = None if city is None else next((d for d in city.duties if d.id == duties[n]), None)
        spans.append(carried)
        told.append(
            {
                "order_id": id_,
                "label": labels[n],
                "confidence": round(float(answers.confidence[n, 0]), 4),
                "words": [{"words": s.words, "start": s.start, "length": s.length} for s in carried],
                "duty": None if duty is None else {"id": duty.id, "what": duty.what, "clause": duty.clause},
                "precedents": [
                    {"order_id": c.order_id, "likeness": round(c.similarity, 3), "label": c.department} for c in cases
                ],
                "place": places[n],
            }
        )
    return {"explanations": told, "faithfulness": explain.tipping(said, spans, scorer).as_record()}


def _grounds(city: City | None, texts: pa.Array, labels: Sequence[str]) -> tuple[list[str | None], list[str | None]]:
    """Return the duty that gives each order to its department, and the place named in it."""
    if city is None:
        return [None] * len(texts), [None] * len(texts)
    # Exports write names with and without the city before them.
    before = (f"{city.name}市", city.name, "市", "省")
    by_name = {_bare(department.name, before): department.id for department in reversed(city.departments)}
    departments = [by_name.get(_bare(label, before), label) for label in labels]
    duties = Catalogue(city).fitting(texts, departments).to_pylist()
    nothing = {field.name: pa.nulls(len(texts), field.type) for field in ORDERS}
    orders = pa.RecordBatch.from_arrays(list(nothing.values()), names=list(nothing))
    levels = [level.to_pylist() for level in PlaceFinder(city).locate(orders, texts).levels]
    deepest = [next((place for place in reversed(row) if place), None) for row in zip(*levels, strict=True)]
    names = [None if id_ is None else city.region_by_id[id_].name for id_ in deepest]
    return duties, names


def _bare(name: str, before: Sequence[str]) -> str:
    for beginning in before:
        if name.startswith(beginning) and len(name) > len(beginning) + 2:
            return name.removeprefix(beginning)
    return name
