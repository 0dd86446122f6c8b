"""Emergencies, legal routes and matters out of scope are told before any model; innocent mentions are not."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from suqiu.reading.routes import Effect, RouteFinder, Routes, shipped_rules
from tests.reading.factories import city

RULES = shipped_rules(city())
FINDER = RouteFinder(RULES)


def judged(*said: str) -> Routes:
    return FINDER.judge(pa.array(said, pa.string()))


def found(said: str) -> tuple[str | None, str | None]:
    routes = judged(said)
    return routes.codes[0].as_py(), routes.effects[0].as_py()


TOLD = [
    ("楼下电动车棚着火了，烟很大", "fire", "transfer"),
    ("有人困在电梯里出不来", "fire", "transfer"),
    ("挖掘机把天然气管道挖断", "fire", "transfer"),
    ("一位老人晕倒在马路边", "ambulance", "transfer"),
    ("现在两伙人正在打架，还拿着棍子", "police", "transfer"),
    ("我活不下去了", "police", "transfer"),
    ("我刚刚被一辆货车撞了", "accident", "transfer"),
    ("这个合同纠纷我已经向法院起诉，对方找关系拖着", "court", "refer"),
    ("不服一审判决，要求市里重新处理", "court", "refer"),
    ("胜诉两年了，法院一直没有执行", "court", "refer"),
    ("劳动仲裁裁决下来以后公司不履行仲裁裁决", "labour_arbitration", "refer"),
    ("货款的事已经向仲裁委员会申请，对方不出庭", "arbitration", "refer"),
    ("拆迁的事信访局已受理，现在还没有结论", "petition", "refer"),
    ("不服信访答复意见", "petition", "refer"),
    ("举报村主任贪污征地补偿款", "discipline", "refer"),
    ("对罚款不认可，已经申请行政复议", "reconsideration", "refer"),
    ("我要申请信息公开，要征地批文", "disclosure", "refer"),
    ("投诉部队内部管理混乱", "military", "refer"),
    ("我要反映国家秘密被人泄露", "secret", "explain"),
    ("请帮我转接杭州12345", "elsewhere_line", "explain"),
    ("关于厦门市公园夜间噪音的问题", "elsewhere", "explain"),
    ("朋友借了我两万块钱不还", "private", "refer"),
    ("离婚后房产分割的纠纷请政府判一下", "private", "refer"),
    ("我公司推广新型净水器，想和贵单位合作", "advertising", "explain"),
    ("来电人辱骂话务员", "abuse", "explain"),
    ("接通后无人说话", "silent", "explain"),
    ("不服这份事故认定书", "accident_finding", "inform"),
    ("投诉某银行乱收费", "finance", "inform"),
    ("要求刚才的话务员回电", "hotline_itself", "inform"),
    ("12366打不通", "own_line", "inform"),
]


def test_each_route_is_told() -> None:
    routes = judged(*(said for said, _, _ in TOLD))
    told = zip(routes.codes.to_pylist(), routes.effects.to_pylist(), strict=True)
    assert [(said, *found) for (said, _, _), found in zip(TOLD, told, strict=True)] == TOLD


ASKED = [
    ("咨询如何申请劳动仲裁", "labour_arbitration"),
    ("请问怎么起诉开发商", "court"),
    ("请问信访局在哪里上班", "petition"),
    ("咨询行政复议要什么材料", "reconsideration"),
    ("纪委的电话是多少", "discipline"),
    ("想咨询信息公开的流程", "disclosure"),
]


def test_a_question_about_the_way_gets_the_way_and_is_not_turned_away() -> None:
    routes = judged(*(said for said, _ in ASKED))
    assert list(zip((said for said, _ in ASKED), routes.codes.to_pylist(), strict=True)) == ASKED
    assert set(routes.effects.to_pylist()) == {Effect.INFORM.value}


INNOCENT = [
    "法院旁边的路灯不亮",
    "仲裁委门口停车太乱",
    "中级法院北门对面有违章建筑",
    "军区大院附近晚上施工",
    "银行门口的井盖破了",
    "纪委宿舍楼下有人收停车费",
    "担心线路老化着火",
    "小区没有着火，是消防演练",
    "公司拖欠工资三个月",
    "健身房不退费，老板说没钱还",
    "退伍军人的安置补贴什么时候发",
    "民警处理态度差，要求道歉",
    "上海路和北京路交叉口积水",
    "兰州拉面店油烟扰民",
    "希望增加到杭州的高铁班次",
    "城管局回复：建议通过法院诉讼解决，市民再次来电反映：垃圾还在",
    "工单编号20260101120110119",
    "商家跳楼价甩卖，喇叭太吵",
    "依据《物业管理条例》第五十一条向法院提起诉讼，业主有权知情",
    "",
]


def test_innocent_mentions_lead_nowhere() -> None:
    codes = judged(*INNOCENT).codes.to_pylist()
    assert {said: code for said, code in zip(INNOCENT, codes, strict=True) if code} == {}


def test_what_names_the_citys_own_places_is_never_sent_away() -> None:
    assert found("关于厦门市买的社保卡在东城区不能用的问题") == (None, None)
    assert found("关于厦门市社保卡不能用的问题") == ("elsewhere", "explain")


def test_the_citys_own_name_and_province_are_not_elsewhere() -> None:
    at_home = RouteFinder(shipped_rules(replace(city(), name="厦门市")))
    said = pa.array(["关于厦门市公园的问题", "关于福建省的问题", "关于杭州市公园的问题"])
    assert at_home.judge(said).codes.to_pylist() == [None, None, "elsewhere"]


def test_the_strongest_route_wins_over_the_others() -> None:
    assert found("我已经向法院起诉，我活不下去了")[0] == "police"
    assert found("要求话务员回电，朋友借了我钱不还") == ("private", "refer")


def test_the_words_that_led_there_are_shown_where_they_stand() -> None:
    said = "上次没有着火。这次楼道真的着火了"
    routes = judged(said, "路灯不亮")
    start, length = routes.starts[0].as_py(), routes.lengths[0].as_py()
    assert routes.words.to_pylist() == ["着火了", None]
    assert said[start : start + length] == "着火了"
    assert start > said.index("。")
    assert routes.starts[1].as_py() is None


def test_the_caller_is_told_the_way_and_the_law_in_both_languages() -> None:
    for rule in RULES.rules:
        for effect in {rule.effect, *([Effect.INFORM] if rule.asks else [])}:
            told = FINDER.tell(rule.code, effect.value)
            assert rule.tell.zh in told.zh
            assert rule.source in told.en
            assert told.en.isprintable()


def test_every_rule_names_its_source_and_its_reason_and_nothing_is_left_unfilled() -> None:
    assert len({rule.code for rule in RULES.rules}) == len(RULES.rules) >= 20
    for rule in RULES.rules:
        assert rule.source
        assert rule.note
        assert rule.says
        assert "@" not in "".join((*rule.says, *rule.asks, *rule.exceptions, *rule.unless))


def test_nothing_and_null_are_no_route_and_the_version_follows_the_rules() -> None:
    assert FINDER.judge(pa.array([], pa.string())).codes.to_pylist() == []
    assert FINDER.judge(pa.array([None], pa.string())).codes.to_pylist() == [None]
    fewer = replace(RULES, rules=RULES.rules[1:])
    assert RouteFinder(fewer).version != FINDER.version == RouteFinder(RULES).version
