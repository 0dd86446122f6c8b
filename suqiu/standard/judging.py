"""Hold what was found against what is asked: answer or rating → finding.

Credit runs from 0 at the floor to 1 at the target. An indicator is met when the end of the interval that is worse
reaches the target, so that luck with a small sample earns nothing; where all cases there are were counted, the value
itself is held to it.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from suqiu.domain.evidence import Interval, Outcome
from suqiu.domain.finding import Answer, Backing, Finding, Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Gate, Indicator, Rating
from suqiu.standard.wording import BACKINGS, listed, nature, shown, shown_apart, side_of

_HAND_IN = Text("补充提交：{names}", "hand in: {names}")
#: Evidence that is a measure of the product's own is made from exports, not handed in.
_MEASURES = Text(
    "补充提交计算该指标所需的工单、通话、回访等数据",
    "hand in the orders, calls or call-backs that it is computed from",
)


def judge(
    indicator: Indicator, answer: Answer, backing: Backing, evidence: tuple[str, ...], wanted: Text | None = None
) -> Finding:
    """Return the finding on an indicator that a probe has looked at.

    Args:
        indicator: with its targets set, see `targets`.
        answer: what the probe found.
        backing: what the evidence counts as.
        evidence: names of the forms read.
        wanted: what to hand in where nothing is known, in words; else the names of the forms.
    """
    refused = _refused(indicator.id, indicator.accepts, answer, backing, evidence, wanted)
    if refused is not None:
        return refused
    value, target = _value(answer), indicator.target.value
    if target is None:
        return Finding(
            indicator.id,
            Verdict.UNKNOWN,
            None,
            answer,
            None,
            evidence,
            Text("实得{value}；目标值尚未设定，不作评定", "{value}; no target is set, so nothing is judged").fill(
                value=_said(indicator, answer)[0]
            ),
            Text("设定本指标的目标值", "set a target for this indicator"),
        )
    credit = _credit(value, indicator, target)
    verdict = Verdict.MET if _is_met(answer, indicator, target) else Verdict.PARTLY if credit else Verdict.NOT_MET
    is_open = verdict is not Verdict.MET and _reaches(value, indicator, target)
    message = _judged(indicator, answer, verdict, is_open)
    settles = _sample_wanted(indicator, answer, target) if is_open else None
    return Finding(indicator.id, verdict, credit, answer, backing, evidence, message, settles)


def judge_rating(
    indicator: Indicator, rating: Rating, backing: Backing, evidence: tuple[str, ...], note: str = ""
) -> Finding:
    """Return the finding on an indicator that an assessor has rated.

    Args:
        indicator: one with a question.
        rating: the assessor's, of the standard's scale.
        backing: what it rests on.
        evidence: names of the documents, or of the form.
        note: the assessor's own words.
    """
    answer = Answer(Outcome.KNOWN, rating.credit, rows=1)
    refused = _refused(indicator.id, indicator.accepts, answer, backing, evidence, None)
    if refused is not None:
        return refused
    verdict = Verdict.MET if rating.met else Verdict.PARTLY if rating.credit else Verdict.NOT_MET
    return Finding(indicator.id, verdict, rating.credit, answer, backing, evidence, _rated(rating, backing, note))


def judge_gate(
    gate: Gate,
    answer: Answer,
    backing: Backing,
    evidence: tuple[str, ...],
    wanted: Text | None = None,
    rejected: int = 0,
) -> Finding:
    """Return the finding on a gate that a probe has looked at: met is closed, not met is open.

    One case out of order opens it, however few were looked at; closed it is only with rows enough, and when each row
    that was handed in can be read.

    Args:
        gate: which.
        answer, backing, evidence, wanted: as for `judge`.
        rejected: rows of the forms read that could not be used.
    """
    refused = _refused(gate.id, gate.accepts, answer, backing, evidence, wanted)
    if refused is not None:
        return refused
    value = _value(answer)
    share, rows = shown_apart([value, 1.0], "share")[0], f"{answer.rows:,}"
    if value < 1:
        message = Text(
            "共查{rows}条，符合比例为{share}，存在不符合情形，触发否决",
            "{rows} rows looked at, {share} in order: there are breaches, and the gate is open",
        ).fill(rows=rows, share=share)
        return Finding(gate.id, Verdict.NOT_MET, 0.0, answer, backing, evidence, message)
    if answer.rows < gate.least_rows:
        message = Text(
            "共查{rows}条，均符合，但不足{least}条，不能排除否决",
            "{rows} rows looked at, all in order, but fewer than {least}: not shown to be closed",
        ).fill(rows=rows, least=gate.least_rows)
        settles = Text("补充核查，总数不少于{least}条", "look at {least} rows at least").fill(least=gate.least_rows)
        return Finding(gate.id, Verdict.UNKNOWN, None, answer, None, evidence, message, settles)
    if rejected:
        message = Text(
            "共查{rows}条，均符合，但另有{rejected}条填写有误未能采用，不能排除否决",
            "{rows} rows looked at, all in order, but {rejected} more could not be used: not shown to be closed",
        ).fill(rows=rows, rejected=f"{rejected:,}")
        settles = Text("改正未能采用的行后重新评估", "mend the rows that could not be used and assess again")
        return Finding(gate.id, Verdict.UNKNOWN, None, answer, None, evidence, message, settles)
    message = Text("共查{rows}条，均符合，未触发否决", "{rows} rows looked at, all in order: the gate is closed")
    return Finding(gate.id, Verdict.MET, 1.0, answer, backing, evidence, message.fill(rows=rows))


def judge_gate_rating(
    gate: Gate, rating: Rating, backing: Backing, evidence: tuple[str, ...], note: str = ""
) -> Finding:
    """Return the finding on a gate that an assessor has rated: met is closed, anything less is open."""
    answer = Answer(Outcome.KNOWN, rating.credit, rows=1)
    refused = _refused(gate.id, gate.accepts, answer, backing, evidence, None)
    if refused is not None:
        return refused
    outcome = (
        Text("{said}；未触发否决", "{said}; the gate is closed")
        if rating.met
        else Text("{said}；触发否决", "{said}; the gate is open")
    )
    verdict = Verdict.MET if rating.met else Verdict.NOT_MET
    message = outcome.fill(said=_rated(rating, backing, note))
    return Finding(gate.id, verdict, 1.0 if rating.met else 0.0, answer, backing, evidence, message)


def not_applicable(subject: str, reason: str, approver: str) -> Finding:
    """Return that something does not apply: agreed with a reason and by a person, else it is unknown."""
    if reason.strip() and approver.strip():
        message = Text("不适用：{reason}（{approver}批准）", "does not apply: {reason} (agreed by {approver})")
        return Finding(
            subject, Verdict.NOT_APPLICABLE, None, None, None, ("answers",),
            message.fill(reason=reason.strip(), approver=approver.strip()), approver=approver.strip(),
        )  # fmt: skip
    lacking = Text("批准人", "who agreed") if reason.strip() else Text("理由", "the reason")
    return Finding(
        subject, Verdict.UNKNOWN, None, None, None, (),
        Text("称不适用，但未写明{lacking}，不予采信", "said not to apply, but without {lacking}").fill(lacking=lacking),
        Text("在评判表中写明不适用的理由和批准人", "give the reason and who agreed in the assessor's answers"),
    )  # fmt: skip


def unanswered(subject: str, why: Text) -> Finding:
    """Return that an assessor's question has no answer that counts."""
    return Finding(
        subject, Verdict.UNKNOWN, None, None, None, (), why,
        Text("请评估员查验后填写评判表", "let the assessor inspect it and fill in the answers"),
    )  # fmt: skip


