"""The life of models, analysis and reports, people, money and infrastructure."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from suqiu.simulate.centres.rows import Generators, Row, Setting, numbered, table

_FUNCTIONS = (
    "语音转写", "意图识别", "类型识别", "类别识别", "派单推荐", "智能填单", "知识问答", "紧急识别", "重复识别",
    "智能质检", "事件归集", "报告生成",
)  # fmt: skip
_KINDS = ("compute", "speech_engine", "language_model", "vector_store", "storage")
_TOPICS = ("停水", "供暖", "噪声", "占道经营", "路面破损", "物业收费", "积水", "校外培训退费")
_SERVICES = ("语音转写", "知识检索", "派单推荐")
_TRIED = 400
#: People beside agents, for each agent.
_OTHERS = {"dispatcher": 0.1, "inspector": 0.06, "manager": 0.06, "other": 0.03}


def models(s: Setting) -> list[Row]:
    """Models in use."""
    n = s.size
    return table(
        model_id=numbered("MD", n),
        function=_FUNCTIONS[:n],
        version=["2026.1"] * n,
        live_since=[date(2025, 1 + k % 12, 10) for k in range(n)],
        test_samples=[400 if one else 0 for one in s.lots.flags(n, s.work["tested"])],
        target_set=s.lots.flags(n, s.work["tested"]) | (s.work["tested"] == 1),
        fallback=s.lots.flags(n, s.work["fallback"]),
        filed=s.lots.flags(n, s.work["filed"]),
    )


def drift(s: Setting) -> list[Row]:
    """Accuracy of each model month by month."""
    months, count = s.months(), s.work.sizes["models"]
    pairs = [(function, n) for function in _FUNCTIONS[:count] for n in range(len(months))]
    watched = s.lots.flags(len(pairs), s.work["watched"])
    rows: list[Row] = []
    for (function, n), one in zip(pairs, watched, strict=True):
        share = 0.95 - s.work["drifted"] * n / max(len(months) - 1, 1)
        if one:
            rows.append({"function": function, "month": months[n], "right": round(_TRIED * share), "tried": _TRIED})
    return [{"record_id": id_, **row} for id_, row in zip(numbered("DR", len(rows)), rows, strict=True)]


def corrections(s: Setting) -> list[Row]:
    """Errors found, and whether they were learned from."""
    used = s.lots.flags(s.size, s.work["learned_from"])
    return table(correction_id=numbered("C", s.size), found_on=s.days(s.size), used=used)


def alerts(s: Setting) -> list[Row]:
    """Warnings: how far ahead of people, whether true, what was done."""
    n, raised = s.size, s.times(s.size)
    true = s.lots.flags(n, s.work["alerts_true"])
    hours = s.lots.even(n, 0, 2 * s.work["alert_lead_hours"]).tolist()
    return table(
        alert_id=numbered("A", n),
        raised_at=raised,
        noticed_at=[at + timedelta(hours=one) for at, one in zip(raised, hours, strict=True)],
        true_alert=true,
        handled=s.lots.flags(n, s.work["alerts_handled"], true),
    )


def proactive(s: Setting) -> list[Row]:
    """What was acted on before people complained, and what became of the complaints."""
    n, before = s.size, s.lots.wholes(s.size, 90, 160).tolist()
    return table(
        action_id=numbered("Q", n),
        topic=[_TOPICS[k % len(_TOPICS)] for k in range(n)],
        started_on=s.lots.days(n, s.first, s.first + timedelta(days=60)),
        orders_before=before,
        orders_after=[
            round(count * (0.45 if one else 1.05))
            for count, one in zip(before, s.lots.flags(n, s.work["fell"]), strict=True)
        ],
    )


def reports(s: Setting) -> list[Row]:
    """Bulletins and AI figures month by month, and special reports."""
    months, kinds, days = s.months(), [], []
    for kind, name in (("bulletin", "bulletins"), ("ai_metrics", "ai_reports")):
        for month in months[: round(len(months) * s.work[name])]:
            kinds.append(kind)
            days.append(month + timedelta(days=9))
    special = int(s.work["special_reports"])
    kinds, days = kinds + ["special"] * special, days + s.days(special)
    n = len(kinds)
    total = s.lots.wholes(n, 1500, 4000).tolist()
    return table(
        report_id=numbered("F", n),
        kind=kinds,
        issued_on=days,
        automatic=s.lots.flags(n, s.work["reports_automatic"]),
        edited_chars=[round(one * s.work["reports_edited"]) for one in total],
        total_chars=total,
    )


def proposals(s: Setting) -> list[Row]:
    """Policy suggestions, and what became of them."""
    adopted = s.lots.flags(s.size, s.work["proposals_adopted"])
    return table(
        proposal_id=numbered("V", s.size),
        filed_on=s.days(s.size),
        adopted=adopted,
        effect_checked=s.lots.flags(s.size, s.work["proposals_checked"], adopted),
    )


def staff(s: Setting) -> list[Row]:
    """People by number: agents by residents, specialists by share."""
    agents = max(round(s.work["agents_per_100k"] * s.residents / 100_000), 5)
    gone = round(agents * s.work["left"])
    roles = ["agent"] * (agents + gone)
    for role, share in _OTHERS.items():
        roles += [role] * max(round(agents * share), 1)
    others = len(roles) - gone
    wanted = round(others * s.work["specialists"] / (1 - s.work["specialists"]))
    roles += [("ai_operations", "analyst", "knowledge")[k % 3] for k in range(wanted)]
    n = len(roles)
    left = np.arange(n) < gone
    serving = np.isin(np.array(roles), ["agent", "dispatcher", "inspector"]) & ~left
    hired = [date(2021 + k % 5, 1 + k % 12, 1 + k % 28) for k in range(n)]
    solo = s.lots.even(n, 0.6 * s.work["solo_days"], 1.4 * s.work["solo_days"]).tolist()
    leaving = s.lots.order(n).tolist()
    span = (s.last - s.first).days
    return table(
        staff_id=numbered("H", n),
        role=roles,
        hired_on=hired,
        left_on=[s.first + timedelta(days=leaving[k] % span) if left[k] else None for k in range(n)],
        first_solo_on=[day + timedelta(days=int(one)) for day, one in zip(hired, solo, strict=True)],
        ai_trained=s.lots.flags(n, s.work["ai_trained"], serving),
    )


def trainings(s: Setting) -> list[Row]:
    """Results of trainings."""
    return table(
        record_id=numbered("TR", s.size),
        held_on=s.days(s.size),
        topic=s.lots.picks(s.size, ["policy", "service", "ai", "security"]),
        passed=s.lots.flags(s.size, s.work["trained"]),
    )


def staff_survey(s: Setting) -> list[Row]:
    """What agents think of their tools."""
    score = s.work["tools_score"]
    return table(
        response_id=numbered("SV", s.size),
        answered_on=s.days(s.size),
        score=[round(one, 1) for one in s.lots.even(s.size, score - 7, score + 7).tolist()],
    )


def budget(s: Setting) -> list[Row]:
    """Money planned and spent; data and training by share."""
    kinds = ["data", "training", "infrastructure", "models", "operation", "other"]
    share, total = s.work["spent_on_data"], 1000.0
    parts = [share / 2, share / 2, *[(1 - share) / 4] * 4]
    return table(
        item_id=numbered("BG", len(kinds)),
        kind=kinds,
        planned=[round(total * part, 2) for part in parts],
        spent=[round(total * part * s.work["spent"], 2) for part in parts],
    )


def infrastructure(s: Setting) -> list[Row]:
    """Compute, engines and stores; the first kinds are in service."""
    n, served = s.size, round(s.work["kinds_in_service"] * len(_KINDS))
    kinds = [_KINDS[k % len(_KINDS)] for k in range(n)]
    in_service = [_KINDS.index(kind) < served for kind in kinds]
    return table(
        asset_id=numbered("IF", n),
        kind=kinds,
        in_service=in_service,
        redundant=s.lots.flags(n, s.work["redundant"], np.array(in_service)),
        utilisation=[s.work["utilisation"] if kind == "compute" else None for kind in kinds],
    )


def service_months(s: Setting) -> list[Row]:
    """Minutes up, service by service and month by month."""
    pairs = [(service, month) for service in _SERVICES for month in s.months()]
    minutes = [((month + timedelta(days=32)).replace(day=1) - month).days * 1440 for _, month in pairs]
    return table(
        record_id=numbered("SM", len(pairs)),
        service=[service for service, _ in pairs],
        month=[month for _, month in pairs],
        minutes_total=minutes,
        minutes_up=[round(one * s.work["uptime"]) for one in minutes],
    )


def needs(s: Setting) -> list[Row]:
    """Needs raised by users."""
    delivered = s.lots.flags(s.size, s.work["needs_delivered"])
    return table(
        need_id=numbered("ND", s.size),
        raised_on=s.days(s.size),
        answered=s.lots.flags(s.size, 0.9) | delivered,
        delivered=delivered,
    )


GENERATORS: Generators = {
    "models": models,
    "drift": drift,
    "corrections": corrections,
    "alerts": alerts,
    "proactive": proactive,
    "reports": reports,
    "proposals": proposals,
    "staff": staff,
    "trainings": trainings,
    "staff_survey": staff_survey,
    "budget": budget,
    "infrastructure": infrastructure,
    "service_months": service_months,
    "needs": needs,
}
