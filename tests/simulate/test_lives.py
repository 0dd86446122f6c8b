from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from suqiu.domain.order import NAMES, Status, Step, StepKind, WorkOrder
from tests.simulate.conftest import Made
from tests.simulate.reading import sheet, true_orders, truth

KINDS = {NAMES[kind].zh: kind for kind in StepKind}


def histories(made: Made) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    known = {str(row["order_id"]) for row in truth(made.out, "orders")}
    for row in sheet(made.out / "steps.csv"):
        if row["工单编号"] in known:
            found[row["工单编号"]].append(row)
    return found


def lived(number: str, rows: list[dict[str, str]]) -> WorkOrder:
    order = WorkOrder(number, "", "")
    for row in rows:
        step = Step(KINDS[row["环节"]], datetime.fromisoformat(row["时间"]), row["操作人"], row["承办单位"] or None)
        order = order.after(step)
    return order


def test_every_history_follows_the_flow_and_ends_where_the_order_says(made: Made) -> None:
    orders = true_orders(made.out)
    for number, rows in histories(made).items():
        order = lived(number, rows)
        assert order.status is not None
        assert NAMES[order.status].zh == orders[number]["工单状态"], number
        assert (order.department or "") == orders[number]["承办单位"], number


def test_every_order_has_a_history_numbered_from_one(made: Made) -> None:
    found = histories(made)
    assert found.keys() == true_orders(made.out).keys()
    assert all([int(row["序号"]) for row in rows] == list(range(1, len(rows) + 1)) for rows in found.values())


def test_almost_every_kind_of_step_happens_in_some_history(made: Made) -> None:
    seen = {KINDS[row["环节"]] for rows in histories(made).values() for row in rows}
    assert set(StepKind) - seen <= {StepKind.UNMERGE, StepKind.DROP_ASSIST, StepKind.UPHOLD_APPEAL, StepKind.RATE}


def test_about_half_of_the_inquiries_are_closed_on_the_line(made: Made) -> None:
    inquiries = [row for row in truth(made.out, "orders") if row["type"] == "consult"]
    share = sum(bool(row["direct"]) for row in inquiries) / len(inquiries)
    assert 0.4 < share < 0.6
    found = histories(made)
    direct = next(row for row in inquiries if row["direct"])
    assert StepKind.DISPATCH not in [KINDS[step["环节"]] for step in found[str(direct["order_id"])]]


def test_orders_sent_to_the_wrong_department_come_back(made: Made) -> None:
    found = histories(made)
    wrong = [str(row["order_id"]) for row in truth(made.out, "orders") if row["misdispatched"]]
    bounced = [n for n in wrong if StepKind.REQUEST_RETURN in [KINDS[step["环节"]] for step in found[n]]]
    assert len(wrong) > 200
    assert len(bounced) > 0.9 * len(wrong)  # the rest is still under way, or was withdrawn


def test_a_gamed_closure_falls_just_before_the_limit_and_says_nothing(made: Made) -> None:
    orders = true_orders(made.out)
    done = {NAMES[status].zh for status in (Status.CLOSED, Status.APPRAISED)}
    numbers = [str(row["order_id"]) for row in truth(made.out, "orders") if row["gamed"]]
    gamed = [orders[number] for number in numbers if orders[number]["工单状态"] in done]
    early = [
        datetime.fromisoformat(o["办理时限"]) - datetime.fromisoformat(o["办结时间"])
        for o in gamed
        if o["办结时间"] and datetime.fromisoformat(o["办结时间"]) <= datetime.fromisoformat(o["办理时限"])
    ]
    assert len(early) >= 0.8 * len(gamed) > 5
    assert max(gap.total_seconds() for gap in early) <= 3600
    assert all(len(order["答复内容"]) < 60 for order in gamed)


def test_departments_differ_as_planted(made: Made) -> None:
    rows = [row for row in truth(made.out, "orders") if not row["direct"]]

    def share(unit: str, what: str) -> float:
        mine = [bool(row[what]) for row in rows if row["department"] == unit]
        return sum(mine) / len(mine)

    assert share("Q1", "late") > 0.2 > 0.05 > share("D02", "late")
    assert share("Q1", "gamed") > 0.1
    assert share("D02", "gamed") == 0
    assert share("D02", "solved") > share("Q1", "solved") + 0.2


def test_callers_are_content_when_the_matter_was_solved(made: Made) -> None:
    orders = true_orders(made.out)
    happy = {True: [0, 0], False: [0, 0]}
    for row in truth(made.out, "orders"):
        grade = orders[str(row["order_id"])]["满意度"]
        if grade and row["solved"] is not None:
            happy[bool(row["solved"])][0] += grade in ("满意", "非常满意")
            happy[bool(row["solved"])][1] += 1
    assert happy[True][0] / happy[True][1] > 0.7
    assert happy[False][0] / happy[False][1] < 0.2


def test_merged_orders_name_the_order_they_repeat(made: Made) -> None:
    first = {str(row["order_id"]): row["repeat_of"] for row in truth(made.out, "orders")}
    merges = [row for rows in histories(made).values() for row in rows if row["环节"] == "并单"]
    assert len(merges) > 20
    assert all(row["并入工单"] == first[row["工单编号"]] for row in merges)


def test_calls_are_answered_before_they_end_and_cover_every_telephone_order(made: Made) -> None:
    calls = sheet(made.out / "calls.csv")
    assert all(c["排队时间"] <= (c["接听时间"] or c["结束时间"]) <= c["结束时间"] for c in calls)
    phoned = {n for n, row in true_orders(made.out).items() if row["受理渠道"] == "电话"}
    assert phoned == {call["工单编号"] for call in calls if call["工单编号"]}
    missed = [call for call in calls if not call["接听时间"]]
    assert 0.01 < len(missed) / len(calls) < 0.12
    assert len({call["通话编号"] for call in calls}) == len(calls)