def _refused(
    subject: str,
    accepts: tuple[Backing, ...],
    answer: Answer,
    backing: Backing,
    evidence: tuple[str, ...],
    wanted: Text | None,
) -> Finding | None:
    """Return the finding where there is nothing to judge: no answer, or one that rests on too little."""
    if answer.outcome is not Outcome.KNOWN:
        failed = answer.outcome is Outcome.ERROR
        settles = None if failed else wanted or _hand_in(evidence)
        if answer.outcome is Outcome.NOT_APPLICABLE:
            settles = Text("在评判表中写明不适用的理由和批准人", "say in the assessor's answers why, and who agreed")
        reason = answer.reason or Text("无法得知", "nobody can tell")
        return Finding(subject, Verdict.ERROR if failed else Verdict.UNKNOWN, None, answer, None, (), reason, settles)
    if backing in accepts:
        return None
    wanted_backings = listed([BACKINGS[one] for one in accepts])
    message = Text("证据仅为{given}，不作为评定依据", "the evidence is only {given}, which counts for nothing here")
    return Finding(
        subject, Verdict.UNKNOWN, None, answer, None, evidence, message.fill(given=BACKINGS[backing]),
        Text("提供{accepted}类证据", "show evidence that is {accepted}").fill(accepted=wanted_backings),
    )  # fmt: skip


def _hand_in(evidence: tuple[str, ...]) -> Text:
    names = [name for name in evidence if name != "measure"]
    return _HAND_IN.fill(names=listed([Text(name, name) for name in names])) if names else _MEASURES


def _value(answer: Answer) -> float:
    return 0.0 if answer.value is None else answer.value


def _reaches(value: float, indicator: Indicator, target: float) -> bool:
    return value >= target if indicator.direction == "up" else value <= target


