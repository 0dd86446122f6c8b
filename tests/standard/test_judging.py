from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.domain.evidence import Interval, Outcome
from suqiu.domain.finding import Answer, Backing, Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Bound, Origin
from suqiu.standard.judging import (
    judge,
    judge_gate,
    judge_gate_rating,
    judge_rating,
    not_applicable,
    unanswered,
)
from tests.standard import factories as make

MEASURED = Backing.MEASURED


def test_credit_runs_from_floor_to_target() -> None:
    one = make.indicator(floor=make.published(0.5), target=make.published(0.9), census=True)
    found = [judge(one, make.share(n, 100), MEASURED, ("calls",)) for n in (40, 50, 70, 90, 100)]
    assert [finding.credit for finding in found] == [0, 0, pytest.approx(0.5), 1, 1]
    assert [finding.verdict.value for finding in found] == ["not_met", "not_met", "partly", "met", "met"]


def test_where_lower_is_better_credit_runs_the_other_way() -> None:
    one = make.indicator(unit="seconds", direction="down", floor=make.published(40), target=make.published(20))
    found = [judge(one, make.value(number), MEASURED, ()) for number in (50, 30, 20, 5)]
    assert [finding.credit for finding in found] == [0, 0.5, 1, 1]
    assert [finding.verdict.value for finding in found] == ["not_met", "partly", "met", "met"]


def test_without_a_floor_it_is_all_or_nothing() -> None:
    one = make.indicator(floor=make.STEP)
    assert [judge(one, make.value(number), MEASURED, ()).credit for number in (0.89, 0.9)] == [0, 1]


