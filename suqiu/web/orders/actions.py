"""Every step as people take it: its name on the button, what it asks for, and when beyond `domain.order.RULES`.

This is the one table behind the buttons, the forms, the checks and the API of the flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from suqiu.domain.order import NAMES, StepKind
from suqiu.domain.text import Text


class Field(StrEnum):
    """Something a step may ask for 环节要素."""

    REASON = "reason"
    TEXT = "text"
    DEPARTMENT = "department"
    ASSISTING = "assisting"
    UNTIL = "until"
    PARENT = "parent"
    FILES = "files"
    SOLVED = "solved"
    SATISFACTION = "satisfaction"
    REACHED = "reached"
    CONTACTED = "contacted"
    TRUTHFUL = "truthful"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Action:
    """A step as a person takes it 操作.

    Attributes:
        kind: the step.
        needs: fields without which it is refused.
        takes: fields that it may have besides.
        by_unit: only a person of the lead unit may take it (an assisting unit may reply to the lead only).
        danger: the page asks once more before it is taken.
        hint: one sentence for whoever takes it.
    """

    kind: StepKind
    needs: frozenset[Field] = frozenset()
    takes: frozenset[Field] = frozenset()
    by_unit: bool = False
    danger: bool = False
    hint: Text = field(default_factory=lambda: Text("", ""))

    @property
    def name(self) -> Text:
        """As on the button."""
        return NAMES[self.kind]


_F, _K = Field, StepKind


def _action(
    kind: StepKind, *needs: Field, takes: tuple[Field, ...] = (), by_unit: bool = False, danger: bool = False,
    zh: str = "", en: str = "",
) -> Action:  # fmt: skip
    return Action(kind, frozenset(needs), frozenset(takes), by_unit, danger, Text(zh, en))


#: Everything that can be done to an order. ACCEPT is `flow.accept`; RATE, URGE and REOPEN by a citizen come through
#: the portal, for who has the order's code.
ACTIONS: Mapping[StepKind, Action] = {
    action.kind: action
    for action in (
        _action(_K.DISPATCH, _F.DEPARTMENT, takes=(_F.ASSISTING, _F.REASON)),
        _action(_K.REDISPATCH, _F.DEPARTMENT, _F.REASON, takes=(_F.ASSISTING,)),
        _action(_K.SIGN, by_unit=True),
        _action(_K.CONTACT, _F.TEXT, by_unit=True, zh="写明时间、方式和结果", en="when, how, with what result"),
        _action(_K.ADD_ASSIST, _F.DEPARTMENT, takes=(_F.REASON,)),
        _action(_K.DROP_ASSIST, _F.DEPARTMENT, takes=(_F.REASON,)),
        _action(
            _K.REQUEST_RETURN, _F.REASON, takes=(_F.DEPARTMENT, _F.FILES), by_unit=True,
            zh="写明不属本单位职责的依据，可建议承办单位", en="give the rule that makes it another unit's",
        ),
        _action(_K.GRANT_RETURN, takes=(_F.REASON,)),
        _action(_K.REFUSE_RETURN, _F.REASON),
        _action(_K.REQUEST_EXTENSION, _F.REASON, _F.UNTIL, by_unit=True),
        _action(_K.GRANT_EXTENSION, takes=(_F.UNTIL, _F.REASON)),
        _action(_K.REFUSE_EXTENSION, _F.REASON),
        _action(_K.URGE, takes=(_F.REASON,)),
        _action(_K.SUPERVISE, _F.REASON, takes=(_F.UNTIL,)),
        _action(_K.END_SUPERVISION, _F.TEXT),
        _action(_K.SHELVE, _F.REASON, takes=(_F.UNTIL,), danger=True),
        _action(_K.RELEASE, takes=(_F.REASON,)),
        _action(
            _K.REPLY, _F.TEXT, _F.SOLVED, takes=(_F.FILES,), by_unit=True,
            zh="逐项答复诉求；称已解决须附佐证", en="answer every demand; “solved” needs proof attached",
        ),
        _action(_K.PASS_REVIEW, takes=(_F.REASON,)),
        _action(_K.FAIL_REVIEW, _F.REASON),
        _action(
            _K.CALL_BACK, _F.REACHED, takes=(_F.CONTACTED, _F.SOLVED, _F.SATISFACTION, _F.TRUTHFUL, _F.TEXT),
            zh="未接通也应登记", en="write it down also when nobody answered",
        ),
        _action(_K.RATE, _F.SOLVED, _F.SATISFACTION, takes=(_F.TEXT,)),
        _action(_K.REWORK, _F.REASON),
        _action(_K.REOPEN, _F.REASON),
        _action(
            _K.CLOSE, _F.SOLVED, takes=(_F.TEXT, _F.REASON),
            zh="已解决须有佐证或回访确认", en="“solved” needs proof or the caller's word",
        ),
        _action(_K.APPRAISE, _F.GRADE, takes=(_F.REASON,)),
        _action(_K.APPEAL, _F.REASON, takes=(_F.FILES,), by_unit=True),
        _action(_K.UPHOLD_APPEAL, _F.REASON),
        _action(_K.REJECT_APPEAL, _F.REASON),
        _action(_K.ARCHIVE),
        _action(_K.MERGE, _F.PARENT, takes=(_F.REASON,)),
        _action(_K.UNMERGE, _F.REASON),
        _action(_K.CLAIM_UNREASONABLE, _F.REASON, takes=(_F.FILES,), by_unit=True),
        _action(_K.GRANT_UNREASONABLE, _F.REASON),
        _action(_K.REFUSE_UNREASONABLE, _F.REASON),
        _action(_K.WITHDRAW, _F.REASON, danger=True),
        _action(_K.VOID, _F.REASON, danger=True),
        _action(_K.KEEP_SECRET, takes=(_F.REASON,)),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deed:
    """A step that somebody asks for, with what it asks for filled in.

    Attributes:
        kind: the step.
        version: the order's version that the person saw.
        reason, text, department, assisting, until, parent, solved, satisfaction, reached, contacted, truthful, grade:
            see `Field`; `parent` is an order's number, `until` a moment with zone, `grade` one of 优秀 excellent,
            good, pass, fail.
        files: codes of attachments brought before.
        key: the sender's own mark: the same key again is the same deed, and is answered as the first time.
    """

    kind: StepKind
    version: int
    reason: str = ""
    text: str = ""
    department: str = ""
    assisting: tuple[str, ...] = ()
    until: datetime | None = None
    parent: str = ""
    files: tuple[str, ...] = ()
    solved: bool | None = None
    satisfaction: str = ""
    reached: bool | None = None
    contacted: bool | None = None
    truthful: bool | None = None
    grade: str = ""
    key: str | None = None


#: What a kind of step keeps in `Step.data`.
DATA: Mapping[StepKind, frozenset[str]] = {
    _K.DISPATCH: frozenset({"assisting"}),
    _K.REDISPATCH: frozenset({"assisting"}),
    _K.REPLY: frozenset({"solved", "quality"}),
    _K.CALL_BACK: frozenset({"reached", "contacted", "solved", "satisfaction", "truthful"}),
    _K.RATE: frozenset({"solved", "satisfaction"}),
    _K.CLOSE: frozenset({"solved", "direct"}),
    _K.REQUEST_RETURN: frozenset({"suggested"}),
    _K.APPRAISE: frozenset({"grade"}),
}


def as_data(deed: Deed) -> dict[str, Any]:
    """Return what a deed's step keeps in `Step.data`."""
    kept: dict[str, Any] = {}
    for name in DATA.get(deed.kind, frozenset()):
        value = deed.department if name == "suggested" else getattr(deed, name, None)
        if value not in (None, "", ()):
            kept[name] = list(value) if isinstance(value, tuple) else value
    return kept
