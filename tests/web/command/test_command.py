"""The command desk and the wall, as people see them."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from django.test import Client

from suqiu.analysis.measures.measure import Dimension
from suqiu.domain.evidence import Fact
from suqiu.domain.order import StepKind
from suqiu.reporting.numbers import Aspect, show
from suqiu.web.accounts.models import User
from suqiu.web.desks.command import live, situation
from suqiu.web.results import happenings, questions
from suqiu.web.results.cut import Cut
from suqiu.web.results.store import Result
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db


def page(client: Client, user: User, path: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == status, response.content[:500]
    return html.unescape(response.content.decode())


def test_the_numbers_shown_are_facts(client: Client, analysed: Result) -> None:
    shown = page(client, made.user("leader"), "/command/?days=30&rate=C16")
    period, _ = analysed.windows(30)
    for id_ in situation.RATES:
        fact = questions.whole(questions.facts(analysed, Cut(), period, [id_]), id_)
        assert fact is not None
        assert show(fact, Aspect.VALUE, "zh") in shown
        assert show(fact, Aspect.INTERVAL, "zh") in shown
        assert fact.data_version in shown
    ranked = questions.facts(analysed, Cut(), period, ["C16"], [Dimension.DEPARTMENT])
    enough = [fact for fact in questions.sliced(ranked, "C16", "department").values() if (fact.denominator or 0) >= 30]
    assert all(show(fact, Aspect.INTERVAL, "zh") in shown for fact in enough if fact.slice.key != "unstated")


def test_units_with_few_orders_are_not_ranked(analysed: Result) -> None:
    _, enough, few = situation.units(analysed, Cut(), 90, "C16")
    least = site().city.weight("analysis.small_slice")
    assert all((one.rate.denominator or 0) >= least for one in enough)
    assert few
    assert all((one.rate.denominator or 0) < least for one in few)
    assert [one.rate.value for one in enough] == sorted(one.rate.value or 0 for one in enough)


def test_the_map_is_the_citys_own(client: Client, analysed: Result) -> None:
    shown = page(client, made.user("leader"), "/command/?map=per_10k")
    assert '"FeatureCollection"' in shown
    assert re.search(r"https?://(?!www\.w3\.org)", shown) is None, "nothing comes from outside"
    for one in situation.districts(analysed, Cut(), 30, "per_10k"):
        assert one.name in shown


@pytest.mark.parametrize("by", list(situation.MAPS))
def test_the_map_shows_each_of_its_measures(analysed: Result, by: str) -> None:
    shown = situation.districts(analysed, Cut(), 7, by)
    assert len(shown) == 8
    for one in shown:
        if by == "late" and one.fact is not None and one.fact.value is not None:
            assert one.fact.numerator is not None
            assert one.fact.value == pytest.approx(one.fact.numerator / (one.fact.denominator or 1))
        if by == "change" and one.shown is not None:
            now, before = _value(one.fact), _value(one.before)
            assert one.shown == pytest.approx(now / before - 1)


def _value(fact: Fact | None) -> float:
    assert fact is not None
    assert fact.value is not None
    return float(fact.value)


def test_somebody_of_a_district_sees_that_district_only(client: Client, analysed: Result) -> None:
    shown = page(client, made.user("leader", regions=("03",)), "/command/")
    others = [region.name for region in site().city.regions if region.level == "district" and region.id != "03"]
    table = shown[shown.index('id="h-map"') : shown.index('id="h-rates"')]
    assert not [name for name in others if f">{name}<" in table]
    assert "仅含您的数据范围内工单" in shown


def test_live_counters_come_from_the_orders_of_now() -> None:
    leader = made.actor(made.user("leader"))
    made.accepted()
    handling = made.order("handling")
    made.act(handling, StepKind.SUPERVISE, reason="久拖未决")
    made.order("closed")
    made.accepted(urgency="emergency", place="02.01")
    counts = live.counts(leader)
    assert (counts.today, counts.open, counts.waiting, counts.closed) == (4, 3, 2, 1)
    assert (counts.supervised, counts.urgent, counts.overdue) == (1, 1, 0)
    assert sum(counts.hours) == 4
    assert [order.place for order in live.emergencies(leader)] == ["02.01"]
    elsewhere = made.actor(made.user("leader", regions=("05",)))
    assert live.counts(elsewhere).open == 0
    assert live.counts(elsewhere).closed == 0
    assert live.emergencies(elsewhere) == []


def test_what_was_taken_down_yesterday_is_compared_by_the_same_hour() -> None:
    leader = made.actor(made.user("leader"))
    with made.days_later(-1.02):
        made.accepted()
    with made.days_later(-0.9):
        made.accepted()
    counts = live.counts(leader)
    assert counts.yesterday <= sum(counts.hours_before)
    assert counts.yesterday + counts.today in {1, 2}


def test_an_event_page_leads_to_its_orders(client: Client, analysed: Result) -> None:
    event = next(one for one in happenings.happenings(analysed, Cut()) if one.region)
    shown = page(client, made.user("leader"), f"/command/events/{event.id}/")
    assert event.name in shown
    members = happenings.members(analysed, Cut(), event.id)
    assert all(member.number in shown for member in members[:50])
    assert f"/orders/{members[0].number}/" not in shown, "orders that are not in the database have no page"


def test_an_event_beyond_the_scope_is_not_found(client: Client, analysed: Result) -> None:
    event = next(one for one in happenings.happenings(analysed, Cut()) if one.region)
    other = "01" if not event.region.startswith("01") else "02"
    page(client, made.user("leader", regions=(other,)), f"/command/events/{event.id}/", 404)
    page(client, made.user("leader"), "/command/events/Enosuch/", 404)


def test_the_list_of_events_shows_every_event(client: Client, analysed: Result) -> None:
    shown = page(client, made.user("leader"), "/command/events/")
    assert all(event.name in shown for event in happenings.happenings(analysed, Cut()))


def test_the_wall_names_no_order_and_no_person(client: Client, analysed: Result) -> None:
    order = made.accepted(urgency="emergency", title="张三反映李四家着火", name="张三", phone="13800001111")
    shown = page(client, made.user("leader", full_name="王领导"), "/command/wall/figures/")
    for secret in (order.number, "张三", "李四", "13800001111", "王领导"):
        assert secret not in shown
    numbers = [member.number for event in happenings.happenings(analysed, Cut())
               for member in happenings.members(analysed, Cut(), event.id)]  # fmt: skip
    assert not [number for number in numbers if number in shown]


@pytest.mark.parametrize("path", ["/command/", "/command/wall/", "/command/events/", "/command/wall/figures/"])
def test_without_an_analysis_the_desk_says_how_to_get_one(client: Client, path: str) -> None:
    assert site().about.result is None
    assert "还没有分析结果" in page(client, made.user("leader"), path)


def test_an_analysis_that_is_gone_is_as_if_there_was_none(client: Client, analysed: Result) -> None:
    here = site()
    here.save(replace(here.about, result="/gone"))
    assert "还没有分析结果" in page(client, made.user("leader"), "/command/")


def test_choices_that_do_not_exist_are_as_none(client: Client, analysed: Result) -> None:
    page(client, made.user("leader"), "/command/?days=99999&map=%3Cscript%3E&rate=X")


@pytest.mark.parametrize("path", ["/command/", "/command/live/", "/command/wall/", "/command/events/"])
def test_who_has_no_command_desk_is_refused(client: Client, path: str) -> None:
    page(client, made.user("agent"), path, 403)
