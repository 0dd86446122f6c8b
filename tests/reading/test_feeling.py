"""Feelings are heard with the words that show them; a complaint in neutral words is none."""

from __future__ import annotations

import pyarrow as pa

from suqiu.reading.feeling import FeelingFinder, Sentiment, shipped_feelings

FINDER = FeelingFinder(shipped_feelings())

SHOWN = {
    "这是我第三次来电了，噪声还在": ("repeated_call", "repeated_call"),
    "已多次向物业反映，没有回音": ("repeated_call", "repeated_call"),
    "你们不处理我就找记者曝光": ("threat_media", "threat_media"),
    "我们准备去省里上访": ("threat_petition", "threat_petition"),
    "我将起诉开发商": ("threat_law", "threat_law"),
    "再不处理就别怪我不客气": ("ultimatum", "ultimatum"),
    "你们这群吃干饭的王八蛋": ("anger_abuse", "anger_abuse"),
    "家里真的活不下去了": ("despair", "despair"),
    "施工吵到半夜，简直忍无可忍": ("outrage", None),
    "窗口人员态度恶劣": ("dissatisfied", None),
    "市民来电表扬公交司机拾金不昧": ("gratitude", None),
}
PLAIN = [
    "市民来电反映：路灯不亮，希望尽快修复",
    "其认为不合理，故来电投诉",
    "咨询社保卡怎么补办",
    "请尽快处理，不胜感激",
    "孩子不满六岁，能否入学",
    "律师建议其走法律途径解决，想问流程",
    "",
]


def test_a_feeling_is_heard_with_its_cue_and_its_escalation() -> None:
    judged = FINDER.judge(pa.array(list(SHOWN)))
    assert list(zip(judged.reason.to_pylist(), judged.escalation.to_pylist(), strict=True)) == list(SHOWN.values())


def test_a_complaint_in_neutral_words_is_neutral() -> None:
    judged = FINDER.judge(pa.array(PLAIN))
    assert judged.sentiment.to_pylist() == [Sentiment.NEUTRAL.value] * len(PLAIN)
    assert judged.intensity.to_pylist() == [0] * len(PLAIN)
    assert judged.start.null_count == judged.escalation.null_count == len(PLAIN)


def test_the_words_that_decided_can_be_shown() -> None:
    texts = ["施工吵到半夜，简直忍无可忍", "𠮷家村：再不处理就去上访"]
    judged = FINDER.judge(pa.array(texts))
    spans = zip(texts, judged.start.to_pylist(), judged.length.to_pylist(), strict=True)
    assert [text[start : start + length] for text, start, length in spans] == ["忍无可忍", "再不处理就"]


def test_the_strongest_feeling_decides_and_a_weaker_one_may_still_escalate() -> None:
    judged = FINDER.judge(pa.array(["多次来电没人管，真是忍无可忍"]))
    assert (judged.reason[0].as_py(), judged.escalation[0].as_py()) == ("outrage", "repeated_call")
    assert (judged.intensity[0].as_py(), judged.sentiment[0].as_py()) == (2, "negative")


def test_null_is_neutral_and_a_batch_judges_as_its_texts_do() -> None:
    assert FINDER.judge(pa.array([None], pa.string())).sentiment.to_pylist() == ["neutral"]
    texts = [*SHOWN, *PLAIN]
    alone = [FINDER.judge(pa.array([text])).reason[0].as_py() for text in texts[:5]]
    assert FINDER.judge(pa.array(texts)).reason.to_pylist()[:5] == alone


def test_every_shipped_feeling_says_why_and_has_an_id_of_its_own() -> None:
    cues = shipped_feelings()
    assert len({cue.id for cue in cues}) == len(cues)
    assert all(cue.note and cue.name and cue.says and 1 <= cue.intensity <= 3 for cue in cues)
