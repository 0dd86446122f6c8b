"""One step for many orders: each on its own, so that one refusal does not hold back the others 批量办理."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest

from suqiu.domain.errors import InvalidInput, SuqiuError
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.orders import flow
from suqiu.web.orders.actions import Deed
from suqiu.web.wording import told

MOST = 50


@dataclass(slots=True)
class Outcome:
    """What became of a batch.

    Attributes:
        done: numbers of the orders whose step was taken.
        refused: number and reason of the others.
    """

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, SuqiuError]] = field(default_factory=list)


def take(actor: Actor, picked: Sequence[str], deed: Callable[[int], Deed]) -> Outcome:
    """Take a step of each order picked, as `number:version`.

    Args:
        actor: who takes it.
        picked: what the boxes of the list say.
        deed: the step for an order of a version.

    Raises:
        InvalidInput: nothing is picked, too much, or something that no list offers.
    """
    if not picked or len(picked) > MOST:
        raise InvalidInput(
            "batch.picked",
            Text("请选择1至{most}件工单", "pick 1 to {most} orders").fill(most=MOST),
            Text("在列表左侧勾选后再办理", "tick them in the list first"),
        )
    outcome = Outcome()
    for one in dict.fromkeys(picked):
        number, _, version = one.rpartition(":")
        if not version.isdecimal() or len(version) > 9:
            raise InvalidInput(
                "batch.malformed", Text("所选工单有误", "malformed choice"), Text("请刷新列表后重选", "reload the list")
            )
        try:
            flow.act(actor, number, deed(int(version)))
            outcome.done.append(number)
        except SuqiuError as error:
            outcome.refused.append((number, error))
    return outcome


def tell(request: HttpRequest, outcome: Outcome, step: Text) -> None:
    """Tell what became of a batch on the next page."""
    if outcome.done:
        done = Text("{step}：已办理{n}件", "{step}: {n} done").fill(step=step, n=len(outcome.done))
        messages.success(request, told(done))
    for number, error in outcome.refused[:10]:
        messages.warning(request, f"{number}：{told(error.message)}")
    if len(outcome.refused) > 10:
        more = Text("另有{n}件未能办理", "{n} more were refused").fill(n=len(outcome.refused) - 10)
        messages.warning(request, told(more))
