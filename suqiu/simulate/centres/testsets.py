"""Test sets of the AI functions: what the system said beside what is right, wrong exactly as often as planned.

What the system said is drawn first and does not depend on how good it is: only the reference does. So the truth behind
an inflated claim differs from the claim in the reference alone, which is what an assessor checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from suqiu.simulate.centres.lots import Flags
from suqiu.simulate.centres.rows import Generators, Row, Setting, numbered, table

_CONDITIONS = {"mandarin": 0.6, "dialect": 0.2, "noise": 0.2}
#: What a recogniser hears in place of a character; none of them is in the sentences.
_MISHEARD = "嗯啊呃哦诶唉嘛呢"
#: Samples and labels of each function.
_LABELS: Mapping[str, tuple[int, Sequence[str]]] = {
    "intent": (800, ("咨询", "投诉", "求助", "建议", "查询进度")),
    "type": (600, ("咨询", "求助", "投诉", "举报", "建议", "表扬")),
    "category": (800, ("住房建设", "城市管理", "交通出行", "公共安全", "生态环境", "市场监管", "劳动社保", "教育")),
    "dispatch": (800, ()),  # the city's departments
    "address": (500, ()),  # the city's communities
    "feeling": (600, ("平和", "焦急", "愤怒")),
    "event": (400, ("停水", "停电", "供暖", "积水", "噪声")),
}
_GROUPS = ("电话", "网络", "老年人")
_SOME = 10
#: How sure the system says it is, in five bands of equal size: how much righter each is than all together.
_BANDS = (-0.06, -0.02, 0.015, 0.03, 0.035)
_FIELDS = {
    "type": 1.0, "category": 1.0, "place": 1.0, "time": 1.0, "object": 1.0, "demand": 1.0, "name": 0.5, "phone": 0.5,
    "title": 0.5,
}  # fmt: skip
_SUMMARIES = {"summary": 0.7, "reply": 0.2, "report": 0.1}


def _garbled(text: str, places: Sequence[int], count: int) -> str:
    """Replace that many characters, at the first of these places."""
    cells = list(text)
    for place in places[:count]:
        cells[place] = _MISHEARD[place % len(_MISHEARD)]
    return "".join(cells)


def _said(s: Setting, count: int) -> list[str]:
    places, matters = s.lots.picks(count, s.places), s.lots.picks(count, s.matters)
    return [f"我住在{place}，想反映{matter}的问题，已经很多天了，希望尽快安排人来看看"
            for place, matter in zip(places, matters, strict=True)]  # fmt: skip


def eval_speech(s: Setting) -> list[Row]:
    """Recognised beside reference texts, by condition."""
    conditions, recognised = s.lots.picks(s.size, _CONDITIONS), _said(s, s.size)
    due = dict.fromkeys(_CONDITIONS, 0.0)
    references = []
    for condition, text in zip(conditions, recognised, strict=True):
        places = s.lots.order(len(text)).tolist()
        due[condition] += len(text) * (1 - s.work[condition])
        errors = int(due[condition])
        due[condition] -= errors
        references.append(_garbled(text, places, errors))
    return table(sample_id=numbered("Y", s.size), condition=conditions, reference=references, recognised=recognised)


def eval_labels(s: Setting) -> list[Row]:
    """Predicted beside true labels, function by function."""
    rows: list[Row] = []
    for function, (count, labels) in _LABELS.items():
        names = labels or (s.units if function == "dispatch" else s.places)[:_SOME]
        rows.extend(_labelled(s, function, count, names))
    rows.extend(_found(s, "urgent", 900, ("urgent", "normal"), s.work["urgent_precision"], s.work["urgent_recall"]))
    rows.extend(_found(s, "duplicate", 700, ("same", "different"), s.work["duplicate"], s.work["duplicate"]))
    return [{"sample_id": id_, **row} for id_, row in zip(numbered("L", len(rows)), rows, strict=True)]


def _labelled(s: Setting, function: str, count: int, labels: Sequence[str]) -> list[Row]:
    """Several labels; right as often as planned, also in each group and at each confidence where those are planned."""
    predicted = s.lots.picks(count, labels)
    groups, bands = s.lots.picks(count, _GROUPS), np.arange(count) % len(_BANDS)
    right = _right(s, function, count, groups, bands)
    near = s.lots.flags(count, _second(s), ~right)
    rows: list[Row] = []
    for n in range(count):
        place = labels.index(predicted[n])
        following = [labels[(place + step) % len(labels)] for step in (1, 2, 3)]
        row: Row = {
            "function": function,
            "truth": predicted[n] if right[n] else following[0 if near[n] else 2],
            "predicted": predicted[n],
        }
        if function == "dispatch":
            sure = s.work["dispatch"] + _BANDS[bands[n]] + s.work["overconfidence"]
            row |= {"predicted_2": following[0], "predicted_3": following[1], "confidence": round(min(sure, 1.0), 4)}
        if function == "intent":
            row["group"] = groups[n]
        rows.append(row)
    return rows


def _second(s: Setting) -> float:
    """Return how often the second label is right where the first is not."""
    return max(0.0, (s.work["dispatch_top3"] - s.work["dispatch"]) / (1 - s.work["dispatch"]))


def _right(s: Setting, function: str, count: int, groups: Sequence[str], bands: np.ndarray) -> Flags:
    share = s.work[function]
    if function == "dispatch":
        parts = [(bands == band, share + more) for band, more in enumerate(_BANDS)]
    elif function == "intent":
        kinds, gap = np.array(groups), s.work["intent_gap"]
        parts = [(kinds == one, share + gap * (-2 / 3 if one == _GROUPS[-1] else 1 / 3)) for one in _GROUPS]
    else:
        parts = [(np.ones(count, dtype=bool), share)]
    right = np.zeros(count, dtype=bool)
    for among, part in parts:
        right |= s.lots.flags(count, min(1.0, part), among)
    return right


def _found(
    s: Setting, function: str, count: int, labels: tuple[str, str], precision: float, recall: float
) -> list[Row]:
    """Yes or no with a precision and a recall; half of what is looked at is found."""
    yes, no = labels
    predicted = s.lots.flags(count, 0.5)
    true = s.lots.flags(count, precision, predicted)
    missed = true.sum() * (1 - recall) / recall
    true |= s.lots.flags(count, min(1.0, missed / (~predicted).sum()), ~predicted)
    return [
        {"function": function, "truth": yes if is_true else no, "predicted": yes if said else no}
        for is_true, said in zip(true, predicted, strict=True)
    ]


def eval_fill(s: Setting) -> list[Row]:
    """Fields as filled beside as corrected."""
    n, fields = s.size, s.lots.picks(s.size, _FIELDS)
    filled, right = s.lots.flags(n, 0.95), s.lots.flags(n, s.work["fill"])
    matters, places = s.lots.picks(n, s.matters), s.lots.picks(n, s.places)
    rows: list[Row] = []
    for n_, (field, matter, place) in enumerate(zip(fields, matters, places, strict=True)):
        words = (
            place if field == "place" else matter if field in {"category", "object", "title"} else f"{field}{n_ % 9}"
        )
        rows.append(
            {
                "sample_id": f"T{n_ + 1:05d}",
                "field": field,
                "filled": words if filled[n_] else None,
                "truth": words if right[n_] else f"{words}（更正）",
            }
        )
    return rows


def eval_summaries(s: Setting) -> list[Row]:
    """Drafts beside final texts."""
    functions, drafts = s.lots.picks(s.size, _SUMMARIES), _said(s, s.size)
    due, finals = 0.0, []
    for draft in drafts:
        places = s.lots.order(len(draft)).tolist()
        due += len(draft) * s.work["summary_edited"]
        edits = int(due)
        due -= edits
        finals.append(_garbled(draft, places, edits))
    return table(sample_id=numbered("X", s.size), function=functions, draft=drafts, final=finals)


def red_team(s: Setting) -> list[Row]:
    """Attacks, and whether they were stopped."""
    return table(
        attempt_id=numbered("R", s.size),
        tried_on=s.days(s.size),
        attack=s.lots.picks(s.size, ["injection", "leak", "abuse", "jailbreak"]),
        blocked=s.lots.flags(s.size, s.work["blocked"]),
    )


GENERATORS: Generators = {
    "eval_speech": eval_speech,
    "eval_labels": eval_labels,
    "eval_fill": eval_fill,
    "eval_summaries": eval_summaries,
    "red_team": red_team,
}
