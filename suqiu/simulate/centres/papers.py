"""Documents, and how an assessor who read them judges."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from suqiu.simulate.centres.plan import Question
from suqiu.simulate.centres.rows import Generators, Row, Setting

_BY = "评估员甲"
#: What a centre that works well may still lack in part.
_MOSTLY = 4


def _asked(s: Setting) -> list[tuple[int, str, Question]]:
    """Return what this centre has a paper for: all of its level and a draft of what comes next."""
    level = s.work.level
    return [(n, id_, one) for n, (id_, one) in enumerate(s.plan.questions.items()) if one.level <= level + 1]


def documents(s: Setting) -> list[Row]:
    """Rules, catalogues, plans and reports."""
    rows: list[Row] = []
    for n, id_, question in _asked(s):
        dated = date(2025, 1 + n % 12, 1 + n % 28)
        rows.append(
            {
                "document_id": _document(id_),
                "type": question.type,
                "title": question.title,
                "dated": dated,
                "valid_until": date(2028, 12, 31),
                "sha256": hashlib.sha256(f"{question.title}{dated}".encode()).hexdigest(),
            }
        )
    return rows


def answers(s: Setting) -> list[Row]:
    """Ratings: what belongs to the centre's level is there, of the next level a part."""
    rows: list[Row] = []
    for n, id_, question in _asked(s):
        if question.level <= s.work.level:
            rating = "mostly" if n % _MOSTLY == 1 else "full"
        else:
            rating = "partly" if n % 2 else "none"
        rows.append(
            {
                "subject": id_,
                "rating": rating,
                "basis": "inspected",
                "documents": _document(id_),
                "by": _BY,
                "dated": s.plan.collected - timedelta(days=3),
                "note": "查阅文件并现场核对",
            }
        )
    return rows


def _document(subject: str) -> str:
    return f"W-{subject}"


GENERATORS: Generators = {"documents": documents, "answers": answers}