def _is_met(answer: Answer, indicator: Indicator, target: float) -> bool:
    """Say whether the value, and unless all cases were counted the worse end of its interval, reaches the target."""
    ends = [_value(answer)]
    if answer.interval is not None and not indicator.census:
        ends.append(_worse_end(answer.interval, indicator))
    return all(_reaches(end, indicator, target) for end in ends)


def _worse_end(interval: Interval, indicator: Indicator) -> float:
    return interval.lower if indicator.direction == "up" else interval.upper


def _credit(value: float, indicator: Indicator, target: float) -> float:
    if _reaches(value, indicator, target):
        return 1.0
    floor = indicator.floor.value
    return 0.0 if floor is None else min(1.0, max(0.0, (value - floor) / (target - floor)))


def _said(indicator: Indicator, answer: Answer) -> tuple[Text, Text]:
    """Return the value, with its interval and how many rows it rests on, and the target; empty where none is set."""
    target, interval = indicator.target.value, None if indicator.census else answer.interval
    ends = () if interval is None else (interval.lower, interval.upper)
    numbers = [_value(answer), *ends, *(() if target is None else (target,))]
    texts = shown_apart(numbers, indicator.unit)
    rows, goal = Text("{n}条", "{n} rows").fill(n=f"{answer.rows:,}"), Text("", "") if target is None else texts[-1]
    if interval is None:
        return Text("{value}（{rows}）", "{value} ({rows})").fill(value=texts[0], rows=rows), goal
    measured = Text(
        "{value}（{level}置信区间{lower}至{upper}，{rows}）", "{value} ({level} interval {lower} to {upper}, {rows})"
    )
    level = shown(interval.level, "share")
    return measured.fill(value=texts[0], level=level, lower=texts[1], upper=texts[2], rows=rows), goal


def _judged(indicator: Indicator, answer: Answer, verdict: Verdict, is_open: bool) -> Text:
    measured, goal = _said(indicator, answer)
    conclusion = {
        Verdict.MET: Text("达到目标", "met"),
        Verdict.PARTLY: Text("部分达到目标", "partly met"),
        Verdict.NOT_MET: Text("未达到目标", "not met"),
    }[verdict]
    if is_open:
        conclusion = Text(
            "实得值已达到目标，但置信区间尚未达到，暂按部分达到认定",
            "the value reaches it, its interval does not yet: partly met",
        )
    return Text(
        "实得{measured}，目标值{side}{goal}（{nature}），{conclusion}",
        "{measured}; the target is {side} {goal} ({nature}): {conclusion}",
    ).fill(
        measured=measured,
        side=side_of(indicator),
        goal=goal,
        nature=nature(indicator.target),
        conclusion=conclusion,
    )


def _rated(rating: Rating, backing: Backing, note: str) -> Text:
    said = Text("评估员依据{backing}评为“{rating}”", "rated “{rating}” by the assessor, {backing}")
    filled = said.fill(backing=BACKINGS[backing], rating=rating.name)
    return Text("{said}：{note}", "{said}: {note}").fill(said=filled, note=note.strip()) if note.strip() else filled


def _sample_wanted(indicator: Indicator, answer: Answer, target: float) -> Text:
    """Return the sample size that would settle an open case if the value stays as it is."""
    wanted = _sample_size(indicator, answer, target)
    if wanted is None:
        return Text(
            "实得值恰为目标值，扩大样本不能认定，须进一步改进或改为全量统计",
            "the value is just the target: no larger sample will do, only a better value or a count of all cases",
        )
    return Text(
        "若数值不变，样本量达到{about}{wanted}条即可认定（现有{rows}条）",
        "if the value stays, {about}{wanted} rows will settle it (now {rows})",
    ).fill(
        about=Text("", "") if _is_wilson(indicator, answer) else Text("约", "some "),
        wanted=f"{wanted:,}",
        rows=f"{_trials(answer):,}",
    )


def _is_wilson(indicator: Indicator, answer: Answer) -> bool:
    return indicator.unit == "share" and answer.interval is not None and answer.interval.method == "wilson"


def _trials(answer: Answer) -> int:
    return int(answer.denominator or answer.rows)


def _sample_size(indicator: Indicator, answer: Answer, target: float) -> int | None:
    """Return the least sample size whose interval reaches the target; None where none does.

    A Wilson interval holds a share when a score test at that share does not reject it, so that its end is at the
    target where (value - target)² = z² target (1 - target) / n. Other intervals shrink with the root of n.
    """
    value, interval = _value(answer), answer.interval
    if interval is None or value == target:
        return None
    if _is_wilson(indicator, answer):
        z = NormalDist().inv_cdf((1 + interval.level) / 2)
        return max(_trials(answer) + 1, math.ceil(z * z * target * (1 - target) / (value - target) ** 2))
    end = interval.lower if indicator.direction == "up" else interval.upper
    return max(_trials(answer) + 1, math.ceil(_trials(answer) * ((value - end) / (value - target)) ** 2))
