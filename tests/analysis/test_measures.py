from __future__ import annotations

from datetime import date

import pytest

from suqiu.analysis import MEASURES, evaluate
from suqiu.domain.evidence import Fact, Outcome
from tests.analysis.cases import hotline
from tests.analysis.factories import by_id, city, sql, with_cases

PERIOD = (date(2026, 1, 1), date(2026, 1, 31))


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    tables = hotline()
    return by_id(
        evaluate(with_cases(tables), city(), PERIOD, versions={name: name for name in with_cases(tables)}, sql=sql)
    )


#: Each measure's value for January, counted by hand: numerator, denominator, value.
BY_HAND: dict[str, tuple[int | None, int | None, float]] = {
    "V1": (None, None, 7),
    "A1": (4, 6, 4 / 6),
    "A2": (2, 4, 0.5),  # 10 and 15 seconds
    "A4": (100, 4, 25.0),  # 10 + 20 + 15 + 55
    "A5": (None, None, 49.75),  # between 20 and 55, at 2.85 of 3
    "A6": (2, 6, 2 / 6),
    "A7": (1, 2, 0.5),
    "A8": (None, None, 10.0),  # ended 11:01, called back 11:11
    "A12": (200, 4, 50.0),  # 50 + 100 + 45 + 5
    "A13": (30, 1, 30.0),  # only c1 says when it was wrapped up
    "A20": (1, 2, 0.5),  # 110 yes, 119 no; a transfer to a bureau is none
    "B1": (1, 6, 1 / 6),  # o1; without the merged o5
    "B2": (6, 7, 6 / 7),
    "B3": (18_600, 6, 310 / 6),  # 30 + 40 + 100 + 30 + 50 + 60 minutes
    "B4": (5, 6, 5 / 6),  # o3 bounced; o7's second dispatch followed its reopening
    "B6": (2, 5, 0.4),  # o3's first and o7's
    "B7": (1, 2, 0.5),
    "B9": (8, 6, 8 / 6),
    "B17": (1, 7, 1 / 7),
    "C1": (3, 4, 0.75),  # o2, o6, o7 of o2, o3, o6, o7
    "C2": (2, 4, 0.5),  # o2, o7
    "C3": (1, 3, 1 / 3),  # o2 of o2, o3, o6; o7 falls due in February
    "C4": (2, 4, 0.5),  # o2, o7 of o2, o3, o6, o7
    "C5": (5, 6, 5 / 6),  # all but the stuck o6; the merged o5 is left out
    "C6": (None, None, 1),  # o6
    "C8": (2_073_600, 4, 144.0),  # 72 + 240 + 216 + 48 hours
    "C9": (1, 6, 1 / 6),
    "C10": (1, 6, 1 / 6),
    "C11": (1, 6, 1 / 6),
    "C12": (1, 5, 0.2),  # o7 of o1, o2, o3, o4, o7
    "C13": (1, 6, 1 / 6),
    "C14": (1, 7, 1 / 7),
    "C15": (1, 2, 0.5),
    "C16": (1, 3, 1 / 3),  # o2 yes; o3 no, as the call-back has the last word; o7 no, as exported; o4 is exempt
    "C17": (2, 3, 2 / 3),  # o2 and o7
    "C20": (3, 4, 0.75),  # o2, o3, o4 of those and o7
    "C21": (3, 4, 0.75),
    "C22": (1, 2, 0.5),
    "C25": (1, 7, 1 / 7),  # o5; o8 repeats too late and in February
    "C26": (7, 20_000, 3.5),
    "S1": (None, None, 0.2 * 0.5 + 0.5 / 3 + 0.3 * 2 / 3),
}


@pytest.mark.parametrize("measure", BY_HAND)
def test_a_measure_counts_what_a_hand_counts(measure: str, facts: dict[str, Fact]) -> None:
    fact = facts[f"{measure}@2026-01-01_2026-01-31"]
    numerator, denominator, value = BY_HAND[measure]
    assert fact.outcome is Outcome.KNOWN, fact.reason
    assert (fact.numerator, fact.denominator) == (numerator, denominator)
    assert fact.value == pytest.approx(value)


def test_every_measure_is_counted_by_hand_once() -> None:
    mixes = {"V2", "V3", "A19"}
    assert {measure.id for measure in MEASURES} - mixes == set(BY_HAND) - {"S1"}
    assert len({measure.id for measure in MEASURES}) == len(MEASURES)


@pytest.mark.parametrize(
    ("part", "numerator", "denominator"),
    [
        ("V2@2026-01-01_2026-01-31/type=complaint", 5, 7),
        ("V3@2026-01-01_2026-01-31/category_1=01", 4, 7),
        ("V3@2026-01-01_2026-01-31/category=02.01", 3, 7),
        ("A19@2026-01-01_2026-01-31/channel=web", 2, 7),
        ("B6@2026-01-01_2026-01-31/department=D01", 2, 3),  # a return belongs to the department that asked for it
        ("B6@2026-01-01_2026-01-31/department=D02", 0, 2),
        ("C3@2026-01-01_2026-01-31/department=D02", 0, 2),
        ("C16@2026-01-01_2026-01-31/department=D01", 1, 2),
        ("C26@2026-01-01_2026-01-31/district=01", 3, 12_000),
        ("A1@2026-01-01_2026-01-31/month=2026-01", 4, 6),
        ("C21@2026-01-01_2026-01-31/channel=web", 1, 2),
    ],
)
def test_a_slice_counts_what_a_hand_counts(part: str, numerator: int, denominator: int, facts: dict[str, Fact]) -> None:
    assert (facts[part].numerator, facts[part].denominator) == (numerator, denominator)


def test_a_composed_score_stands_only_where_all_three_rates_stand(facts: dict[str, Fact]) -> None:
    whole = "S1@2026-01-01_2026-01-31"
    assert facts[f"{whole}/department=D01"].value == pytest.approx(0.2 * 1 + 0.5 * 0.5 + 0.3 * 1)
    lacking = facts[f"{whole}/type=help"]
    assert lacking.outcome is Outcome.NOT_APPLICABLE
    assert lacking.reason is not None
    assert "解决率" in lacking.reason.zh


def test_a_district_without_residents_has_no_orders_per_resident(facts: dict[str, Fact]) -> None:
    fact = facts["C26@2026-01-01_2026-01-31/district=02"]
    assert fact.outcome is Outcome.UNKNOWN
    assert fact.value is None
