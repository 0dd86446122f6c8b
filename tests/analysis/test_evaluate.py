from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.analysis import MEASURES, evaluate
from suqiu.analysis.measures.measure import Ground, Measure, PerResidents
from suqiu.domain.evidence import Fact, Outcome
from tests.analysis.cases import hotline
from tests.analysis.factories import by_id, city, registered, run, sql, table, with_cases

PERIOD = (date(2026, 1, 1), date(2026, 1, 31))
WHOLE = "@2026-01-01_2026-01-31"


def _evaluated(tables: Mapping[str, ibis.Table], *ids: str, period: tuple[date, date] = PERIOD) -> dict[str, Fact]:
    chosen = [measure for measure in MEASURES if measure.id in ids] if ids else MEASURES
    versions = {name: f"{name}-1" for name in with_cases(tables)}
    return by_id(evaluate(with_cases(tables), city(), period, versions=versions, sql=sql, measures=chosen))


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    return _evaluated(hotline())


def test_the_query_of_a_fact_finds_its_numbers_again(facts: dict[str, Fact]) -> None:
    formulas = {measure.id: measure.formula for measure in MEASURES}
    answers: dict[str, dict[str, dict[str, Any]]] = {}
    for fact in facts.values():
        if fact.outcome is Outcome.UNKNOWN or fact.measure == "S1":
            continue
        if fact.query not in answers:
            answers[fact.query] = {row.get("key", ""): row for row in run(fact.query)}
        row = answers[fact.query].get(fact.slice.key)
        assert fact.rows == (row["rows"] if row else 0)
        if fact.outcome is Outcome.KNOWN and row is not None:
            denominator = fact.denominator if isinstance(formulas[fact.measure], PerResidents) else row["denominator"]
            assert fact.value == pytest.approx(
                formulas[fact.measure].value(float(row["numerator"]), int(denominator or 0))
            )


def test_a_query_names_only_the_tables_that_its_fact_rests_on(facts: dict[str, Fact]) -> None:
    def named(fact_id: str) -> set[str]:
        return {name for name in ("cases", "steps", "calls", "call_backs") if f'"{name}_' in facts[fact_id].query}

    assert named(f"C3{WHOLE}/department=D02") == {"cases"}
    assert named(f"A1{WHOLE}") == {"calls"}
    assert named(f"C21{WHOLE}") == {"call_backs"}
    assert named(f"C21{WHOLE}/district=01") == {"call_backs", "cases"}


def test_the_slices_of_a_dimension_make_up_the_whole(facts: dict[str, Fact]) -> None:
    cut_short = {"C26"}
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for fact in facts.values():
        if fact.numerator is not None and fact.denominator is not None and fact.slice.dimension != "all":
            sums[fact.measure, fact.slice.dimension][0] += fact.numerator
            sums[fact.measure, fact.slice.dimension][1] += fact.denominator
    compared = 0
    for (measure, _), (numerator, denominator) in sums.items():
        whole = facts.get(f"{measure}{WHOLE}")
        if whole is None or measure in cut_short:
            continue
        assert (numerator, denominator) == (whole.numerator, whole.denominator), measure
        compared += 1
    assert compared > 100


@pytest.mark.parametrize(
    ("lacking", "measure", "reason"),
    [
        ("calls", "A1", "导出数据中没有话务记录"),
        ("steps", "B6", "导出数据中没有流程记录"),
        ("call_backs", "C21", "导出数据中没有回访记录"),
        ("repeats", "C25", "导出数据中没有重复诉求识别结果"),
    ],
)
def test_without_a_table_the_measure_is_unknown_and_says_why(lacking: str, measure: str, reason: str) -> None:
    tables = {name: one for name, one in hotline().items() if name != lacking}
    found = _evaluated(tables, measure)
    assert set(found) == {f"{measure}{WHOLE}"}
    fact = found[f"{measure}{WHOLE}"]
    assert fact.outcome is Outcome.UNKNOWN
    assert fact.value is None
    assert fact.reason is not None
    assert fact.reason.zh == reason


@pytest.mark.parametrize(
    ("source", "column", "measure", "reason"),
    [
        ("timelines", "closed_at", "C3", "导出数据中没有办结时间"),
        ("timelines", "returns_asked", "B6", "导出数据中没有申请退单环节"),
        ("timelines", "urges", "C10", "导出数据中没有催办环节"),
        ("readings", "community", "B17", "导出数据中没有所属社区"),
        ("calls", "called_back_at", "A7", "导出数据中没有漏接回拨时间"),
    ],
)
def test_a_column_without_any_value_makes_the_measure_unknown_not_zero(
    source: str, column: str, measure: str, reason: str
) -> None:
    tables = hotline()
    tables[source] = tables[source].mutate(**{column: ibis.null(tables[source][column].type())})
    fact = _evaluated(tables, measure)[f"{measure}{WHOLE}"]
    assert fact.outcome is Outcome.UNKNOWN
    assert fact.reason is not None
    assert fact.reason.zh == reason


