"""Figures of the last analysis: the run's own facts, cut down to what somebody may see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from suqiu.analysis.measures.measure import Dimension
from suqiu.domain.errors import NotFound
from suqiu.domain.evidence import Fact, Outcome
from suqiu.web.accounts.scope import Scope
from suqiu.web.results import happenings, questions, store
from suqiu.web.results.cut import Cut
from suqiu.web.results.store import Result
from suqiu.web.site import site

_ALL = Cut()
_DISTRICT = Cut.of(Scope(regions=("03",)))


def _period(result: Result) -> questions.Period:
    return result.first, result.last


def test_numbers_are_the_facts_of_the_run(analysed: Result, told: dict[str, Fact]) -> None:
    dimensions = [Dimension.DISTRICT, Dimension.DEPARTMENT, Dimension.MONTH, Dimension.TYPE]
    asked = questions.facts(analysed, _ALL, _period(analysed), ["V1", "B6", "C3", "C16", "A1", "S1"], dimensions)
    assert {fact.measure for fact in asked} == {"V1", "B6", "C3", "C16", "A1", "S1"}
    for fact in asked:
        own = told[fact.fact_id]
        assert (fact.value, fact.numerator, fact.denominator, fact.interval, fact.rows, fact.data_version) == (
            own.value, own.numerator, own.denominator, own.interval, own.rows, own.data_version
        )  # fmt: skip


def test_months_make_up_the_whole(analysed: Result) -> None:
    by_month = questions.by_month(analysed, _ALL, _period(analysed), "V1", Dimension.DISTRICT)
    whole = questions.whole(questions.facts(analysed, _ALL, _period(analysed), ["V1"]), "V1")
    assert whole is not None
    assert sum(fact.value or 0 for _, fact in by_month) == whole.value


def test_a_scope_counts_its_own_orders_and_no_others(analysed: Result, small_run: Path) -> None:
    cases = pq.read_table(small_run / "lake" / "cases.parquet")
    own = pc.sum(pc.equal(cases["district"], "03")).as_py()
    asked = questions.facts(analysed, _DISTRICT, _period(analysed), ["V1"], [Dimension.DISTRICT, Dimension.DEPARTMENT])
    whole = questions.whole(asked, "V1")
    assert whole is not None
    assert 0 < own < cases.num_rows
    assert whole.value == own
    assert set(questions.sliced(asked, "V1", "district")) == {"03"}
    assert whole.slice.name.zh != "全市"
    assert "region=03" in whole.fact_id


def test_a_scope_of_nothing_shows_nothing(analysed: Result) -> None:
    nothing = Cut.of(Scope(departments=frozenset()))
    whole = questions.whole(questions.facts(analysed, nothing, _period(analysed), ["V1"]), "V1")
    assert whole is not None
    assert whole.outcome is Outcome.NOT_APPLICABLE
    assert happenings.happenings(analysed, nothing) == []


def test_a_unit_never_sees_others_that_had_its_orders_before(analysed: Result) -> None:
    unit = Cut.of(Scope(departments=frozenset({"D01"})))
    asked = questions.facts(analysed, unit, _period(analysed), ["B6", "V1"], [Dimension.DEPARTMENT])
    assert {fact.slice.key for fact in asked if fact.slice.dimension == "department"} <= {"D01"}


def test_calls_are_not_told_of_a_part_for_most_have_no_order(analysed: Result) -> None:
    assert questions.facts(analysed, _DISTRICT, _period(analysed), ["A1"]) == ()
    assert questions.facts(analysed, _ALL, _period(analysed), ["A1"])[0].outcome is Outcome.KNOWN


def test_orders_per_resident_are_of_the_residents_in_scope(analysed: Result) -> None:
    asked = questions.facts(analysed, _DISTRICT, _period(analysed), ["C26"])
    whole = questions.whole(asked, "C26")
    assert whole is not None
    assert whole.denominator == site().city.region_by_id["03"].population
    narrowed = _ALL.narrowed("region", "03.01")
    districts = questions.sliced(
        questions.facts(analysed, narrowed, _period(analysed), ["C26"], [Dimension.DISTRICT]), "C26", "district"
    )
    assert all(fact.value is None for fact in districts.values()), "a street's orders are not a district's rate"


def test_a_choice_beyond_the_scope_leaves_nothing(analysed: Result) -> None:
    beyond = _DISTRICT.narrowed("region", "04")
    whole = questions.whole(questions.facts(analysed, beyond, _period(analysed), ["V1"]), "V1")
    assert whole is not None
    assert whole.outcome is Outcome.NOT_APPLICABLE


def test_the_same_question_is_asked_once(analysed: Result) -> None:
    asked: list[int] = []

    def work() -> int:
        asked.append(1)
        return 42

    assert [analysed.answered(("a question", 1), work) for _ in range(3)] == [42, 42, 42]
    assert asked == [1]


def test_kept_answers_do_not_grow_without_end(analysed: Result) -> None:
    for n in range(store.KEPT + 50):
        analysed.answered(("one of many", n), int)
    asked: list[int] = []
    analysed.answered(("one of many", 0), lambda: asked.append(1))
    assert asked == [1], "the oldest was let go"


def test_another_result_is_opened_at_once(analysed: Result) -> None:
    assert store.current() is analysed
    here = site()
    here.save(replace(here.about, result=None))
    with pytest.raises(NotFound):
        store.current()
    here.save(replace(here.about, result="/nowhere"))
    assert store.found() is None
    here.save(replace(here.about, result=str(analysed.folder)))
    assert store.current().version == analysed.version


def test_the_spread_of_a_duration_is_that_of_its_orders(analysed: Result, small_run: Path) -> None:
    spread = questions.spread(analysed, _ALL, _period(analysed), "C8", Dimension.DEPARTMENT)
    cases = pq.read_table(small_run / "lake" / "cases.parquet").to_pandas()
    one = max(spread, key=lambda each: each.rows)
    last = np.datetime64(analysed.last) + np.timedelta64(1, "D")
    own = cases[
        (cases.department == one.key) & cases.first_dispatched_at.notna() & (cases.closed_at < last)
    ]  # fmt: skip
    hours = (own.closed_at - own.first_dispatched_at).dt.total_seconds() / 3600
    assert one.rows == len(hours)
    assert one.points == pytest.approx(np.quantile(hours, questions.QUANTILES))
    assert questions.spread(analysed, _ALL, _period(analysed), "C16", Dimension.DEPARTMENT) == []


def test_daily_series_tell_nothing_beyond_a_scope(analysed: Result) -> None:
    period = _period(analysed)
    assert len(questions.series(analysed, _ALL, "all", "", period)) == (analysed.last - analysed.first).days + 1
    assert questions.series(analysed, _DISTRICT, "district", "03", period)
    assert questions.series(analysed, _DISTRICT, "district", "04", period) == []
    assert questions.series(analysed, _DISTRICT, "all", "", period) == []
    assert questions.series(analysed, _DISTRICT.narrowed("type", "help"), "district", "03", period) == []


def test_an_event_shows_a_scope_its_part_only(analysed: Result) -> None:
    whole = happenings.happenings(analysed, _ALL)
    event = next(one for one in whole if one.region)
    assert event.orders == sum(event.counts) == sum(unit.orders for unit in event.units)
    district = event.region.split(".")[0]
    inside = Cut.of(Scope(regions=(district,)))
    assert happenings.happening(analysed, inside, event.id).orders == event.orders
    outside = Cut.of(Scope(regions=("01" if district != "01" else "02",)))
    with pytest.raises(NotFound):
        happenings.happening(analysed, outside, event.id)
    unit = Cut.of(Scope(departments=frozenset({event.units[-1].department})))
    if len(event.units) > 1 and event.units[-1].department:
        part = happenings.happening(analysed, unit, event.id)
        assert part.partly
        assert part.surprise is None
        assert part.orders == event.units[-1].orders
    members = happenings.members(analysed, inside, event.id)
    assert len(members) == event.orders


def test_what_follows_an_event_is_counted_to_see_whether_it_got_better(analysed: Result) -> None:
    event = happenings.happenings(analysed, _ALL)[0]
    around = dict(happenings.around(analysed, _ALL, event))
    assert around.keys() >= {event.peak_on}
    assert all(around[day] >= orders for day, orders in event.days if day in around)
