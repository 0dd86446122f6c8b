"""Whether a reply answers the demand, as advice to whoever writes or checks it 答复研判."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import numpy as np
import pyarrow as pa

from suqiu.domain.order import StepKind
from suqiu.domain.text import Text
from suqiu.reading.reply import ReplyCorpus, ReplyJudge, Verdict, answered, shipped_reply_cues
from suqiu.web.orders.models import Step
from suqiu.web.site import site

#: Replies that a reply is compared with, to know form letters.
_COMPARED = 1_000
#: Fewer tell nothing of what is common.
_ENOUGH = 100
_HOUR = 3_600

NAMES: dict[Verdict, Text] = {
    Verdict.ANSWERS: Text("答复到位", "answers"),
    Verdict.PARTIAL: Text("部分答复", "answers in part"),
    Verdict.EMPTY: Text("空洞", "empty"),
    Verdict.TEMPLATE: Text("套话雷同", "form letter"),
    Verdict.EVASIVE: Text("推诿回避", "evasive"),
}
_ENGLISH = {
    "blank": "nothing is written",
    "hollow": "polite phrases only, nothing about what was done",
    "transferred": "says only that it was passed on, no result",
    "vague": "intentions only, no measure and no time",
    "denied": "says it is not ours, without saying whose it is",
    "handed_off": "sends the citizen elsewhere without saying where",
    "stalled": "says it is being studied or not possible yet, without a time",
    "declined": "only reasons why not, nothing about this matter",
    "idle": "does not touch the demand: no person, time, place or measure",
    "off_topic": "is about something else",
    "copied": "the same text as many other replies",
    "referred": "not ours, and says whose it is",
    "missed": "a demand is left unanswered",
    "thin": "few particulars: who, when, where, what",
    "full": "concrete, and answers point by point",
}
#: Of the verdicts under which something is answered; the others say that nothing is.
_TONES = {Verdict.ANSWERS: "green", Verdict.PARTIAL: "yellow"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the citizen asks for.

    Attributes:
        text: in the citizen's words.
        touched: the reply speaks of it.
    """

    text: str
    touched: bool


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the judge says of a reply; a person decides.

    Attributes:
        verdict, reason: in words.
        tone: colour of the verdict, as Tabler names it.
        fine: nothing is found wanting.
        items: what was asked for, one by one.
        promise, promise_by: what the reply promises, and the day; empty where it promises nothing.
        version: of the judge's cues.
    """

    verdict: Text
    reason: Text
    tone: str
    fine: bool
    items: tuple[Item, ...]
    promise: str
    promise_by: str
    version: str


@lru_cache(maxsize=1)
def _judge() -> ReplyJudge:
    return ReplyJudge(shipped_reply_cues())


@lru_cache(maxsize=2)
def _corpus(hour: int) -> ReplyCorpus:
    """Count recent replies of the whole city, once an hour: form letters are known by being everywhere."""
    since = site().now() - timedelta(90)
    steps = Step.objects.filter(kind=StepKind.REPLY, at__gte=since).order_by("-at")
    rows = list(steps.values_list("order__text", "text")[:_COMPARED])
    corpus = ReplyCorpus()
    if rows:
        _judge().learn(corpus, pa.array([demand for demand, _ in rows]), pa.array([reply for _, reply in rows]))
    return corpus


def opinion(demand: str, reply: str) -> Opinion:
    """Judge one reply against what was asked for."""
    counted = _corpus(int(site().now().timestamp() // _HOUR))
    corpus = counted if counted.orders >= _ENOUGH else None
    day = np.array([site().now().date()], dtype="datetime64[D]")
    demands, replies = pa.array([demand], pa.string()), pa.array([reply], pa.string())
    row = _judge().judge(demands, replies, pa.array(["1"]), corpus=corpus, replied_on=day).to_pylist()[0]
    verdict, code = Verdict(row["verdict"]), str(row["reason"]).partition("：")
    return Opinion(
        NAMES[verdict],
        Text(code[2], _ENGLISH[code[0]]),
        _TONES.get(verdict, "orange"),
        verdict is Verdict.ANSWERS,
        tuple(Item(text, touched and verdict in _TONES) for text, touched in answered(demand, reply, corpus)),
        row["promise"] or "",
        str(row["promise_by"] or ""),
        _judge().version,
    )
