"""How far an order is, as its citizen sees it: five stations, and what was done at each, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from suqiu.domain.order import Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.orders.models import Order, Step

#: The stations of an order, and the states in which it has reached each.
STATIONS: tuple[tuple[Text, frozenset[Status]], ...] = (
    (Text("受理", "accepted"), frozenset({Status.ACCEPTED, Status.RETURNED})),
    (Text("派单", "dispatched"), frozenset({Status.DISPATCHED, Status.RETURN_PENDING})),
    (Text("办理", "in handling"), frozenset({Status.HANDLING, Status.SHELVED})),
    (Text("答复", "answered"), frozenset({Status.REPLIED, Status.REVIEWED, Status.CALLED_BACK})),
    (Text("办结", "closed"), frozenset({Status.CLOSED, Status.APPRAISED, Status.ARCHIVED})),
)

_K = StepKind
#: What a citizen is told of a step; steps that are not here are between offices.
_TOLD: dict[StepKind, Text] = {
    _K.ACCEPT: Text("您的诉求已受理", "your request was accepted"),
    _K.DISPATCH: Text("已交由{unit}办理", "passed to {unit}"),
    _K.REDISPATCH: Text("已改由{unit}办理", "passed on to {unit}"),
    _K.SIGN: Text("{unit}已签收", "{unit} has taken it up"),
    _K.CONTACT: Text("{unit}已与您联系", "{unit} has contacted you"),
    _K.GRANT_RETURN: Text("经核实不属该单位职责，将重新派单", "not that unit's duty: it will be passed on"),
    _K.GRANT_EXTENSION: Text("情况复杂，办理时限延长至{until}", "a hard case: the time was extended to {until}"),
    _K.SHELVE: Text("暂不具备办理条件，已挂账跟踪", "cannot be done yet; it is kept in view"),
    _K.RELEASE: Text("已恢复办理", "handling goes on"),
    _K.URGE: Text("已催办", "the unit was urged"),
    _K.SUPERVISE: Text("已列入督办", "put under supervision"),
    _K.REPLY: Text("{unit}已作出答复", "{unit} has answered"),
    _K.FAIL_REVIEW: Text("经审核，答复需要补充完善", "the answer was found wanting and sent back"),
    _K.PASS_REVIEW: Text("答复已通过审核", "the answer passed review"),
    _K.CALL_BACK: Text("已回访", "you were called back"),
    _K.RATE: Text("您已作出评价", "you rated the handling"),
    _K.REWORK: Text("已要求重新办理", "to be handled again"),
    _K.REOPEN: Text("已按您的要求重新办理", "reopened as you asked"),
    _K.CLOSE: Text("已办结", "closed"),
    _K.MERGE: Text("与同类诉求合并办理，结果将一并告知", "handled together with others on the same matter"),
    _K.UNMERGE: Text("恢复单独办理", "handled on its own again"),
    _K.WITHDRAW: Text("已撤回", "withdrawn"),
}
#: Steps whose words are meant for the citizen: an answer given at once, a reply that passed review.
_SPOKEN = frozenset({_K.REPLY, _K.CLOSE})


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the progress page.

    Attributes:
        at: when.
        what: in plain words.
        words: the reply itself, empty for other steps.
    """

    at: datetime
    what: Text
    words: str = ""


def station(order: Order) -> int:
    """Return how many stations the order has reached, 0 for one that was withdrawn or voided."""
    status = Status(order.status)
    if status is Status.MERGED:
        return 3
    return next((place + 1 for place, (_, states) in enumerate(STATIONS) if status in states), 0)


def lines(steps: Sequence[Step], unit_name: dict[str, str]) -> list[Told]:
    """Return what the citizen is told, newest first; a reply's words only once it passed review.

    Args:
        steps: of the order, oldest first.
        unit_name: names of units by id.
    """
    passed = max((step.seq for step in steps if step.kind in {_K.PASS_REVIEW, _K.CLOSE}), default=0)
    found, unit = [], ""
    for step in steps:
        unit = unit_name.get(step.department, unit)
        pattern = _TOLD.get(StepKind(step.kind))
        if pattern is None:
            continue
        until = step.until.strftime("%Y-%m-%d") if step.until else ""
        nameless = Text("承办单位", "the unit")
        what = pattern.fill(unit=unit or nameless, until=until)
        words = step.text if step.kind in _SPOKEN and step.seq <= passed else ""
        found.append(Told(step.at, what, words))
    return found[::-1]
