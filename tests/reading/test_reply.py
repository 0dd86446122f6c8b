"""Replies that answer are told from those that only sound like answers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from suqiu.domain.tables import REPLIES
from suqiu.reading.reply import ReplyCorpus, ReplyJudge, shipped_reply_cues
from suqiu.reading.reply.substance import SubstanceReader, shipped_weights, weights_from

JUDGE = ReplyJudge(shipped_reply_cues())
LAMP = "望江路12号门前的路灯坏了半个多月，晚上一片漆黑，希望尽快修好。"


def _judged(demand: str, reply: str, day: str | None = None) -> dict[str, object]:
    days = None if day is None else np.array([day], dtype="datetime64[D]")
    table = JUDGE.judge(pa.array([demand]), pa.array([reply]), pa.array(["1"]), replied_on=days)
    assert table.schema.equals(REPLIES)
    row: dict[str, object] = table.to_pylist()[0]
    return row


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("您反映的问题已收悉，我单位高度重视，将进一步核实，感谢您的来电！", "empty"),
        ("已转办。", "empty"),
        ("", "empty"),
        ("您好，该问题不属于我局职责，请向有关部门咨询。", "evasive"),
        ("相关方案正在研究，请耐心等待。", "evasive"),
        ("该路段由市公路局管养，不属于我局职责，请拨打市公路局电话[座机]反映。", "partial"),
        ("已转至市城管局，经该局现场核实，路灯线路被挖断，已于6月3日更换电缆，当晚恢复照明。", "answers"),
    ],
)
def test_a_reply_gets_the_verdict_that_a_person_would_give(reply: str, verdict: str) -> None:
    assert _judged(LAMP, reply)["verdict"] == verdict


def test_a_reply_to_one_of_two_demands_is_partial_and_a_numbered_one_is_whole() -> None:
    demand = "1、楼下垃圾桶三天没人清运。2、北门路面破损积水。"
    first = _judged(demand, "楼下垃圾桶已于6月3日清运完毕，保洁公司今后每日清运两次。")
    assert (first["verdict"], first["completeness"]) == ("partial", 0.5)
    both = _judged(demand, "1、垃圾桶已于6月3日清运。2、路面由住建局6月5日修补完毕。")
    assert both["completeness"] == 1.0


@pytest.mark.parametrize(
    ("promise", "by"),
    [
        ("预计6月30日前完工", "2024-06-30"),
        ("将于10个工作日内修复", "2024-05-27"),
        ("计划十五日内完成更换", "2024-05-28"),
        ("争取今年年底前通车", "2024-12-31"),
        ("拟于下周三安装到位", "2024-05-22"),
        ("下一步将加强巡查", None),
    ],
)
def test_a_promise_is_taken_out_with_its_day(promise: str, by: str | None) -> None:
    row = _judged(LAMP, f"经现场查看，路灯电缆被挖断，{promise}。", "2024-05-13")
    assert (row["promise"], row["promise_by"]) == (promise, by)


def test_the_same_text_for_many_matters_is_a_template_and_one_answer_to_one_event_is_none() -> None:
    matters = ["路灯不亮", "下水道堵塞", "工地噪音扰民", "拖欠工资", "电梯困人", "占道烧烤", "学区划分", "医保报销"]
    demands = pa.array([f"反映{matter}一直没有解决" for matter in matters])
    same = "经核实，承办人员已按流程对所反映情况进行了调查，对责任方批评教育并要求限期整改到位。"
    ids = pa.array([str(n) for n in range(len(matters))])
    assert set(JUDGE.judge(demands, pa.array([same] * 8), ids)["verdict"].to_pylist()) == {"template"}
    event = pa.array(["青年街整条街停水一天了"] * 8)
    mended = pa.array(["青年街供水管爆裂停水，水务集团6月3日抢修完毕，已恢复供水。"] * 8)
    assert set(JUDGE.judge(event, mended, ids)["verdict"].to_pylist()) == {"answers"}


def test_an_order_without_a_reply_has_no_row_and_batches_change_nothing_once_all_were_counted() -> None:
    demands = pa.array([LAMP, "自来水又黄又浑", None, "电梯坏了"])
    replies = pa.array(["已更换灯头，路灯恢复照明。", None, "已办结。", "电梯门机已于6月3日更换，恢复运行。"])
    ids, corpus = pa.array(["a", "b", "c", "d"]), ReplyCorpus()
    JUDGE.learn(corpus, demands, replies)
    whole = JUDGE.judge(demands, replies, ids, corpus=corpus)
    assert whole["order_id"].to_pylist() == ["a", "c", "d"]
    parts = [JUDGE.judge(*(x.slice(n, 1) for x in (demands, replies, ids)), corpus=corpus) for n in range(4)]
    assert pa.Table.from_batches(parts).to_pylist() == whole.to_pylist()


def test_every_limit_and_cue_says_why_and_has_a_name_of_its_own() -> None:
    cues = shipped_reply_cues()
    assert len({cue.id for cue in cues.clauses}) == len(cues.clauses)
    assert all(cue.note and cue.says for cue in cues.clauses)
    for marks in (cues.evidence, cues.concreteness):
        assert sum(mark.weight for mark in marks) == pytest.approx(1.0)


def test_what_a_reply_has_decides_whatever_stands_around_it() -> None:
    around = "您好，您反映的问题已收悉，我单位高度重视，感谢您的来电！"
    good = {"answers", "partial"}
    assert _judged(LAMP, f"{around}路灯电缆被挖断，维修工当晚换了新电缆，路灯已亮。{around}")["verdict"] in good
    assert _judged(LAMP, f"{around}上级没有安排，我们也没办法，您再等等吧。{around}")["verdict"] == "evasive"


def test_the_shipped_weights_fit_the_signs_that_are_read() -> None:
    weights = shipped_weights()
    assert weights.of_signs.shape == (len(SubstanceReader(shipped_reply_cues()).signs), 3)
    assert weights.of_pieces.shape == (len(weights.pieces), 3)
    short = "bias: {empty: 0, evasive: 0, answers: 0}\npieces: 甲 乙\n"
    with pytest.raises(ValueError, match="each class"):
        weights_from(
            short
            + "of_pieces: {empty: '1', evasive: '1', answers: '1'}\nof_signs: {a: {empty: 1, evasive: 1, answers: 1}}"
        )
