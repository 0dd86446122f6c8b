from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from suqiu.domain.city import Category, Taxonomy
from suqiu.domain.errors import Defect
from suqiu.domain.event import EventStatus
from suqiu.domain.fault import FaultCode
from suqiu.domain.tables import EVENTS, FAULTS, READINGS
from suqiu.domain.text import Language, Text
from suqiu.reporting.comparing import compare
from suqiu.reporting.compose import Section, compose
from suqiu.reporting.deriving import daily_facts
from suqiu.reporting.document import Chart, Document, Heading, Table
from suqiu.reporting.evidence import Evidence, basis_counts, events_from, fault_counts
from suqiu.reporting.writing import Writer

from .factories import LAST, a_city, a_fact, a_share, a_slice, an_event, growth, no_evidence, some_evidence


def text_of(document: Document) -> str:
    return "\n".join(document.plain(spans) for spans in document.sentences())


def headings(document: Document) -> list[str]:
    found = [block for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    return [document.plain(block.spans) for block in found]


def table(document: Document, caption: str) -> list[list[str]]:
    for block in document.blocks:
        if isinstance(block, Table) and document.plain(block.caption) == caption:
            return [[document.plain(cell) for cell in row] for row in block.rows]
    raise AssertionError(f"no table {caption}")


def test_the_report_has_the_sections_an_official_expects_in_order() -> None:
    document = compose(some_evidence(a_city()), a_city())
    assert headings(document) == [
        "总体情况",
        "运行效能",
        "诉求特征",
        "热点事件与预警",
        "承办单位办理情况",
        "重复诉求与办理质量",
        "智能应用情况",
        "问题与建议",
        "指标口径",
        "数据质量",
        "数据索引",
    ]
    assert document.name == "临江市12345政务服务便民热线运行分析报告"
    assert document.until == LAST


def test_the_overview_states_volume_course_and_mix() -> None:
    text = text_of(compose(some_evidence(a_city()), a_city()))
    assert (
        "报告期内（2026年1月1日至2026年6月30日），临江市12345政务服务便民热线共受理群众诉求50,321件，日均278.0件。"
        in text
    )
    assert "其中2026年6月受理8,485件，环比上升1.6%，为报告期内最多。" in text
    assert "从诉求类型看，咨询最多，受理20,000件，占39.7%。" in text


def test_a_month_that_lies_only_partly_in_the_period_is_compared_with_none() -> None:
    evidence = replace(some_evidence(a_city()), period=(date(2026, 1, 1), date(2026, 6, 20)))
    assert "环比" not in text_of(compose(evidence, a_city()))
    may = growth(5, 8348, 8211)
    evidence = replace(evidence, facts={**evidence.facts, may.fact_id: may})
    assert "其中2026年5月受理8,348件，环比上升1.7%" in text_of(compose(evidence, a_city()))


def test_what_has_no_stated_category_or_type_leads_nothing() -> None:
    city = a_city()
    whole = {key: fact for key, fact in some_evidence(city).facts.items() if fact.slice.dimension == "all"}
    for dimension, key in (("category_1", "02"), ("type", "consult"), ("district", "01")):
        for fact in (
            a_fact("V1", 3, cut=a_slice(dimension, key, "城市管理")),
            a_fact("V1", 197, cut=a_slice(dimension, "unstated", "未注明")),
        ):
            whole[fact.fact_id] = fact
    text = text_of(compose(replace(some_evidence(city), facts=whole), city))
    assert "城市管理最多" not in text
    assert "受理量最大" not in text
    assert "其次是未注明" not in text


def test_categories_that_would_be_named_alike_are_told_apart_by_all_above_them() -> None:
    city = a_city()
    tree = tuple(
        Category(node, name)
        for top, name in (("01", "住房建设"), ("02", "城市管理"))
        for node, name in ((top, name), (f"{top}.09", "其他"), (f"{top}.09.01", "其他"))
    )
    city = replace(city, taxonomy=Taxonomy(tree, "example"))
    facts = [a_fact("V1", 90)]
    facts += [a_fact("V1", 40, cut=a_slice("category", key, "其他")) for key in ("01.09.01", "02.09.01")]
    evidence = replace(no_evidence(), facts={fact.fact_id: fact for fact in facts})
    names = [row[0] for row in table(compose(evidence, city), "受理量居前的具体事项")]
    assert names == ["住房建设—其他—其他", "城市管理—其他—其他"]


def test_only_events_and_days_of_the_period_are_told() -> None:
    evidence = some_evidence(a_city())
    events = (an_event(0), an_event(5), an_event(9))  # from 1 January, 20 February and 1 April on
    columns = {name: [getattr(event, name) for event in events] for name in EVENTS.names}
    columns["scope"] = [str(event.scope) for event in events]
    columns["status"] = [str(event.status) for event in events]
    stored = pa.table(columns, schema=EVENTS)
    february = date(2026, 2, 1), date(2026, 2, 20)
    assert [event.event_id for event in events_from(stored)] == ["E0000", "E0005", "E0009"]
    assert [event.event_id for event in events_from(stored, february)] == ["E0005"]
    days = [fact.slice.key for fact in daily_facts(replace(evidence, period=february))["orders"]]
    assert (days[0], days[-1], len(days)) == ("2026-02-01", "2026-02-20", 20)


def test_measures_that_are_not_known_are_named_with_their_reason_and_never_shown_as_zero() -> None:
    document = compose(some_evidence(a_city()), a_city())
    assert "漏接回拨率（导出数据中没有通话记录）" in text_of(document)
    assert "漏接回拨率" not in [row[0] for row in table(document, "接听主要指标")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_evidence_makes_a_short_honest_report(language: Language) -> None:
    document = compose(no_evidence(), a_city(), language)
    text = text_of(document)
    assert len(headings(document)) == 11
    assert not any(isinstance(block, Table | Chart) for block in document.blocks)
    assert ("本节需要" if language == "zh" else "This section needs") in text
    assert {number.fact.measure for number in document.numbers()} == {"period_first", "period_last"}


def test_units_are_grouped_by_interval_and_stand_in_the_order_of_their_codes() -> None:
    city = a_city(12)
    rows = table(compose(some_evidence(city), city), "承办单位办理情况")
    groups = [row[-1] for row in rows]
    assert groups == sorted(groups, key=["高于均值", "相当", "低于均值"].index)
    assert len(rows) == 11
    assert "市第1局" not in [row[0] for row in rows]


def test_orders_without_a_stated_value_are_counted_last_and_never_ranked_or_compared() -> None:
    city = a_city(3)
    unstated = (
        a_fact("V1", 40000, cut=a_slice("type", "unstated", "未填类型")),
        a_share("C3", 1, 4000, cut=a_slice("department", "unstated", "未填单位")),
    )
    facts = {**some_evidence(city).facts, **{fact.fact_id: fact for fact in unstated}}
    document = compose(replace(some_evidence(city), facts=facts), city)
    assert table(document, "各类型诉求受理情况")[-1][:2] == ["未填类型", "40,000"]
    assert "咨询最多" in text_of(document)
    assert "未填单位" not in text_of(document)


def test_a_unit_is_set_apart_only_when_its_whole_interval_is() -> None:
    facts = [
        a_share("C3", 9000, 10000),
        *(
            a_share("C3", hits, 100, cut=a_slice("department", key, key))
            for key, hits in (("D1", 99), ("D2", 88), ("D3", 70))
        ),
        a_share("C3", 5, 10, cut=a_slice("department", "D4", "D4")),
    ]
    evidence = replace(no_evidence(), facts={fact.fact_id: fact for fact in facts})
    found = compare(evidence, "C3", "department", least=30)
    keys = [[fact.slice.key for fact in group] for group in (found.above, found.within, found.below, found.small)]
    assert keys == [["D1"], ["D2"], ["D3"], ["D4"]]


def test_advice_names_late_units_rising_events_returns_repeats_and_bad_rows() -> None:
    text = text_of(compose(some_evidence(a_city(60)), a_city(60)))
    for part in (
        "部分单位办理水平低于全市",
        "等30家",
        "个别热点事件仍在上升",
        "部分单位退单偏多",
        "部分类别重复诉求集中",
        "导入数据中有179行未能使用，占0.4%",
    ):
        assert part in text


def test_no_rule_fires_without_a_reason() -> None:
    evidence = replace(
        some_evidence(a_city(0)), events=(an_event(1, EventStatus.OVER),), intake=None, facts={}, reading=None
    )
    assert "按既定规则检查，未发现需要特别提出的问题。" in text_of(compose(evidence, a_city(0)))


def test_a_section_that_states_a_loose_number_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(writer: Writer) -> None:
        writer.say(Text("全市共有17个街道", "there are 17 streets"))

    section = Section(Text("新章节", "New"), careless, Text("无", "none"))
    monkeypatch.setattr(sys.modules["suqiu.reporting.compose"], "SECTIONS", (section,))
    with pytest.raises(Defect, match="17 streets"):
        compose(no_evidence(), a_city(), "en")


def test_every_number_of_events_intake_and_reading_is_a_fact_with_its_query() -> None:
    document = compose(some_evidence(a_city()), a_city())
    by_measure = {fact.measure: fact for fact in document.cited()}
    assert by_measure["event_orders"].query.startswith("SELECT orders FROM events WHERE event_id")
    assert by_measure["rows_rejected"].value == 179
    accuracy = by_measure["accuracy_department"]
    assert accuracy.interval is not None
    assert accuracy.denominator == 9800
    assert all(fact.query for fact in document.cited() if fact.value is not None)


def test_charts_are_drawn_from_facts() -> None:
    charts = [block for block in compose(some_evidence(a_city()), a_city()).blocks if isinstance(block, Chart)]
    assert [chart.kind for chart in charts] == ["column", "line", "bar"]
    assert [fact.value for fact in charts[0].series[0].facts] == [7800 + n * 137 for n in range(6)]


def test_the_appendix_defines_every_cited_measure_that_has_a_definition() -> None:
    evidence = some_evidence(a_city())
    document = compose(evidence, a_city())
    rows = table(document, "指标口径")
    cited = {fact.measure for fact in document.cited()}
    assert len(rows) == len(cited & set(evidence.definitions))


def test_events_read_from_their_table_as_they_were() -> None:
    event = an_event(3, EventStatus.FADING)
    row = {name: getattr(event, name) for name in EVENTS.names} | {"scope": "district", "status": "fading"}
    assert events_from(pa.Table.from_pylist([row], schema=EVENTS)) == (event,)


def test_faults_are_counted_over_batches() -> None:
    row = {"file": "a.csv", "row": 2, "column": "", "code": "bad_time", "severity": "reject", "value": ""}
    batch = pa.RecordBatch.from_pylist([row, row, row | {"severity": "mend"}], schema=FAULTS)
    assert fault_counts([batch, batch]) == {(FaultCode.BAD_TIME, "reject"): 4, (FaultCode.BAD_TIME, "mend"): 2}


def test_what_readings_rest_on_is_counted_over_batches() -> None:
    row = dict.fromkeys(READINGS.names) | {"type_basis": "model", "place_basis": "recorded"}
    fields = [pa.field(field.name, field.type) for field in READINGS]
    batch = pa.RecordBatch.from_pylist([row, row | {"type_basis": None}], schema=pa.schema(fields))
    assert basis_counts([batch, batch]) == {("place", "recorded"): 4, ("type", "model"): 2}


def test_a_ranking_leaves_out_slices_too_small_to_rank_and_breaks_ties_by_key() -> None:
    facts = [a_share("C25", 5, n, cut=a_slice("category_1", key, key)) for key, n in (("b", 50), ("a", 50), ("c", 6))]
    evidence = Evidence({fact.fact_id: fact for fact in facts}, (LAST, LAST), "v")
    assert [fact.slice.key for fact in evidence.ranking("C25", "category_1", 5, least=30)] == ["a", "b"]


def test_a_fact_of_the_reports_own_period_comes_before_others() -> None:
    evidence = no_evidence()
    own, other = a_fact("V1", 5), replace(a_fact("V1", 9), fact_id="V1@0", period="2025-01-01/2025-06-30")
    evidence = replace(evidence, facts={fact.fact_id: fact for fact in (other, own)})
    assert evidence.find("V1") == own
    assert evidence.find("V9").reason is not None