@pytest.mark.parametrize("measure", [one for one in MEASURES if one.ground is Ground.ORDER], ids=lambda one: one.id)
def test_every_needed_column_has_a_name_to_miss_it_by(measure: Measure) -> None:
    from suqiu.analysis.naming import COLUMN_NAMES

    assert set(measure.needs) <= set(COLUMN_NAMES)


def test_without_call_backs_the_exports_own_answers_count() -> None:
    tables = {name: one for name, one in hotline().items() if name != "call_backs"}
    fact = _evaluated(tables, "C16")[f"C16{WHOLE}"]
    assert (fact.numerator, fact.denominator) == (2, 3)


def test_a_period_without_orders_has_a_volume_of_zero_and_no_rates() -> None:
    found = _evaluated(hotline(), "V1", "C3", "C8", period=(date(2025, 3, 1), date(2025, 3, 31)))
    assert found["V1@2025-03-01_2025-03-31"].value == 0
    for measure in ("C3", "C8"):
        fact = found[f"{measure}@2025-03-01_2025-03-31"]
        assert fact.outcome is Outcome.NOT_APPLICABLE
        assert fact.value is None


def test_an_empty_lake_gives_unknown_facts_and_no_error() -> None:
    tables = {name: one.filter(ibis.literal(False)) for name, one in hotline().items()}
    found = _evaluated(tables)
    assert {fact.outcome for fact in found.values()} == {Outcome.UNKNOWN}


def test_a_deadline_after_the_end_of_the_data_is_not_yet_missed() -> None:
    tables = hotline()
    tables["orders"] = tables["orders"].filter(tables["orders"].order_id != "o8")
    # The newest order is of the 20th of January: what falls due after it is left out.
    fact = _evaluated(tables, "C1")[f"C1{WHOLE}"]
    assert (fact.numerator, fact.denominator) == (2, 3)


def test_shares_have_an_interval_and_small_slices_a_wide_one(facts: dict[str, Fact]) -> None:
    whole, part = facts[f"C5{WHOLE}"], facts[f"C5{WHOLE}/department=D01"]
    assert whole.interval is not None
    assert part.interval is not None
    assert whole.interval.upper - whole.interval.lower < part.interval.upper - part.interval.lower
    assert facts[f"C8{WHOLE}"].interval is None


def test_rare_categories_have_their_volume_only() -> None:
    number = 40
    orders = [{"order_id": f"{n:03}", "accepted_at": datetime(2026, 1, 2) + timedelta(hours=n)} for n in range(number)]
    readings = [{**order, "category": f"0{n % 4}.01" if n < 38 else "09.01"} for n, order in enumerate(orders)]
    tables = {
        "orders": table("orders", orders),
        "readings": table("readings", readings),
        "timelines": table("timelines", [{**order, "closed_at": order["accepted_at"]} for order in orders]),
    }
    found = _evaluated(tables, "V1", "C5")
    volumes = {fact.slice.key for fact in found.values() if fact.measure == "V1" and fact.slice.dimension == "category"}
    rates = {fact.slice.key for fact in found.values() if fact.measure == "C5" and fact.slice.dimension == "category"}
    assert volumes == {"00.01", "01.01", "02.01", "03.01", "09.01"}
    assert rates == {"00.01", "01.01"}  # report.top_n is 2; ties go to the lower id


def test_a_mix_alone_can_be_asked_for() -> None:
    found = _evaluated(hotline(), "V2")
    assert {fact.slice.key: fact.numerator for fact in found.values()} == {"complaint": 5, "consult": 1, "help": 1}


def test_slices_are_named_by_the_city_pack(facts: dict[str, Fact]) -> None:
    assert facts[f"V1{WHOLE}/department=D01"].slice.name.zh == "市住房和城乡建设局"
    assert facts[f"V1{WHOLE}/department=unstated"].slice.name.zh == "未注明"
    assert facts[f"V1{WHOLE}/type=complaint"].slice.name.zh == "投诉"
    assert facts[f"V1{WHOLE}/month=2026-01"].slice.name.zh == "2026年1月"
    assert facts[f"V1{WHOLE}/street=01.01"].slice.name.zh == "滨江街道"


