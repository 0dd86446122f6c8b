"""No number in the shipped standard comes from nowhere."""

from __future__ import annotations

import pytest

from suqiu import standards
from suqiu.config import settings
from suqiu.standard.catalogue import Bound, Catalogue, Grade, Indicator, Origin

#: Indicators for which a search of standards, bulletins and studies found no target, and what they measure.
NOTHING_PUBLISHED = {
    "D1.1.4": "95th percentile of the wait",
    "D1.1.5": "abandonment",
    "D1.1.6": "missed-call call-back",
    "D1.3.1": "transfers to emergency lines",
    "D1.3.2": "hand-over of emergency cues",
    "D2.1.2": "auto-fill accuracy",
    "D2.1.3": "auto-fill adoption",
    "D2.1.4": "edits of summaries",
    "D2.2.1": "accuracy of types",
    "D2.4.2": "finding repeats",
    "D2.4.3": "recall of urgent demands",
    "D4.1.2": "expired knowledge",
    "D4.1.5": "knowledge gaps filled",
    "D4.2.2": "hallucination",
    "D4.2.4": "right refusals",
    "D4.3.1": "agent-assist coverage",
    "D4.3.2": "adoption of pushed knowledge",
    "D4.3.3": "knowledge search hits",
    "D5.1.3": "precision of inspection",
    "D5.1.4": "recall of inspection",
    "D6.2.1": "true warnings",
    "D6.2.2": "lead of warnings",
    "D6.3.1": "adoption of suggestions",
    "D8.3.1": "transcription latency",
    "D9.1.3": "drift",
}
#: What is there or not may be demanded by this model itself; how well something works may not.
STRUCTURAL = {"coverage", "foundation", "safeguard"}
OWN_EFFECTS = {
    "D6.2.3": "every true warning is acted on",
    "D6.3.2": "half of what was acted on shows an effect",
    "D6.3.3": "the effect of what was adopted is looked at",
    "D8.2.4": "half of the scenarios in use show an effect",
}


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return standards.load("hotline-intelligence/2026.1", settings({}))


def bounds(one: Indicator) -> tuple[Bound, Bound]:
    return one.floor, one.target


def test_the_standard_is_as_large_as_it_says(shipped: Catalogue) -> None:
    assert len(shipped.indicators) >= 110
    assert sum(one.probe is not None for one in shipped.indicators) >= 70
    assert len(shipped.domains) == 10
    assert len(shipped.scenarios) >= 40
    assert {one.id for one in shipped.profiles} == {"province", "city", "county", "contractor"}


def test_every_number_has_a_source_with_its_grade_or_was_set_by_the_user(shipped: Catalogue) -> None:
    sources = {one.id for one in shipped.sources}
    for one in shipped.indicators:
        for bound in bounds(one):
            if bound.origin in {Origin.PUBLISHED, Origin.OBSERVED, Origin.DUTY, Origin.OWN}:
                assert bound.value is not None, one.place
                assert bound.source in sources, one.place
                assert bound.grade is not None, one.place
            else:
                assert bound.source is None, one.place
            if bound.origin is Origin.USER:
                assert bound.value is None, one.place


def test_where_nothing_is_published_no_number_is_shown(shipped: Catalogue) -> None:
    for id_, what in NOTHING_PUBLISHED.items():
        assert shipped.indicator(id_).target.origin is Origin.USER, f"{id_} {what}"


def test_this_models_own_demands_are_about_what_is_there_and_labelled_so(shipped: Catalogue) -> None:
    for one in shipped.indicators:
        for bound in bounds(one):
            if bound.origin is Origin.OWN:
                assert (bound.source, bound.grade) == ("own", Grade.R), one.place
                assert one.kind.value in STRUCTURAL or one.question is not None or one.id in OWN_EFFECTS, one.place


def test_a_public_duty_rests_on_an_official_text(shipped: Catalogue) -> None:
    assert all(gate.grade is Grade.A for gate in shipped.gates)
    for one in shipped.indicators:
        if one.target.origin is Origin.DUTY:
            assert one.target.grade is Grade.A, one.place


def test_the_standard_says_everywhere_that_it_is_no_official_text(shipped: Catalogue) -> None:
    assert "不是" in shipped.label.zh
    assert "no official standard" in shipped.label.en
