"""Facts to documents; a number without a fact does not render."""

from suqiu.reporting.assessment.compose import compose_assessment
from suqiu.reporting.compose import compose
from suqiu.reporting.document import Document
from suqiu.reporting.evidence import (
    Definition,
    Evidence,
    IntakeTally,
    ReadingScore,
    ReadingTally,
    basis_counts,
    events_from,
    fault_counts,
)
from suqiu.reporting.facts import read_facts, write_facts
from suqiu.reporting.render.docx import to_docx
from suqiu.reporting.render.html import to_html
from suqiu.reporting.render.verification import verify

__all__ = [
    "Definition",
    "Document",
    "Evidence",
    "IntakeTally",
    "ReadingScore",
    "ReadingTally",
    "basis_counts",
    "compose",
    "compose_assessment",
    "events_from",
    "fault_counts",
    "read_facts",
    "to_docx",
    "to_html",
    "verify",
    "write_facts",
]
