"""Reasons name words that really carry the answer, the duty, the precedents and the place."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from suqiu.reading.explain import Explanation, Scores, Span, cases_of, explain, tipping, words_that_carry
from suqiu.reading.features import counted, learn_vocabulary
from suqiu.reading.linear import fit_linear
from suqiu.reading.precedents import Outcomes, Precedents
from suqiu.reading.tree import NONE
from tests.reading.factories import LEAVES, city

CITY = city()


WEIGHTS = {"U02": {"路灯": 2.0, "不亮": 1.0}, "D03": {"出租车": 2.0}}
PLACES = ("望江花园", "海棠街", "长虹大道", "听涛苑")


class Words:
    """A model that knows a few words for each label; what follows can be worked out by hand."""

    def __call__(self, texts: pa.Array) -> tuple[Sequence[str], Scores]:
        columns = [
            sum(
                weight * pc.count_substring(texts, word).to_numpy(zero_copy_only=False) for word, weight in said.items()
            )
            for said in WEIGHTS.values()
        ]
        return list(WEIGHTS), np.column_stack(columns).astype(np.float64)


class Linear:
    """The linear model of the package, trained on invented demands."""

    def __init__(self) -> None:
        said = [(n, f"{place}{text}，请尽快") for n, leaf in enumerate(LEAVES) for text in leaf[4] for place in PLACES]
        texts = pa.array([text for _, text in said])
        self._vocabulary = learn_vocabulary(counted(texts), at_most=5_000, at_least_in=1)
        labels = np.array([n for n, _ in said], dtype=np.int64)
        self._model = fit_linear(self._vocabulary.vectors(texts), labels, len(LEAVES))

    def __call__(self, texts: pa.Array) -> tuple[Sequence[str], Scores]:
        return [leaf[0] for leaf in LEAVES], self._model.scores(self._vocabulary.vectors(texts))


def test_the_words_that_carry_an_answer_are_found_and_nothing_around_them() -> None:
    text = "您好，我住在梅园，小区门口的路灯晚上坏了，出租车很多"
    (span, *_) = words_that_carry(text, Words())
    assert (span.words, span.fall) == ("路灯", 2.0)
    assert text[span.start : span.start + span.length] == "路灯"
    (other,) = words_that_carry(text, Words(), label="D03")
    assert other.words == "出租车"


def test_the_strongest_words_come_first_and_weak_ones_are_left_out() -> None:
    spans = words_that_carry("晚上不亮，路灯坏了", Words())
    assert [span.words for span in spans] == ["路灯", "不亮"]
    assert words_that_carry("晚上不亮，路灯坏了", Words(), at_most=1) == spans[:1]


def test_where_nothing_alone_carries_the_answer_no_words_are_named() -> None:
    assert words_that_carry("你好，谢谢大家", Words()) == ()
    assert words_that_carry("", Words()) == ()
    assert words_that_carry("，。！", Words()) == ()


def test_a_label_the_model_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="X99"):
        words_that_carry("路灯不亮", Words(), label="X99")


def test_named_words_tip_the_answer_of_the_linear_model_far_more_often_than_blind_ones() -> None:
    scorer = Linear()
    said = [
        f"{PLACES[n % 4]}附近住的人很多，{text}，希望早点有个说法" for n, leaf in enumerate(LEAVES) for text in leaf[4]
    ]
    spans = [words_that_carry(text, scorer) for text in said]
    found = tipping(pa.array(said), spans, scorer)
    assert found.texts == len(said)
    assert found.lowered == found.texts
    assert found.changed > 2 * found.changed_by_chance
    record = json.loads(json.dumps(found.as_record(), allow_nan=False))
    assert record["lowered"]["share"] == 1


def test_words_that_carry_nothing_are_found_out() -> None:
    text = "路灯不亮，谢谢大家"
    wrong = Span(5, 4, "谢谢大家", 1.0)
    found = tipping(pa.array([text, "无关"]), [[wrong], []], Words())
    assert (found.texts, found.lowered, found.changed) == (1, 0, 0)
    nothing = tipping(pa.array([text]), [[]], Words())
    assert nothing.as_record()["lowered"] == {"count": 0, "share": None, "interval": None}


def precedents() -> Precedents:
    said = pa.array(["海棠街路灯不亮", "出租车拒载"])
    outcomes = Outcomes(
        pa.array(["B1", "B2"]),
        pa.array(["U02", None]),
        pa.nulls(2, pa.string()),
        pa.nulls(2, pa.timestamp("s")),
        pa.array([["D01"], []], pa.list_(pa.string())),
    )
    return Precedents(outcomes, learn_vocabulary(counted(said), at_most=99, at_least_in=1).vectors(said))


def test_an_explanation_joins_words_duty_precedents_and_place() -> None:
    known = precedents()
    cases = cases_of(known, np.array([0, NONE]), np.array([0.9, 0], dtype=np.float32))
    text = "望江花园门口的路灯不亮"
    told = explain(text, Words(), CITY, duty="Z020201", region="01.01.001", cases=cases)
    assert (told.label, told.score, told.duty) == ("U02", 3.0, "Z020201")
    assert told.clause == "路灯照明的处理（示例）"
    assert told.place == "东城区钟楼街道梅园社区"
    assert (told.cases[0].order_id, told.cases[0].department, told.cases[0].returned_from) == ("B1", "U02", ("D01",))
    assert json.loads(json.dumps(told.as_record(), allow_nan=False))["place"] == told.place
    said = told.told(CITY)
    assert "依据表述“路灯不亮”" in said.zh
    assert "先例B1（相似度90%）由照明中心办理" in said.zh
    assert "precedent B1 (likeness 90%)" in said.en


def test_what_is_not_known_is_left_out_and_not_made_up() -> None:
    told = explain("你好", Words(), CITY, label="D03", duty="Z99", region="99")
    assert (told.spans, told.duty, told.clause, told.cases, told.place) == ((), None, None, (), None)
    assert told.told(CITY).en == "No reason can be given."
    unknown = cases_of(precedents(), np.array([1]), np.array([0.5], dtype=np.float32))
    said = Explanation("D03", 1.0, (), None, None, unknown, None).told(CITY)
    assert said.zh == "先例B2（相似度50%）的承办单位不详。"
