"""The verdict on each reply, with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.tables import REPLIES
from suqiu.reading.reply.clauses import ClauseReader, Clauses
from suqiu.reading.reply.corpus import Phrases, Pieces, ReplyCorpus, phrase_hashes, pieces_of, shared_weight, weight_of
from suqiu.reading.reply.cues import ClauseKind, Mark, ReplyCues
from suqiu.reading.reply.demands import Parts, parts
from suqiu.reading.reply.promises import promises
from suqiu.reading.reply.substance import CLASSES, SubstanceModel, SubstanceReader, shipped_weights

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Orders judged at a time, whatever the batch: some kilobytes each.
_AT_A_TIME = 8_192


class Verdict(StrEnum):
    """How well a reply answers 答复质量."""

    ANSWERS = "answers"
    PARTIAL = "partial"
    EMPTY = "empty"
    TEMPLATE = "template"
    EVASIVE = "evasive"


#: What speaks for the verdict, as a person reads it.
_SAYS = {
    "blank": "答复为空",
    "hollow": "只有套话，没有办理内容",
    "transferred": "只说已转办，没有办理结果",
    "vague": "只有表态，没有举措和时间",
    "denied": "称非本单位职责，未指明承办单位",
    "handed_off": "让市民另找他人，未说明具体去处",
    "stalled": "称正在研究或暂不具备条件，没有期限",
    "declined": "未说明本件情况，只讲不办的理由",
    "idle": "未涉及诉求内容，也没有人员、时间、地点、举措",
    "off_topic": "答复与诉求内容无关",
    "copied": "与多件答复雷同，未针对本件",
    "referred": "非本单位职责，已指明承办单位",
    "missed": "有诉求未答到",
    "thin": "缺少人员、时间、地点、举措等具体内容",
    "full": "答复具体，逐项答到",
}
_NAMES = tuple(_SAYS)


@dataclass(frozen=True, slots=True)
class _Read:
    """A batch laid out for judging."""

    demands: pa.Array
    replies: pa.Array
    clauses: Clauses
    parts: Parts
    demand: Pieces
    whole: Pieces
    body: Clauses
    claims: Clauses
    phrases: npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Scores:
    relevance: Floats
    completeness: Floats
    evidence: Floats
    concreteness: Floats
    common_share: Floats
    missed: Flags
    kind: Numbers
    plain: Flags
    astray: Flags


class ReplyJudge:
    """Judges replies by their clauses, by what they share with the demand and with other replies."""

    def __init__(self, cues: ReplyCues, model: SubstanceModel | None = None) -> None:
        """Build a judge; `model` is the shipped one when None."""
        self._cues = cues
        self._reader, self._signs = ClauseReader(cues), SubstanceReader(cues)
        self._model = SubstanceModel(shipped_weights()) if model is None else model
        self.version = cues.version

    def learn(self, corpus: ReplyCorpus, demands: pa.Array, replies: pa.Array) -> None:
        """Count a batch into what is known of all orders; replies that are null are left out."""
        given = np.flatnonzero(replies.is_valid().to_numpy(zero_copy_only=False))
        for at in range(0, len(given), _AT_A_TIME):
            rows = pa.array(given[at : at + _AT_A_TIME])
            self._count(corpus, self._read(demands.take(rows), replies.take(rows)))

    def judge(
        self,
        demands: pa.Array,
        replies: pa.Array,
        ids: pa.Array,
        *,
        corpus: ReplyCorpus | None = None,
        replied_on: npt.NDArray[np.datetime64] | None = None,
    ) -> pa.RecordBatch:
        """Judge each reply.

        Args:
            demands: what citizens said; null is taken as empty.
            replies: what they were told; an order whose reply is null has no row in the result.
            ids: of the orders.
            corpus: what `learn` counted over all orders; these replies alone when None.
            replied_on: the day of each reply, NaT where unknown: promises such as 十日内 count from it. Without it
                the day at the reply's end counts.

        Returns:
            `REPLIES` rows, sorted as the orders.
        """
        if corpus is None:
            corpus = ReplyCorpus()
            self.learn(corpus, demands, replies)
        given = np.flatnonzero(replies.is_valid().to_numpy(zero_copy_only=False))
        weights, batches = corpus.weights(), []
        for at in range(0, len(given), _AT_A_TIME):
            rows = given[at : at + _AT_A_TIME]
            chosen = pa.array(rows)
            days = None if replied_on is None else replied_on[rows].astype("datetime64[D]")
            batches.append(
                self._judge(demands.take(chosen), replies.take(chosen), ids.take(chosen), corpus, weights, days)
            )
        return pa.concat_batches(batches) if batches else pa.RecordBatch.from_pylist([], schema=REPLIES)

    def _read(self, demands: pa.Array, replies: pa.Array) -> _Read:
        replies, demands = replies.cast(pa.string()), pc.fill_null(demands.cast(pa.string()), "")
        clauses = self._reader.read(replies)
        body = clauses.chosen(clauses.of(ClauseKind.BODY))
        claims = clauses.chosen(clauses.of(ClauseKind.BODY, ClauseKind.VAGUE))
        cut = parts(demands)
        told = clauses.chosen(~clauses.of(ClauseKind.HOLLOW))
        return _Read(
            demands,
            replies,
            clauses,
            cut,
            pieces_of(cut.texts, cut.rows, len(demands)),
            pieces_of(told.texts, told.rows, len(replies)),
            body,
            claims,
            phrase_hashes(claims.texts),
        )

    @staticmethod
    def _count(corpus: ReplyCorpus, read: _Read) -> None:
        rows = np.flatnonzero(np.bincount(read.claims.rows, minlength=len(read.replies)) > 0)
        phrases = Phrases(
            np.concatenate([read.claims.rows, rows]), np.concatenate([read.phrases, _body_sums(read)[rows]])
        )
        corpus.add(read.demand, read.whole, phrases)

    def _judge(
        self,
        demands: pa.Array,
        replies: pa.Array,
        ids: pa.Array,
        corpus: ReplyCorpus,
        weights: Floats,
        days: npt.NDArray[np.datetime64] | None,
    ) -> pa.RecordBatch:
        read = self._read(demands, replies)
        scores = self._scores(read, corpus, weights)
        verdicts, reasons = self._verdicts(read, scores)
        told = read.clauses.chosen(~read.clauses.of(ClauseKind.HOLLOW, ClauseKind.ECHO))
        promised = promises(told, read.replies, days, self._cues.promise, self._cues.not_promise)
        columns = {
            "order_id": ids,
            "verdict": verdicts,
            "relevance": scores.relevance.astype(np.float32),
            "completeness": scores.completeness.astype(np.float32),
            "evidence": scores.evidence.astype(np.float32),
            "concreteness": scores.concreteness.astype(np.float32),
            "promise": promised.text,
            "promise_by": promised.by,
            "reason": reasons,
        }
        return pa.RecordBatch.from_pydict(columns, schema=REPLIES)

    def _scores(self, read: _Read, corpus: ReplyCorpus, weights: Floats) -> _Scores:
        count, limits = len(read.replies), self._cues.limits
        every = np.arange(count)
        shared = shared_weight(read.demand, every, read.whole, weights)
        size = np.sqrt(weight_of(read.demand, weights) * weight_of(read.whole, weights))
        relevance = np.divide(shared, size, out=np.zeros(count), where=size > 0) / limits["relevance_full"]
        completeness, missed = self._completeness(read, weights)
        said = read.clauses.chosen(~read.clauses.of(ClauseKind.HOLLOW, ClauseKind.ECHO))
        evidence = _marked(said, self._cues.evidence, count)
        concreteness = _marked(said, self._cues.concreteness, count)
        plain = (concreteness < limits["idle_concreteness"]) & (evidence < limits["idle_evidence"])
        told = self._signs.read(read.clauses, read.demands, count)
        by_class = self._model.scores(told)
        by_class[:, CLASSES.index("answers")] += limits["doubt"]
        kind = by_class.argmax(axis=1)
        astray = ~told.signs[:, self._signs.signs.index("shared")].astype(np.bool_)
        common = _common(read, corpus, limits)
        return _Scores(relevance.clip(0, 1), completeness, evidence, concreteness, common, missed, kind, plain, astray)

    def _completeness(self, read: _Read, weights: Floats) -> tuple[Floats, Flags]:
        """Return the share of demands that the reply touches; an echo of several demands touches none."""
        count, phrases = len(read.replies), self._cues.phrases
        several = read.parts.counts >= 2
        said = read.clauses.chosen(~read.clauses.of(ClauseKind.HOLLOW, ClauseKind.ECHO) & several[read.clauses.rows])
        at = np.flatnonzero(several[read.parts.rows])
        asked = pieces_of(read.parts.texts.take(pa.array(at)))
        shared = shared_weight(asked, read.parts.rows[at], pieces_of(said.texts, said.rows, count), weights)
        touched = shared >= self._cues.limits["touched"] * np.maximum(weight_of(asked, weights), 1e-9)
        touched_share = np.bincount(read.parts.rows[at], weights=touched, minlength=count) / read.parts.counts
        together = np.bincount(said.rows, weights=said.matching(phrases["whole"]), minlength=count) > 0
        items = read.clauses.chosen(several[read.clauses.rows])
        numbered = np.bincount(items.rows, weights=items.matching(phrases["item"]), minlength=count)
        full = together | (numbered >= read.parts.counts)
        answers = np.bincount(read.body.rows, weights=read.body.lengths, minlength=count) > 0
        # A single demand need not be named again: "该问题已整改" speaks of it.
        share = np.where(several & ~full, touched_share, 1.0) * answers
        return share, several & (share < 1) & answers

    def _verdicts(self, read: _Read, scores: _Scores) -> tuple[pa.Array, pa.Array]:
        count, limits = len(read.replies), self._cues.limits
        clauses = read.clauses

        def has(*kinds: ClauseKind) -> Flags:
            return np.asarray(np.bincount(clauses.rows[clauses.of(*kinds)], minlength=count) > 0)

        body = np.bincount(read.body.rows, weights=read.body.lengths, minlength=count)
        named = self._named(clauses, count)
        denied, handed, stalled = has(ClauseKind.DENY), has(ClauseKind.HANDOFF), has(ClauseKind.STALL)
        evades = denied | handed | stalled
        said = has(*(kind for kind in ClauseKind if kind is not ClauseKind.HOLLOW))
        little = body < limits["body_characters"]
        excuse = evades & (body < limits["deed_characters"])
        off_topic = (
            ((scores.relevance < limits["off_topic_relevance"]) | scores.astray)
            & (body >= limits["off_topic_characters"])
            & ~has(ClauseKind.ECHO)
        )
        told = clauses.of(*(kind for kind in ClauseKind if kind not in {ClauseKind.HOLLOW, ClauseKind.ECHO}))
        short = np.bincount(clauses.rows[told], clauses.lengths[told], count) < limits["template_characters"]
        copied = (scores.common_share >= limits["common_share"]) & (scores.relevance < limits["template_relevance"])
        thin = scores.concreteness < limits["partial_concreteness"]
        blank = np.bincount(clauses.rows, minlength=count) == 0
        # What shows several signs that can be checked has an answer in it, whatever else it says.
        empty = (scores.kind == CLASSES.index("empty")) & (scores.plain | little)
        evasive = (scores.kind == CLASSES.index("evasive")) & (scores.plain | excuse)
        # The first that holds decides, in this order.
        rules: Sequence[tuple[Flags, Verdict, str]] = (
            (blank, Verdict.EMPTY, "blank"),
            (~said, Verdict.EMPTY, "hollow"),
            (evasive & (denied | handed) & named, Verdict.PARTIAL, "referred"),
            (evasive & denied, Verdict.EVASIVE, "denied"),
            (evasive & handed, Verdict.EVASIVE, "handed_off"),
            (evasive & stalled, Verdict.EVASIVE, "stalled"),
            (copied & (scores.common_share >= limits["common_most"]) & ~short, Verdict.TEMPLATE, "copied"),
            (evasive, Verdict.EVASIVE, "declined"),
            (empty & little & has(ClauseKind.TRANSFER), Verdict.EMPTY, "transferred"),
            (empty & little & has(ClauseKind.VAGUE), Verdict.EMPTY, "vague"),
            (empty & little, Verdict.EMPTY, "hollow"),
            (empty, Verdict.EMPTY, "idle"),
            (copied & ~short, Verdict.TEMPLATE, "copied"),
            (off_topic, Verdict.EVASIVE, "off_topic"),
            (scores.missed, Verdict.PARTIAL, "missed"),
            (thin, Verdict.PARTIAL, "thin"),
        )
        which = np.full(count, len(rules), dtype=np.int64)
        for number, (flags, _, _) in reversed(list(enumerate(rules))):
            which[flags] = number
        verdicts = pa.array([*(verdict.value for _, verdict, _ in rules), Verdict.ANSWERS.value])
        reasons = pa.array([*(f"{reason}：{_SAYS[reason]}" for _, _, reason in rules), f"full：{_SAYS['full']}"])
        return verdicts.take(pa.array(which)), reasons.take(pa.array(which))

    def _named(self, clauses: Clauses, count: int) -> Flags:
        """Say which replies name who is responsible: a body, or a telephone number."""
        phrases = self._cues.phrases
        at = clauses.chosen(~clauses.of(ClauseKind.HOLLOW, ClauseKind.ECHO))
        plain = pc.replace_substring_regex(at.texts, pattern=phrases["no_unit"], replacement=" ")
        body = pc.match_substring_regex(plain, pattern=phrases["unit"]).to_numpy(zero_copy_only=False)
        pointing = at.of(ClauseKind.HANDOFF, ClauseKind.DENY, ClauseKind.BODY) & ~at.matching(phrases["own"])
        return np.asarray(
            np.bincount(at.rows, weights=pointing & (body | at.matching(phrases["telephone"])), minlength=count) > 0
        )


def _body_sums(read: _Read) -> npt.NDArray[np.uint64]:
    """Return one hash for the whole body of each reply, whatever the order of its clauses."""
    sums = np.zeros(len(read.replies), dtype=np.uint64)
    np.add.at(sums, read.claims.rows, read.phrases | np.uint64(1))
    return sums


def _common(read: _Read, corpus: ReplyCorpus, limits: Mapping[str, float]) -> Floats:
    """Return the share of what each reply claims that many others have word for word."""
    count, least, matters = len(read.replies), limits["common_least"], limits["common_matters"]
    common = corpus.common(read.phrases, max(least, limits["common_rate"] * corpus.orders), matters)
    sizes = np.bincount(read.claims.rows, weights=read.claims.lengths, minlength=count)
    shared = np.bincount(read.claims.rows, weights=read.claims.lengths * common, minlength=count)
    share = np.divide(shared, sizes, out=np.zeros(count), where=sizes > 0)
    whole = corpus.common(_body_sums(read), max(least, limits["whole_rate"] * corpus.orders), matters) & (sizes > 0)
    return np.where(whole, 1.0, share)


def _marked(clauses: Clauses, marks: Sequence[Mark], count: int) -> Floats:
    """Return the weight of the signs that each reply shows."""
    score = np.zeros(count)
    for mark in marks:
        times = np.bincount(clauses.rows, weights=clauses.matching(mark.says), minlength=count)
        score += mark.weight * np.minimum(times / mark.full, 1.0)
    return score.clip(0, 1)
