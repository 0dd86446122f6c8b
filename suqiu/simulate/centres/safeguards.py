"""Rules and security: connected systems, audits, exports, logs; and how the scenarios are used."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from suqiu.simulate.centres.rows import Generators, Row, Setting, numbered, table

_CHANNELS = ("电话", "网站", "微信小程序", "移动客户端", "信箱")
_KEY = {"110": "110接处警系统", "petition": "信访系统", "supervision": "督查系统", "grid": "网格化系统"}
_OTHERS = ("数字城管系统", "市场监管业务系统", "人社业务系统")
_LOGS = ("操作日志", "接口日志", "模型调用日志", "登录日志", "导出日志", "数据库审计日志")
#: Audits of each kind.
_AUDITS = {"closure": 80, "secrecy": 40, "ai_decision": 80, "record": 300, "reply": 260, "robot_callback": 300}
_WORK = 1000
_BEFORE = 6
_EFFECT, _SAMPLES = 0.2, 400


def systems(s: Setting) -> list[Row]:
    """Systems to be connected: channels, the four key ones, others."""
    parts = (
        [("channel", name) for name in _CHANNELS],
        list(_KEY.items()),
        [("urban" if n == 0 else "department", name) for n, name in enumerate(_OTHERS)],
    )
    shares = (s.work["channels_live"], s.work["systems_live"], s.work["others_live"])
    named = [pair for part in parts for pair in part]
    live = [n < round(share * len(part)) for part, share in zip(parts, shares, strict=True) for n in range(len(part))]
    lately = s.lots.flags(len(named), s.work["exchanged_lately"], np.array(live))
    return table(
        system_id=numbered("SY", len(named)),
        name=[name for _, name in named],
        kind=[kind for kind, _ in named],
        planned=[True] * len(named),
        live=live,
        last_exchange_on=[
            s.plan.as_of - timedelta(days=5 if new else 60) if one else None
            for one, new in zip(live, lately, strict=True)
        ],
    )


def data_returns(s: Setting) -> list[Row]:
    """Data given back to counties, and after how many days."""
    days, longest = s.days(s.size), max(int(s.work["return_days"]), 1)
    waits = s.lots.even(s.size, 0, longest + 0.999).tolist()
    return table(
        return_id=numbered("RT", s.size),
        event_on=days,
        returned_on=[day + timedelta(days=int(one)) for day, one in zip(days, waits, strict=True)],
    )


def catalogue_rules(s: Setting) -> list[Row]:
    """Rules of dispatch, and when each was last looked at."""
    lately = s.lots.flags(s.size, s.work["rules_reviewed"])
    return table(
        rule_id=numbered("CR", s.size),
        live=[True] * s.size,
        reviewed_on=[s.plan.as_of - timedelta(days=120 if one else 800) for one in lately],
    )


def audits(s: Setting) -> list[Row]:
    """Samples audited, kind by kind; replies moreover have a score."""
    shares = {
        "closure": s.work["closures_true"], "secrecy": s.work["secrecy_kept"], "ai_decision": s.work["people_decided"],
        "record": s.work["records_right"], "reply": 0.9,
    }  # fmt: skip
    if s.work.level >= 3:
        shares["robot_callback"] = s.work["robot_right"]
    rows: list[Row] = []
    for kind, share in shares.items():
        n, reply = _AUDITS[kind], kind == "reply"
        score = s.work["replies_score"]
        scores = s.lots.even(n, score - 6, score + 6).tolist()
        off_topic = s.lots.flags(n, s.work["replies_off_topic"])
        right = s.lots.flags(n, share).tolist()
        for at, passed, mark, off in zip(s.days(n), right, scores, off_topic.tolist(), strict=True):
            rows.append(
                {
                    "at": at,
                    "kind": kind,
                    "passed": passed,
                    "score": round(mark, 1) if reply else None,
                    "off_topic": off if reply else None,
                }
            )
    return [{"audit_id": id_, **row} for id_, row in zip(numbered("AU", len(rows)), rows, strict=True)]


def exports(s: Setting) -> list[Row]:
    """Data leaving the core: sensitive fields, and those masked."""
    fields = s.lots.wholes(s.size, 4, 12).tolist()
    careless = s.lots.flags(s.size, 1 - s.work["masked"])
    return table(
        export_id=numbered("EX", s.size),
        at=s.times(s.size),
        sensitive_fields=fields,
        masked_fields=[one - 2 if bad else one for one, bad in zip(fields, careless, strict=True)],
        approved=s.lots.flags(s.size, s.work["approved"]),
    )


def log_retention(s: Setting) -> list[Row]:
    """Months that logs are kept: the first the shortest."""
    months = int(s.work["log_months"])
    return table(log=_LOGS[: s.size], months=[months + 2 * n for n in range(s.size)])


def security_issues(s: Setting) -> list[Row]:
    """Issues found and mended."""
    in_time = s.lots.flags(s.size, s.work["issues_in_time"])
    return table(issue_id=numbered("SI", s.size), found_on=s.days(s.size), in_limit=in_time)


def _used(s: Setting) -> list[str]:
    """Return the scenarios in use: the same for every form that asks."""
    ids = s.plan.scenarios.ids
    return list(ids[: round(len(ids) * s.work["scenarios_in_use"])])


def scenario_use(s: Setting) -> list[Row]:
    """Work touched and adopted in each scenario in use, month by month."""
    pairs = [(scenario, month) for scenario in _used(s) for month in s.months()]
    touched = [round(_WORK * s.work["scenarios_touched"] * one) for one in s.lots.even(len(pairs), 0.9, 1.1).tolist()]
    return table(
        record_id=numbered("SU", len(pairs)),
        scenario=[scenario for scenario, _ in pairs],
        month=[month for _, month in pairs],
        work=[_WORK] * len(pairs),
        touched=[min(one, _WORK) for one in touched],
        adopted=[round(min(one, _WORK) * s.work["scenarios_adopted"]) for one in touched],
    )


def scenario_effects(s: Setting) -> list[Row]:
    """Outcomes before and after with a control group: where the effect shows the treated change and the control not."""
    used, months = _used(s), _months_around(s)
    shown = s.lots.flags(len(used), s.work["scenarios_shown"])
    triples = [(scenario, arm, n) for scenario in used for arm in ("treated", "control") for n in range(len(months))]
    noise = s.lots.even(len(triples), -0.01, 0.01).tolist()
    effects = dict(zip(used, shown, strict=True))
    values = []
    for (scenario, arm, n), off in zip(triples, noise, strict=True):
        gain = _EFFECT if effects[scenario] and arm == "treated" and n >= _BEFORE else 0.0
        values.append(round(0.5 + (gain if scenario in s.plan.scenarios.up else -gain) + off, 4))
    return table(
        record_id=numbered("SE", len(triples)),
        scenario=[scenario for scenario, _, _ in triples],
        arm=[arm for _, arm, _ in triples],
        month=[months[n] for _, _, n in triples],
        after=[n >= _BEFORE for _, _, n in triples],
        value=values,
        samples=[_SAMPLES] * len(triples),
    )


def _months_around(s: Setting) -> list[date]:
    """Return the months of the period after as many before it."""
    within = s.months()
    earlier: list[date] = []
    month = within[0]
    for _ in range(_BEFORE):
        month = (month - timedelta(days=1)).replace(day=1)
        earlier.append(month)
    return [*reversed(earlier), *within]


GENERATORS: Generators = {
    "systems": systems,
    "data_returns": data_returns,
    "catalogue_rules": catalogue_rules,
    "audits": audits,
    "exports": exports,
    "log_retention": log_retention,
    "security_issues": security_issues,
    "scenario_use": scenario_use,
    "scenario_effects": scenario_effects,
}
