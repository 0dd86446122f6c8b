from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.domain.errors import Defect
from suqiu.domain.evidence import Fact
from suqiu.reporting.document import Block, Chart, Column, Document, Name, Number, Paragraph, Series, Table, Words
from suqiu.reporting.figures import loose_figures
from suqiu.reporting.numbers import Aspect, show

from .factories import LAST, a_fact, a_share


def a_document(*blocks: Block, facts: tuple[Fact, ...] = (), names: frozenset[str] = frozenset()) -> Document:
    return Document(
        title=((Words("报告"),),),
        subtitle=(),
        issuer=(),
        until=LAST,
        blocks=blocks,
        facts={fact.fact_id: fact for fact in facts},
        names=names,
        definitions={},
        language="zh",
    )


@pytest.mark.parametrize(
    "words",
    [
        "共受理50321件",
        "共受理12345件",
        "共受理５０件",
        "上升3.2%",
        "共三起事件",
        "占百分之五",
        "超过三分之一",
        "翻了一番，增两倍",
        "约一半工单",
        "用时二十余天",
        "twice as many",
        "some forty orders",
        "half of them",
    ],
)
def test_words_that_state_a_figure_fail_with_the_sentence(words: str) -> None:
    with pytest.raises(Defect) as raised:
        a_document(Paragraph((Words(words),)))
    assert raised.value.code == "report.loose_number"
    assert words in raised.value.message.zh


@pytest.mark.parametrize(
    "words",
    [
        "12345政务服务便民热线",
        "依据GB/T 33358-2016",
        "一般而言，统一受理",
        "响应、解决、满意三率",
        "一是加强督办，二是完善清单",
        "每万人诉求量",
        "the 12345 hotline",
        "none of them",
    ],
)
def test_words_without_a_figure_pass(words: str) -> None:
    document = a_document(Paragraph((Words(words),)))
    assert document.plain(document.blocks[0].spans) == words  # type: ignore[union-attr]


def test_a_number_whose_fact_the_document_does_not_hold_fails() -> None:
    with pytest.raises(Defect, match="loose_number"):
        a_document(Paragraph((Number(a_fact("V1", 7)),)))


def test_a_number_that_differs_from_the_documents_fact_fails() -> None:
    fact = a_fact("V1", 7)
    with pytest.raises(Defect, match="loose_number"):
        a_document(Paragraph((Number(replace(fact, value=8)),)), facts=(fact,))


def test_a_known_fact_without_a_query_is_no_fact_to_print() -> None:
    fact = replace(a_fact("V1", 7), query="")
    with pytest.raises(Defect, match="loose_number"):
        a_document(Paragraph((Number(fact),)), facts=(fact,))


def test_a_name_may_hold_digits_only_when_it_comes_with_the_data() -> None:
    a_document(Paragraph((Name("第12小学"),)), names=frozenset({"第12小学"}))
    with pytest.raises(Defect, match="12"):
        a_document(Paragraph((Name("第12小学"),)))


def test_figures_in_captions_cells_and_chart_labels_are_found_too() -> None:
    fact = a_fact("V1", 7)
    column = Column((Words("类别"),))
    with pytest.raises(Defect):
        a_document(Table((Words("表三十件"),), (column,), (((Words("甲"),),),)))
    with pytest.raises(Defect):
        a_document(Table((Words("表"),), (column,), (((Words("7"),),),)))
    with pytest.raises(Defect):
        a_document(Chart("bar", (Words("图"),), ("8月",), (Series((Words("量"),), (fact,)),)), facts=(fact,))
    with pytest.raises(Defect):
        a_document(Chart("bar", (Words("图"),), ("月",), (Series((Words("量"),), (fact,)),)))


def test_a_ragged_table_or_chart_is_a_defect() -> None:
    fact = a_fact("V1", 7)
    with pytest.raises(Defect, match="ragged"):
        a_document(Table((), (Column(()), Column(())), (((Words("甲"),),),)))
    with pytest.raises(Defect, match="ragged"):
        a_document(Chart("bar", (), ("甲", "乙"), (Series((), (fact,)),)), facts=(fact,))


@given(
    st.text(alphabet="受理工单上升，。", max_size=8), st.integers(0, 10**9), st.text(alphabet="件起占比", max_size=8)
)
def test_no_number_hides_in_any_sentence(before: str, number: int, after: str) -> None:
    assert loose_figures(f"{before}{number}{after}")


@given(st.floats(0, 1))
def test_a_share_reads_all_or_nothing_only_when_it_is(value: float) -> None:
    text = show(a_fact("C3", value, "share"), Aspect.VALUE, "zh")
    if 1e-7 < value < 1 - 1e-7:
        assert float(text.rstrip("%")) not in {0.0, 100.0}
    assert abs(float(text.rstrip("%")) / 100 - value) <= 0.00051


@pytest.mark.parametrize(
    ("value", "unit", "aspect", "zh", "en"),
    [
        (50321, "orders", Aspect.VALUE, "50,321件", "50,321 orders"),
        (11.37, "orders", Aspect.VALUE, "11.4件", "11.4 orders"),
        (50321, "orders", Aspect.BARE, "50,321", "50,321"),
        (0.9123, "share", Aspect.VALUE, "91.2%", "91.2%"),
        (0.99999, "share", Aspect.VALUE, "99.999%", "99.999%"),
        (-0.05, "share", Aspect.SIZE, "5.0%", "5.0%"),
        (-0.05, "share", Aspect.POINTS, "5.0", "5.0"),
        (3.25, "hours", Aspect.VALUE, "3.2小时", "3.2 hours"),
        (1.094, "ratio", Aspect.VALUE, "1.09", "1.09"),
        (20634, "date", Aspect.VALUE, "2026年6月30日", "2026-06-30"),
        (0, "orders", Aspect.VALUE, "0件", "0 orders"),
        (65.64, "marks", Aspect.VALUE, "65.6分", "65.6 points"),
        (99.996, "marks", Aspect.VALUE, "99.996分", "99.996 points"),
        (3, "level", Aspect.VALUE, "3级", "3"),
        (-3.84, "pp", Aspect.SIZE, "3.8个百分点", "3.8 percentage points"),
        (120, "person_days", Aspect.VALUE, "120人日", "120 person-days"),
        (6.0, "months", Aspect.VALUE, "6.0个月", "6.0 months"),
        (2.274, "per_100k", Aspect.VALUE, "2.27/十万人", "2.27 per hundred thousand residents"),
    ],
)
def test_numbers_read_as_officials_write_them(value: float, unit: str, aspect: Aspect, zh: str, en: str) -> None:
    fact = a_fact("X", value, unit)
    assert (show(fact, aspect, "zh"), show(fact, aspect, "en")) == (zh, en)


@pytest.mark.parametrize("aspect", [aspect for aspect in Aspect if aspect is not Aspect.ROWS])
def test_an_unknown_fact_is_never_printed_as_a_number(aspect: Aspect) -> None:
    fact = a_fact("A1", None, "share")
    assert show(fact, aspect, "zh") == "数据不足"
    assert show(fact, aspect, "en") == "not enough data"


def test_an_interval_is_printed_with_both_ends_and_its_level() -> None:
    fact = a_share("C3", 90, 100)
    assert show(fact, Aspect.INTERVAL, "zh") == "82.6%～94.5%"
    assert show(fact, Aspect.LEVEL, "zh") == "95%"
    assert (show(fact, Aspect.NUMERATOR, "zh"), show(fact, Aspect.DENOMINATOR, "zh")) == ("90", "100")
