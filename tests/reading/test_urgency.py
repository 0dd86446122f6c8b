"""Emergencies are heard, and what only sounds like one is not."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from suqiu.domain.order import Urgency
from suqiu.reading.urgency import Cue, CueBook, UrgencyFinder, shipped_cues
from suqiu.reading.urgency_screen import needs

FINDER = UrgencyFinder(shipped_cues())


def _heard(*said: str | None) -> list[str | None]:
    reasons: list[str | None] = FINDER.judge(pa.array(said, pa.string())).reason.to_pylist()
    return reasons


@pytest.mark.parametrize(
    ("said", "cue"),
    [
        ("我真的活不下去了，求求你们", "self_harm"),
        ("邻居说他不想活了，把门锁上了", "self_harm"),
        ("有人站在楼顶要跳楼", "self_harm"),
        ("再不解决我就死给你们看", "self_harm"),
        ("她留了遗书离开家", "self_harm"),
        ("小孩掉进河里了，快来人", "danger_to_life"),
        ("老人在家里昏迷了", "danger_to_life"),
        ("救命，这里出车祸了", "danger_to_life"),
        ("工地上有人触电倒地", "danger_to_life"),
        ("脚手架上伤了三个人", "danger_to_life"),
        ("隔壁厨房着火了", "fire"),
        ("三楼窗户冒浓烟", "fire"),
        ("变压器冒火花，噼啪响", "fire"),
        ("仓库那边好像爆炸了", "fire"),
        ("楼道里有一股很浓的煤气味", "gas"),
        ("施工把天然气管道挖断了", "gas"),
        ("家里燃气泄漏怎么办", "gas"),
        ("楼下两伙人持刀打起来了", "violence"),
        ("丈夫喝酒后家暴，我现在躲在厕所", "violence"),
        ("他扬言要烧了我们家", "violence"),
        ("我被困在电梯里了", "trapped"),
        ("电梯又把人关在里面，三单元电梯困人", "trapped"),
        ("孩子被反锁在车里，孩子被卡住出不来", "trapped"),
        ("积水太深，地下室的人出不来", "trapped"),
        ("马路中间突然塌陷一个大洞", "collapse"),
        ("围墙快倒了，下面就是人行道", "collapse"),
        ("路口井盖不见了", "hazard"),
        ("电线掉在地上", "hazard"),
        ("山上有落石滚下来", "collapse"),
        ("十几个学生吃完午饭呕吐", "food_poisoning"),
        ("在饭店吃了海鲜后全家上吐下泻", "food_poisoning"),
        ("怀疑食物中毒", "food_poisoning"),
        ("一百多名业主围堵售楼部", "unrest"),
        ("工人准备集体上访", "unrest"),
        ("出租车司机罢运了", "unrest"),
        ("有人在门口拉横幅", "unrest"),
        ("老板拖欠工资三个月", "unpaid_wages"),
        ("干了半年活工钱一分没给，工资一直不发", "unpaid_wages"),
        ("我们来讨薪的", "unpaid_wages"),
        ("整个小区停水两天了", "outage"),
        ("家里突然没电了", "outage"),
        ("水管爆裂，街上都是水", "outage"),
        ("零下十度不供暖", "outage"),
        ("孩子走失了，在广场附近", "lost"),
        ("老师打了我孩子两个耳光", "minor"),
        ("学校里有校园霸凌", "minor"),
        ("有个女的坐在天台边上哭", "self_harm"),
        ("今天不给说法我就死在你们大厅", "self_harm"),
        ("配电箱冒烟了", "fire"),
        ("阀门坏了，管道一直在漏气", "gas"),
        ("门口有人打人，满脸是血", "violence"),
        ("母亲和孩子锁在里面半小时了", "trapped"),
        ("院墙歪了，随时会倒", "collapse"),
        ("上百人聚在收费站", "unrest"),
        ("孩子胳膊上有淤青，问老师不说", "minor"),
        ("密码写在纸上，存折都交给孩子了，以后你们别找我", "self_harm"),
        ("上个月在市场被人殴打，派出所一直不处理", "past_assault"),
    ],
)
def test_a_cue_is_heard(said: str, cue: str) -> None:
    assert _heard(said) == [cue]


@pytest.mark.parametrize(
    "said",
    [
        "商场跳楼价促销，买回来是次品",
        "消防通道被占用，担心起火",
        "没有着火，只是烧纸的烟",
        "请问消防演练什么时候举行",
        "火锅店油烟太大",
        "燃气费怎么缴",
        "咨询燃气泄漏报警器在哪里买",
        "没有闻到煤气味，就是想换灶具",
        "没有发生打架，只是吵了几句",
        "聚众赌博影响休息",
        "蚊虫聚集，晚上没法开窗",
        "公司没有拖欠工资，我咨询产假",
        "我的押金被卡在平台上",
        "小轿车堵路，请联系车主移车",
        "今年没有停水，水压很好",
        "小区没电梯，老人上下楼不方便",
        "教学质量滑坡",
        "咨询防溺水课程",
        "学生证丢了怎么补办，学生的证件找不到了",
        "天气热死了，公交没有空调",
        "高空作业上吊篮没有安全绳",
        "热水器打不着火，请问找谁修",
        "烧烤摊冒烟熏得开不了窗",
        "拨打人工客服一直占线",
        "门口连停电动车的地方都没有",
        "献血证能不能免费坐公交",
        "楼上把花盆放在楼顶",
        "路灯不亮",
        "",
    ],
)
def test_what_only_sounds_like_a_cue_is_not_one(said: str) -> None:
    assert _heard(said) == [None]


def test_a_denial_does_not_hide_a_real_cue_elsewhere_in_the_text() -> None:
    assert _heard("上次没有着火，这次真的着火了") == ["fire"]


def test_the_more_urgent_of_two_cues_wins() -> None:
    judged = FINDER.judge(pa.array(["工地拖欠工资，有工人站在塔吊上要跳楼"]))
    assert judged.urgency.to_pylist() == [Urgency.EMERGENCY.value]
    assert judged.reason.to_pylist() == ["self_harm"]


def test_without_a_cue_an_order_is_normal_and_null_is_no_cue() -> None:
    judged = FINDER.judge(pa.array([None, "公交线路太少"], pa.string()))
    assert judged.urgency.to_pylist() == [Urgency.NORMAL.value] * 2


def test_every_shipped_cue_says_why_and_has_an_id_of_its_own() -> None:
    cues = shipped_cues().cues
    assert len({cue.id for cue in cues}) == len(cues) >= 12
    assert all(cue.note and cue.name and cue.says for cue in cues)


def test_the_version_changes_with_the_cues() -> None:
    changed = Cue("fire", "火情", Urgency.EMERGENCY, ("着火",), (), "test")
    assert UrgencyFinder(CueBook((changed,))).version != FINDER.version
    assert UrgencyFinder(shipped_cues()).version == FINDER.version


def test_gaps_inside_words_and_known_misspellings_do_not_hide_a_cue() -> None:
    assert _heard("隔壁 着 火 了", "楼道里有媒气味", "他说要跳喽", "老板脱欠工姿三个月") == [
        "fire",
        "gas",
        "self_harm",
        "unpaid_wages",
    ]


def test_what_a_department_reports_back_is_no_call_for_help() -> None:
    assert _heard("交警来电反馈：工单号1，路口追尾有人受伤一事已处理", "市民来电感谢：走失的老人已找到") == [None, None]


def test_the_cheap_screen_leaves_out_nothing_that_the_cue_itself_finds() -> None:
    book = CueBook((Cue("x", "例", Urgency.URGENT, ("甲.{0,3}(?:乙|丙)|丁", "戊.{0,2}(?:己|$)"), (), "例"),))
    finder = UrgencyFinder(book)
    assert finder.judge(pa.array(["甲一二丙", "丁", "戊己", "戊", "甲一二三四乙", "乙甲"])).reason.to_pylist() == [
        *["x"] * 4,
        None,
        None,
    ]


def test_what_sounds_alike_is_heard_alike() -> None:
    assert _heard("小区停睡了", "老人困再电梯里", "没人管，布想活了") == ["outage", "trapped", "self_harm"]


@pytest.mark.parametrize("pattern", ["甲.{0,3}(?:乙|丙)", "丁戊+", "[己庚]辛?.{0,2}壬癸", "(?:子丑|寅)?卯.{0,2}辰$"])
def test_every_match_holds_what_a_pattern_needs(pattern: str) -> None:
    texts = ["甲一乙", "丁戊戊", "己一壬癸", "庚辛壬癸", "卯辰", "子丑卯一二辰"]
    assert needs(pattern)
    for text in texts:
        if re.search(pattern, text):
            assert all(any(one in text for one in need) for need in needs(pattern))
