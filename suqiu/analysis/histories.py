"""Steps of many orders, summed up for each order: the part of a timeline that the engine computes."""

from __future__ import annotations

from collections.abc import Iterable

import ibis

from suqiu.domain.clock import LimitTable
from suqiu.domain.order import RULES, Status, StepKind, status_after

#: The steps that change the state, each as one letter, so that a history is a short word: a million
#: orders share a few thousand words, and the state is derived once for each word.
LETTERS: dict[StepKind, str] = {
    kind: chr(ord("A") + place)
    for place, kind in enumerate(kind for kind, rule in RULES.items() if rule.back or rule.target is not None)
}
_KINDS = {letter: kind for kind, letter in LETTERS.items()}

#: Which steps each count of a timeline counts.
COUNTED: dict[str, tuple[StepKind, ...]] = {
    "dispatches": (StepKind.DISPATCH, StepKind.REDISPATCH),
    "returns_asked": (StepKind.REQUEST_RETURN,),
    "returns_granted": (StepKind.GRANT_RETURN,),
    "returns_refused": (StepKind.REFUSE_RETURN,),
    "extensions": (StepKind.GRANT_EXTENSION,),
    "urges": (StepKind.URGE,),
    "supervisions": (StepKind.SUPERVISE,),
    "reworks": (StepKind.REWORK, StepKind.REOPEN),
    "appeals": (StepKind.APPEAL,),
    "appeals_upheld": (StepKind.UPHOLD_APPEAL,),
}

#: Which steps each yes or no of a timeline asks for.
ASKED: dict[str, StepKind] = {
    "shelved": StepKind.SHELVE,
    "released": StepKind.RELEASE,
    "exempt": StepKind.GRANT_UNREASONABLE,
}


def status_of(history: str) -> Status | None:
    """Derive the state from a history word, exactly as the domain derives it from the steps."""
    return status_after(_KINDS[letter] for letter in history)


def histories(steps: ibis.Table, recorded: Iterable[str]) -> ibis.Table:
    """Sum up the steps of each order: one row for each order that has any.

    A kind of step that occurs nowhere in the data is taken as not recorded, so its count is null
    and not zero: an export without urges does not prove that nobody urged.

    Args:
        steps: table STEPS.
        recorded: the kinds that occur anywhere in it.

    Returns:
        order_id; history (letters of the state-changing steps, oldest first); begun (the history
        holds the acceptance, so it is whole); first times; the last reply and close, with whether
        a later step undid them; the last granted extension; counts, yes-or-nos, merged_into.
    """
    known = set(recorded)
    kind, at, seq = steps.kind, steps.at, steps.seq

    def within(*kinds: StepKind) -> ibis.Value:
        return kind.isin([str(one) for one in kinds])

    def last(*kinds: StepKind) -> ibis.Value:
        return seq.max(where=within(*kinds))

    letters = kind.cases(*((str(one), letter) for one, letter in LETTERS.items()))
    sums = {
        name: within(*kinds).sum().cast("int32") if known & set(map(str, kinds)) else ibis.null("int32")
        for name, kinds in COUNTED.items()
    }
    answers = {name: within(one).any() if str(one) in known else ibis.null("bool") for name, one in ASKED.items()}
    grouped = steps.group_by("order_id").agg(
        history=letters.group_concat("", order_by=seq, where=within(*LETTERS)),
        begun=within(StepKind.ACCEPT).any(),
        first_dispatched=at.min(where=within(StepKind.DISPATCH, StepKind.REDISPATCH)),
        signed=at.min(where=within(StepKind.SIGN)),
        contacted=at.min(where=within(StepKind.CONTACT)),
        replied=at.argmax(seq, where=within(StepKind.REPLY)),
        replied_seq=last(StepKind.REPLY),
        reply_undone_seq=last(StepKind.FAIL_REVIEW, StepKind.REWORK, StepKind.REOPEN),
        closed=at.argmax(seq, where=within(StepKind.CLOSE)),
        closed_seq=last(StepKind.CLOSE),
        close_undone_seq=last(StepKind.REWORK, StepKind.REOPEN),
        extended_at=at.argmax(seq, where=within(StepKind.GRANT_EXTENSION) & steps.until.notnull()),
        until=steps.until.argmax(seq, where=within(StepKind.GRANT_EXTENSION)),
        parent=steps.parent.argmax(seq, where=within(StepKind.MERGE)),
        merged_seq=last(StepKind.MERGE),
        unmerged_seq=last(StepKind.UNMERGE),
        **sums,
        **answers,
    )
    return grouped.mutate(
        reply_stands=grouped.replied_seq > grouped.reply_undone_seq.fill_null(0),
        close_stands=grouped.closed_seq > grouped.close_undone_seq.fill_null(0),
        merged_into=(grouped.merged_seq > grouped.unmerged_seq.fill_null(0)).ifelse(grouped.parent, None),
    )


def pauses(steps: ibis.Table, limits: LimitTable) -> ibis.Table:
    """Return the stretches in which each order's clocks stood still.

    A pausing step stops the clock until the next step that pauses or resumes, so overlapping pauses
    are never counted twice. A pause without an end has a start only: `ends` is then one shorter.

    Returns:
        order_id, starts, ends: lists of moments, oldest first; orders that were never paused are absent.
    """
    stops = [str(stop) for stop, _ in limits.pausing]
    relevant = steps.filter(steps.kind.isin(sorted({str(kind) for pair in limits.pausing for kind in pair})))
    window = ibis.window(group_by="order_id", order_by="seq")
    stretches = relevant.mutate(ended=relevant.at.lead().over(window))
    stretches = stretches.filter(stretches.kind.isin(stops))
    return stretches.group_by("order_id").agg(
        starts=stretches.at.collect(order_by=stretches.seq),
        ends=stretches.ended.collect(order_by=stretches.seq),
    )
