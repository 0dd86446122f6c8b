"""What comes of asking a standard's questions of a hotline: answers with numbers, findings with verdicts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from suqiu.domain.evidence import Interval, Outcome
from suqiu.domain.text import Text


class Verdict(StrEnum):
    """Whether an indicator's demand is met 评定结果; no number doubles as a verdict."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"

    @property
    def known(self) -> bool:
        """Say whether the verdict carries credit."""
        return self in {Verdict.MET, Verdict.PARTLY, Verdict.NOT_MET}


class Backing(StrEnum):
    """What a finding rests on 证据依据, the strongest first: logs beat documents, documents beat words."""

    MEASURED = "measured"
    INSPECTED = "inspected"
    ATTESTED = "attested"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe found 探测结果: a raw value, not yet held against a target.

    Attributes:
        outcome: known, unknown, not applicable, or error.
        value: in the indicator's unit when known, else None; never NaN.
        interval: of the value; None for counts of all there is, or where none can be told.
        numerator, denominator: the counts of a share or mean, None where there are none.
        rows: rows looked at.
        reason: why the value is not known; None when it is.
    """

    outcome: Outcome
    value: float | None = None
    interval: Interval | None = None
    numerator: float | None = None
    denominator: float | None = None
    rows: int = 0
    reason: Text | None = None

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.KNOWN) != (self.value is not None):
            raise ValueError("known answers have a value, and only they")
        if (self.outcome is Outcome.KNOWN) == (self.reason is not None):
            raise ValueError("answers that are not known have a reason, and only they")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.value} is no value")


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one indicator or gate 评定结论.

    Attributes:
        subject: id of the indicator or gate.
        verdict: met, partly, not met, unknown, not applicable, error.
        credit: 0 to 1 when the verdict is known, else None. What scores count.
        answer: what was found; None where nobody could look.
        backing: what it rests on; None unless the verdict is known.
        evidence: names of the evidence used: forms, or `document:ID`.
        message: one sentence that says why.
        settles: what would settle it: the form to hand in, or the sample size; None where it is settled.
        rechecked: an independent re-check took part in it.
        replaced: the centre's claim that the re-check contradicted; None where it stands.
        approver: who agreed that it does not apply; None otherwise.
    """

    subject: str
    verdict: Verdict
    credit: float | None
    answer: Answer | None
    backing: Backing | None
    evidence: tuple[str, ...]
    message: Text
    settles: Text | None = None
    rechecked: bool = False
    replaced: Answer | None = None
    approver: str | None = None

    def __post_init__(self) -> None:
        if self.verdict.known != (self.credit is not None):
            raise ValueError(f"{self.subject}: known verdicts have credit, and only they")
        if self.credit is not None and not 0 <= self.credit <= 1:
            raise ValueError(f"{self.subject}: credit {self.credit} is not between 0 and 1")
        if (self.verdict is Verdict.NOT_APPLICABLE) != (self.approver is not None):
            raise ValueError(f"{self.subject}: what does not apply has an approver, and only that")
