"""Outside formats to orders: mapped, checked, redacted."""

from suqiu.intake.guess import guess
from suqiu.intake.mapping import Derived, Mapping, TableMapping, check, load, save
from suqiu.intake.pipeline import Counts, Intake, IntakeSummary, Progress, read
from suqiu.intake.preview import Preview, PreviewLine, preview
from suqiu.intake.profile import profile
from suqiu.intake.redact import find, redact, redact_text
from suqiu.intake.source import Source, SourceTable
from suqiu.intake.sources import open_source
from suqiu.intake.spans import Kind, Span
from suqiu.intake.sql_source import without_secrets

__all__ = [
    "Counts",
    "Derived",
    "Intake",
    "IntakeSummary",
    "Kind",
    "Mapping",
    "Preview",
    "PreviewLine",
    "Progress",
    "Source",
    "SourceTable",
    "Span",
    "TableMapping",
    "check",
    "find",
    "guess",
    "load",
    "open_source",
    "preview",
    "profile",
    "read",
    "redact",
    "redact_text",
    "save",
    "without_secrets",
]
