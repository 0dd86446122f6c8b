"""A few texts are searched by another engine than many: both must find the same."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from suqiu.reading.feeling import shipped_feelings
from suqiu.reading.routes import shipped_rules
from suqiu.reading.searching import FEW, first, holding, ready, replaced
from suqiu.reading.urgency import shipped_cues
from tests.reading.factories import city

SAID = [
    "长虹路有人被困在电梯里，已经半个小时了，快来人",
    "来电人咨询到法院起诉需要什么材料，请问多久立案",
    "市民反映2025年3月2日打架斗殴一事，派出所至今没有处理结果，要求尽快答复",
    "测试\n",
    "骚扰电话\n",
    "我已经打了十几次电话了！！！再不解决就去上访，跪求领导管一管",
    "投诉银行",
    "投诉银行\n",
    "小区对面 正在 着火\u3000，冒黑烟。邻居说没事",
    "对民警的处罚决定不服，想申请行政复议；仲裁裁决书下来了",
    "谢谢，非常感谢！！",
    "我真的不想活了\x0b，活不下去",
    "",
    "\u2028测试\x85",
    "孩子掉进井里，赶紧叫救护车！" * 60,
]


def _patterns() -> list[str]:
    rules, book, cues = shipped_rules(city()), shipped_cues(), shipped_feelings()
    found = [p for rule in rules.rules for p in (rule.about, *rule.says, *rule.asks, *rule.exceptions, *rule.unless)]
    found += [*rules.blanks, *book.everywhere, *(wrong for _, wrong in book.spellings)]
    found += [p for cue in book.cues for p in (*cue.says, *cue.exceptions)]
    found += [p for cue in cues for p in (*cue.says, *cue.exceptions)]
    return list(dict.fromkeys(found))


def test_every_shipped_pattern_finds_the_same_in_few_texts_as_in_many() -> None:
    texts = pa.array(SAID, pa.string())
    for pattern in _patterns():
        assert ready(pattern) is not None
        assert holding(texts, pattern).tolist() == pc.match_substring_regex(texts, pattern=pattern).to_pylist()
        assert replaced(texts, [(pattern, " ")]).equals(
            pc.replace_substring_regex(texts, pattern=pattern, replacement=" ")
        )


@pytest.mark.parametrize("count", [1, FEW, FEW + 1, 5 * FEW])
def test_what_is_found_does_not_depend_on_how_many_texts_there_are(count: int) -> None:
    texts = pa.array((SAID * 6)[:count], pa.string())
    assert holding(texts, "没事$").tolist() == [text.endswith("没事") for text in texts.to_pylist()]
    assert first(texts, "电话|银行").to_pylist()[:1] == [None]
    changed = replaced(texts, [(r"(\p{Han})[ \t\x{3000}]+", r"\1"), ("邻居(.)", r"\1")]).to_pylist()
    assert changed[8:9] == (["小区对面正在着火，冒黑烟。说没事"] if count > 8 else [])
