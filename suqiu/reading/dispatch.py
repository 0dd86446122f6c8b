"""Department 承办单位: by the city's own history, or by the duty catalogue, each claim with its duty."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.claim import Aspect, Basis
from suqiu.reading.catalogue import Catalogue, Justification, Matched
from suqiu.reading.classify import Answers
from suqiu.reading.opinions import Filling, Opinion, nothing
from suqiu.reading.tree import NONE, Numbers


def by_history(
    answers: Answers, labels: tuple[str, ...], author: str, justification: Justification
) -> tuple[list[Opinion], Filling]:
    """Return the three likeliest departments, and those that are sure enough.

    Args:
        answers: one row a rank.
        labels: department ids by label number.
        author: the model's name and version.
        justification: tells which duty gives an order to a department.
    """
    names = pa.array(labels, pa.string())
    opinions = []
    for rank, (numbers, confidence) in enumerate(zip(answers.labels, answers.confidence, strict=True), start=1):
        values = names.take(pa.array(numbers))
        reasons = justification(values)
        opinions.append(Opinion(Aspect.DEPARTMENT, rank, values, pa.array(confidence), Basis.MODEL, author, reasons))
    unsure = ~answers.accepted[0]
    return opinions, Filling(names.take(pa.array(answers.labels[0], mask=unsure)), Basis.MODEL)


def by_catalogue(
    catalogue: Catalogue, matched: Matched, categories: Numbers, districts: pa.Array, author: str
) -> tuple[Opinion, Filling]:
    """Return the department that the catalogue names: for the known category, or for the most alike duty.

    Args:
        catalogue: the city's duties.
        matched: the duty that each order's text is most like.
        categories: recorded or read with enough certainty, label numbers; `NONE` where not.
        districts: of the orders: where the catalogue says so, the district's government leads.
        author: the catalogue's name and version.
    """
    entries = catalogue.entries_for(categories, matched.entries)
    leads = catalogue.leads(entries, districts)
    unmeasured = nothing(len(leads), pa.float64())
    duties = catalogue.duties_of(entries)
    opinion = Opinion(Aspect.DEPARTMENT, 1, leads, unmeasured, Basis.CATALOGUE, author, duties)
    # Unclear wording is no ground to fill a field, unless the category is known and has its duty.
    clear = pa.array(catalogue.covers(categories) & (categories != NONE))
    return opinion, Filling(pc.if_else(clear, leads, nothing(len(leads))), Basis.CATALOGUE)