def test_luck_with_a_small_sample_earns_no_verdict() -> None:
    one = make.indicator(target=make.published(0.9))
    small, large = (judge(one, make.share(n * 95 // 100, n), MEASURED, ()) for n in (20, 2000))
    assert (small.verdict, small.credit) == (Verdict.PARTLY, 1.0)
    assert (large.verdict, large.credit) == (Verdict.MET, 1.0)
    assert small.settles is not None
    assert large.settles is None
    assert judge(replace(one, census=True), make.share(19, 20), MEASURED, ()).verdict is Verdict.MET


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 19), st.booleans())
def test_the_sample_size_that_settles_an_open_case_does_and_a_smaller_does_not(
    successes: int, trials: int, twentieths: int, up: bool
) -> None:
    target = twentieths / 20
    if successes > trials:
        return
    one = make.indicator(
        direction="up" if up else "down",
        floor=make.STEP,
        target=make.published(target),
    )
    finding = judge(one, make.share(successes, trials), MEASURED, ())
    share = successes / trials
    is_open = finding.verdict is Verdict.PARTLY
    assert is_open == (finding.settles is not None)
    if finding.settles is None or share == target:
        return
    size = int(finding.settles.en.split(" rows")[0].split("stays, ")[1].replace(",", ""))
    assert size > trials
    # The share stays as it is: the interval of so many rows, as if their number need not be whole.
    reaches = []
    for n in (size, size - 1):
        interval = _wilson(share, n)
        reaches.append(interval.lower >= target - 1e-12 if up else interval.upper <= target + 1e-12)
    assert reaches[0]
    assert not reaches[1] or size == trials + 1


def _wilson(share: float, trials: int) -> Interval:
    """The interval of a share that need not be a whole number of rows."""
    z2 = 1.959963984540054**2
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    spread = 1.959963984540054 / (1 + z2 / trials) * (share * (1 - share) / trials + z2 / (4 * trials**2)) ** 0.5
    return Interval(centre - spread, centre + spread, 0.95, "wilson")


def test_a_value_that_is_just_the_target_is_never_settled_by_more_rows() -> None:
    finding = judge(make.indicator(target=make.published(0.5)), make.share(50, 100), MEASURED, ())
    assert finding.verdict is Verdict.PARTLY
    assert finding.settles is not None
    assert "no larger sample will do" in finding.settles.en


def test_other_intervals_give_a_rough_size() -> None:
    one = make.indicator(unit="hours", direction="down", floor=make.STEP, target=make.published(10))
    finding = judge(one, make.value(8, Interval(4, 12, 0.95, "bootstrap")), MEASURED, ())
    assert finding.settles is not None
    assert "some 400 rows" in finding.settles.en


def test_the_message_states_value_interval_target_and_where_it_comes_from() -> None:
    finding = judge(make.indicator(target=make.published(0.95)), make.share(932, 1000), MEASURED, ("calls",))
    assert finding.message.zh == (
        "实得93.2%（95%置信区间91.47%至94.6%，1,000条），目标值不低于95%（公开目标，来源P7，A级），部分达到目标"
    )
    assert finding.message.en == (
        "93.2 % (95 % interval 91.47 % to 94.6 %, 1,000 rows); "
        "the target is at least 95 % (published target, source P7, grade A): partly met"
    )


def test_a_value_just_short_of_its_target_does_not_look_like_it() -> None:
    one = make.indicator(target=make.published(0.95), census=True)
    assert "94.9999%" in judge(one, make.value(0.949999), MEASURED, ()).message.zh


def test_a_target_that_nobody_set_leaves_the_value_shown_and_unknown() -> None:
    one = make.indicator(target=make.OPEN)
    finding = judge(one, make.share(90, 100), MEASURED, ("calls",))
    assert (finding.verdict, finding.credit, finding.backing) == (Verdict.UNKNOWN, None, None)
    assert finding.answer == make.share(90, 100)
    assert "90%" in finding.message.zh
    assert finding.settles is not None
    set_ = replace(one, target=Bound(Origin.USER, 0.8, None, None, make.WORD, "市热线办"))
    assert "由市热线办设定" in judge(set_, make.share(90, 100), MEASURED, ()).message.zh


def test_a_mere_declaration_counts_for_nothing_and_says_so() -> None:
    finding = judge(make.indicator(), make.share(100, 100), Backing.DECLARED, ("calls",))
    assert finding.verdict is Verdict.UNKNOWN
    assert "仅为自述" in finding.message.zh
    assert finding.settles == Text("提供实测类证据", "show evidence that is measured")


def test_what_is_not_known_says_what_to_hand_in() -> None:
    none = Answer(Outcome.UNKNOWN, reason=Text("未提交", "not handed in"))
    assert judge(make.indicator(), none, MEASURED, ("exports",)).settles == Text(
        "补充提交：exports", "hand in: exports"
    )
    wanted = Text("数据出域日志", "exports")
    assert judge(make.indicator(), none, MEASURED, ("exports",), wanted).settles == wanted
    measure = judge(make.indicator(), none, MEASURED, ("measure",)).settles
    assert measure is not None
    assert "工单" in measure.zh
    failed = judge(make.indicator(), Answer(Outcome.ERROR, reason=make.WORD), MEASURED, ())
    assert failed.verdict is Verdict.ERROR


def test_a_probe_alone_cannot_say_that_something_does_not_apply() -> None:
    answer = Answer(Outcome.NOT_APPLICABLE, reason=make.WORD)
    assert judge(make.indicator(), answer, MEASURED, ("languages",)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("code", "verdict"), [("full", "met"), ("mostly", "met"), ("partly", "partly"), ("none", "not_met")]
)
def test_ratings_are_judged_by_the_scale(code: str, verdict: str) -> None:
    one = make.indicator(unit="rating", accepts=(Backing.INSPECTED, Backing.ATTESTED))
    rating = make.catalogue([one]).rating(code)
    finding = judge_rating(one, rating, Backing.INSPECTED, ("document:W1",), "有制度")
    assert (finding.verdict.value, finding.credit) == (verdict, rating.credit)
    assert finding.message.zh.endswith("：有制度")
    assert judge_rating(one, rating, Backing.DECLARED, ()).verdict is Verdict.UNKNOWN


def test_a_gate_is_closed_only_by_enough_rows_that_are_all_in_order() -> None:
    gate = make.gate(least_rows=10)
    found = [judge_gate(gate, make.share(*counts), MEASURED, ()) for counts in ((10, 10), (9, 9), (999, 1000), (0, 1))]
    assert [finding.verdict.value for finding in found] == ["met", "unknown", "not_met", "not_met"]
    assert [finding.credit for finding in found] == [1, None, 0, 0]
    assert judge_gate(gate, make.share(99, 99), Backing.DECLARED, ()).verdict is Verdict.UNKNOWN


def test_a_gate_is_not_shown_to_be_closed_while_rows_cannot_be_read() -> None:
    found = [judge_gate(make.gate(), make.share(*counts), MEASURED, (), None, 2) for counts in ((50, 50), (49, 50))]
    assert [finding.verdict.value for finding in found] == ["unknown", "not_met"]
    assert "另有2条填写有误" in found[0].message.zh


@pytest.mark.parametrize(("code", "verdict"), [("full", "met"), ("mostly", "met"), ("partly", "not_met")])
def test_a_gate_that_an_assessor_rates_is_closed_or_open(code: str, verdict: str) -> None:
    rating = make.catalogue([make.indicator()]).rating(code)
    assert judge_gate_rating(make.gate(), rating, Backing.INSPECTED, ()).verdict.value == verdict
    assert judge_gate_rating(make.gate(), rating, Backing.ATTESTED, ()).verdict is Verdict.UNKNOWN


def test_what_does_not_apply_needs_a_reason_and_a_person_who_agreed() -> None:
    agreed = not_applicable("D1.2.3", "辖区无此需要", "张主任")
    assert (agreed.verdict, agreed.approver) == (Verdict.NOT_APPLICABLE, "张主任")
    for reason, approver in (("", "张主任"), ("辖区无此需要", " ")):
        assert not_applicable("D1.2.3", reason, approver).verdict is Verdict.UNKNOWN
    assert unanswered("D1.3.3", make.WORD).verdict is Verdict.UNKNOWN
