from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.simulate.scenario import Scenario
from suqiu.simulate.timetable import plan
from tests.simulate.conftest import HOLIDAYS, Made, city, scenario
from tests.simulate.reading import true_orders, truth

SCENARIO = Scenario.model_validate(scenario())


def orders_by_day(made: Made) -> Counter[date]:
    return Counter(date.fromisoformat(row["受理时间"][:10]) for row in true_orders(made.out).values())


def test_weekends_and_holidays_bring_fewer_orders(made: Made) -> None:
    days = orders_by_day(made)
    quiet = [d for d in days if d.weekday() >= 5 and d != date(2026, 2, 14)]
    busy = [d for d in days if d.weekday() < 5 and d not in HOLIDAYS]
    mean = sum(days[d] for d in busy) / len(busy)
    assert sum(days[d] for d in quiet) / len(quiet) < 0.8 * mean
    assert sum(days[d] for d in HOLIDAYS) / len(HOLIDAYS) < 0.7 * mean


def test_nights_are_quiet(made: Made) -> None:
    hours = Counter(int(row["受理时间"][11:13]) for row in true_orders(made.out).values())
    assert sum(hours[h] for h in range(8)) < 0.15 * sum(hours.values())


def test_heating_complaints_belong_to_january(made: Made) -> None:
    orders = true_orders(made.out)
    months = Counter(
        orders[str(row["order_id"])]["受理时间"][5:7]
        for row in truth(made.out, "orders")
        if row["category"] == "02.01.02"
    )
    assert months["01"] > 5 * months["05"]


def test_a_storm_raises_all_orders_and_leaks_most_of_all(made: Made) -> None:
    orders = true_orders(made.out)
    leaks = Counter(
        date.fromisoformat(orders[str(row["order_id"])]["受理时间"][:10])
        for row in truth(made.out, "orders")
        if row["category"] == "01.01.02" and not row["event"]
    )
    storm = next(row for row in truth(made.out, "events") if row["kind"] == "storm")
    begin = date.fromisoformat(str(storm["first"])[:10])
    stormy = [begin, date(begin.year, begin.month, begin.day + 1)]
    calm = [day for day in leaks if day not in stormy]
    assert sum(leaks[d] for d in stormy) / 2 > 3 * sum(leaks[d] for d in calm) / len(calm)


def test_orders_of_an_event_stay_in_its_region_and_category(made: Made) -> None:
    events = {row["label"]: row for row in truth(made.out, "events")}
    assert made.summary.events == 3
    for row in truth(made.out, "orders"):
        if row["event"]:
            event = events[row["event"]]
            assert row["category"] == event["category"]
            place = str(row["community"])
            assert event["region"] is None or place == event["region"] or place.startswith(f"{event['region']}.")
    for label, event in events.items():
        count = sum(row["event"] == label for row in truth(made.out, "orders"))
        assert event["kind"] == "storm" or event["orders"] == count


def test_a_burst_begins_after_its_hour_and_most_of_it_comes_on_the_first_day(made: Made) -> None:
    orders = true_orders(made.out)
    burst = sorted(
        orders[str(row["order_id"])]["受理时间"]
        for row in truth(made.out, "orders")
        if row["event"] == "爆管" and not row["repeat_of"]
    )
    assert burst[0][11:13] >= "06"
    assert sum(time[:10] == burst[0][:10] for time in burst) > 0.4 * len(burst)


def test_events_are_large_enough_to_be_found_in_every_run_that_promises_it() -> None:
    for orders, least in ((3_000, {0: 20, 1: 20}), (20_000, {0: 20, 1: 20, 2: 20}), (1_000_000, {0: 500, 2: 100})):
        table = plan(SCENARIO, city(), orders=orders, months=6, seed=7, first_day=date(2026, 1, 1))
        assert table.counts.sum() == orders
        assert all(table.events[event].sum() >= size for event, size in least.items())
    assert table.events.sum() < 0.01 * 1_000_000


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 899), st.integers(0, 50))
def test_any_part_of_the_run_can_be_made_alone(cut: int, seed: int) -> None:
    table = plan(SCENARIO, city(), orders=900, months=2, seed=seed, first_day=date(2026, 2, 1))
    whole = table.slots(0, 900, np.random.default_rng(0))
    parts = [table.slots(a, b, np.random.default_rng(1)) for a, b in ((0, cut), (cut, 900))]
    for name in ("day", "number", "event"):
        assert np.concatenate([getattr(part, name) for part in parts]).tolist() == getattr(whole, name).tolist()
    times = np.concatenate([part.at for part in parts])
    assert (np.diff(times) >= 0).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 14), st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(1, 5000))
def test_a_plan_spreads_exactly_the_orders_asked_over_whole_months(months: int, first: date, orders: int) -> None:
    table = plan(SCENARIO, city(), orders=orders, months=months, seed=1, first_day=first)
    assert table.counts.sum() == orders
    assert table.counts.min() >= 0
    assert 27 * months <= len(table.counts) <= 31 * months + 1
