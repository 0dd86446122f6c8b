"""One reply beside one demand: which of the things asked for it speaks of."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from suqiu.reading.reply.clauses import ClauseReader
from suqiu.reading.reply.corpus import ReplyCorpus, pieces_of, shared_weight, weight_of
from suqiu.reading.reply.cues import ClauseKind, shipped_reply_cues
from suqiu.reading.reply.demands import parts

_MARKS = "\x1d\x1e"


def answered(demand: str, reply: str, corpus: ReplyCorpus | None = None) -> list[tuple[str, bool]]:
    """Cut a demand into the things it asks for, and say of each whether the reply speaks of it.

    A single demand counts as spoken of by any reply with an answer in it: "该问题已整改" need not name it again.

    Args:
        demand, reply: texts of one order.
        corpus: how common each piece is among a city's orders; all weigh the same when None.
    """
    cues = shipped_reply_cues()
    cut = parts(pa.array([demand], pa.string()))
    texts = [text.strip(_MARKS + " \n") for text in cut.texts.to_pylist()]
    clauses = ClauseReader(cues).read(pa.array([reply], pa.string()))
    said = clauses.chosen(~clauses.of(ClauseKind.HOLLOW, ClauseKind.ECHO))
    if not bool(clauses.of(ClauseKind.BODY).any()):
        return [(text, False) for text in texts]
    numbered = int(said.matching(cues.phrases["item"]).sum())
    if len(texts) == 1 or bool(said.matching(cues.phrases["whole"]).any()) or numbered >= len(texts):
        return [(text, True) for text in texts]
    asked = pieces_of(cut.texts, np.arange(len(texts)), len(texts))
    told = pieces_of(said.texts, said.rows, 1)
    weights = (corpus or ReplyCorpus()).weights()
    shared = shared_weight(asked, np.zeros(len(texts), dtype=np.int64), told, weights)
    touched = shared >= cues.limits["touched"] * np.maximum(weight_of(asked, weights), 1e-9)
    return [(text, bool(one)) for text, one in zip(texts, touched, strict=True)]