def test_the_data_version_changes_with_the_tables_a_fact_rests_on_and_no_other() -> None:
    tables = hotline()
    chosen = [measure for measure in MEASURES if measure.id in {"A1", "C5"}]

    def versions(calls: str) -> dict[str, str]:
        marks = dict.fromkeys(with_cases(tables), "1") | {"calls": calls}
        found = evaluate(with_cases(tables), city(), PERIOD, versions=marks, sql=sql, measures=chosen)
        return {fact.fact_id: fact.data_version for fact in found}

    before, after = versions("1"), versions("2")
    assert before[f"A1{WHOLE}"] != after[f"A1{WHOLE}"]
    assert before[f"C5{WHOLE}"] == after[f"C5{WHOLE}"]


def test_progress_reaches_its_end() -> None:
    tables, seen = hotline(), []
    chosen = [measure for measure in MEASURES if measure.id == "A1"]
    list(
        evaluate(
            with_cases(tables),
            city(),
            PERIOD,
            versions=dict.fromkeys(with_cases(tables), "1"),
            sql=sql,
            measures=chosen,
            progress=lambda done, all_: seen.append((done, all_)),
        )
    )
    assert seen[-1][0] == seen[-1][1]


outcomes = st.lists(
    st.tuples(
        st.sampled_from(["D01", "D02", None]),
        st.integers(-200, 200) | st.none(),
        st.booleans() | st.none(),
        st.booleans() | st.none(),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=6, deadline=None)
@given(outcomes, st.randoms(use_true_random=False))
def test_rates_do_not_depend_on_the_order_of_rows_and_hiding_a_closure_never_helps(cases: Any, dice: Any) -> None:
    due = datetime(2026, 1, 15, 23, 59, 59)

    def tables(rows: list[dict[str, Any]]) -> dict[str, ibis.Table]:
        return {
            "orders": table("orders", [{"order_id": row["id"], "solved": row["solved"]} for row in rows]).mutate(
                accepted_at=ibis.literal(datetime(2026, 1, 20))
            ),
            "readings": table("readings", [{"order_id": row["id"], "department": row["department"]} for row in rows]),
            "timelines": table(
                "timelines",
                [
                    {
                        "order_id": row["id"],
                        "close_due_at": due,
                        "closed_at": row["closed_at"],
                        "exempt": row["exempt"],
                        "status": "closed",
                    }
                    for row in rows
                ],
            ),
        }

    rows = [
        {
            "id": f"{n:02}",
            "department": department,
            "closed_at": None if hours is None else due + timedelta(hours=hours),
            "solved": solved,
            "exempt": exempt,
        }
        for n, (department, hours, solved, exempt) in enumerate(cases)
    ]
    wanted = _evaluated(tables(rows), "C3", "C16")
    shuffled = [dict(row) for row in rows]
    dice.shuffle(shuffled)
    assert {id_: asdict(fact) | {"query": ""} for id_, fact in wanted.items()} == {
        id_: asdict(fact) | {"query": ""} for id_, fact in _evaluated(tables(shuffled), "C3", "C16").items()
    }
    hidden = [{**row, "closed_at": None if dice.random() < 0.3 else row["closed_at"]} for row in rows]
    before, after = wanted[f"C3{WHOLE}"], _evaluated(tables(hidden), "C3")[f"C3{WHOLE}"]
    if before.value is not None and after.value is not None:
        assert after.value <= before.value


def test_tables_in_arrow_give_the_same_facts_whatever_their_row_order(facts: dict[str, Fact]) -> None:
    tables = {name: registered(_reversed(one.to_pyarrow()), name) for name, one in hotline().items()}
    again = _evaluated(tables)
    assert {id_: (fact.value, fact.numerator, fact.rows) for id_, fact in again.items()} == {
        id_: (fact.value, fact.numerator, fact.rows) for id_, fact in facts.items()
    }


def _reversed(data: pa.Table) -> pa.Table:
    return data.take(list(reversed(range(data.num_rows))))


def test_a_department_that_a_model_suggests_for_an_order_that_was_never_dispatched_handled_nothing() -> None:
    tables = hotline()
    suggested = ibis.cases((tables["readings"].order_id == "o1", "model"), else_="recorded")
    tables["readings"] = tables["readings"].mutate(department=ibis.literal("D01"), department_basis=suggested)
    tables["timelines"] = tables["timelines"].mutate(
        first_dispatched_at=(tables["timelines"].order_id == "o1").ifelse(None, tables["timelines"].first_dispatched_at)
    )
    rows = {row["order_id"]: row["department"] for row in with_cases(tables)["cases"].to_pyarrow().to_pylist()}
    assert rows.pop("o1") is None
    assert set(rows.values()) == {"D01"}
