"""The bodies of all steps, made from the one table of actions: what the flow learns, the interface knows."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, create_model

from suqiu.domain.order import NAMES, Satisfaction, StepKind
from suqiu.web.api.rest.shapes import Code, Id, LongText, Moment, OrderNumber, Reason, Strict, Version
from suqiu.web.api.rights import ONLY_PEOPLE
from suqiu.web.orders.actions import ACTIONS, Action, Deed
from suqiu.web.orders.actions import Field as Asked

#: How each thing that a step may ask for is written.
_WRITTEN: dict[Asked, Any] = {
    Asked.REASON: Reason,
    Asked.TEXT: LongText,
    Asked.DEPARTMENT: Id,
    Asked.ASSISTING: Annotated[list[Id], Field(max_length=20)],
    Asked.UNTIL: Moment,
    Asked.PARENT: OrderNumber,
    Asked.FILES: Annotated[list[Code], Field(max_length=20)],
    Asked.SOLVED: bool,
    Asked.SATISFACTION: Satisfaction,
    Asked.REACHED: bool,
    Asked.CONTACTED: bool,
    Asked.TRUTHFUL: bool,
    Asked.GRADE: Literal["excellent", "good", "pass", "fail"],
}


def body_of(action: Action) -> Any:
    """Return the body of one step."""
    fields: dict[str, Any] = {"kind": (Literal[str(action.kind)], ...), "version": (Version | None, None)}
    for asked in sorted(action.needs | action.takes):
        written = _WRITTEN[asked]
        fields[str(asked)] = (written, ...) if asked in action.needs else (written | None, None)
    name = "".join(part.title() for part in str(action.kind).split("_")) + "Step"
    told = NAMES[action.kind]
    return create_model(name, __base__=Strict, __doc__=f"{told.zh} {told.en}. {action.hint.zh}".strip(), **fields)


BODIES = {kind: body_of(action) for kind, action in ACTIONS.items() if kind not in ONLY_PEOPLE}


class StepIn(RootModel[Annotated[reduce(or_, BODIES.values()), Field(discriminator="kind")]]):  # type: ignore[misc]
    """A step to be taken; its kind says what it asks for 流程操作."""


def deed_of(body: StepIn, version: int, key: str) -> Deed:
    """Return a body as the flow wants it."""
    given = body.root.model_dump(exclude_none=True)
    kind = StepKind(given.pop("kind"))
    given.pop("version", None)
    taken: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}
    return Deed(kind, version, key=key, **taken)
