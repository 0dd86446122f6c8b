"""Orders over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from suqiu.domain.order import StepKind
from suqiu.web.accounts.roles import Right, step_right
from suqiu.web.api.rights import GRANTABLE, ONLY_PEOPLE
from suqiu.web.audit.models import Entry
from suqiu.web.orders.actions import ACTIONS
from suqiu.web.orders.models import Order
from suqiu.web.site import site
from tests.web.api.checked import Checked, published
from tests.web.api.conftest import Knock, coming, demand

pytestmark = pytest.mark.django_db


def _accepted(system: Checked, **changes: Any) -> dict[str, Any]:
    answer = system.send("POST", "/api/v1/orders", coming(demand(**changes)))
    assert answer.status_code == 201, answer.content.decode()
    found: dict[str, Any] = answer.json()["orders"][0]
    return found


def test_a_call_with_two_demands_becomes_two_orders_of_one_contact(knock: Knock) -> None:
    answer = knock().send("POST", "/api/v1/orders", coming(demand(), demand(title="井盖缺失")))
    said = answer.json()
    assert answer.status_code == 201
    assert [one["contact"] for one in said["orders"]] == [said["contact"]] * 2
    assert [one["status"] for one in said["orders"]] == ["accepted"] * 2


def test_who_called_is_only_ever_shown_masked(knock: Knock) -> None:
    system = knock()
    order = _accepted(system, text="我叫张建国，电话13812345678，路灯坏了请修。")
    call = system.get(f"/api/v1/contacts/{order['contact']}")
    texts = system.get(f"/api/v1/orders/{order['number']}").content + call.content
    assert call.json()["caller"]["phone"].startswith("138")
    assert "13812345678" not in texts.decode()
    assert "张建国" not in texts.decode()


def test_of_a_secret_caller_nothing_is_shown_at_all(knock: Knock) -> None:
    system = knock()
    said = system.send("POST", "/api/v1/orders", coming(secret=True)).json()
    assert system.get(f"/api/v1/contacts/{said['contact']}").json()["caller"] is None


def test_a_page_goes_on_where_the_last_ended(knock: Knock) -> None:
    system = knock()
    for n in range(5):
        _accepted(system, title=f"第{n}件")
    first = system.get("/api/v1/orders?limit=2").json()
    second = system.get("/api/v1/orders", {"limit": 2, "cursor": first["next"]}).json()
    third = system.get("/api/v1/orders", {"limit": 2, "cursor": second["next"]}).json()
    titles = [one["title"] for page in (first, second, third) for one in page["items"]]
    assert titles == [f"第{n}件" for n in (4, 3, 2, 1, 0)]
    assert third["next"] is None


def test_filters_let_through_what_they_name_and_refuse_what_they_do_not_know(knock: Knock) -> None:
    system = knock()
    leaf = site().city.taxonomy.leaves[0].id
    _accepted(system, category=leaf, title="有分类")
    _accepted(system, title="无分类")
    wide = system.get("/api/v1/orders", {"category": leaf.split(".")[0]}).json()["items"]
    assert [one["title"] for one in wide] == ["有分类"]
    assert system.get("/api/v1/orders?status=closed").json()["items"] == []
    answer = system.get("/api/v1/orders?statu=closed")
    assert answer.status_code == 422
    assert "statu" in answer.json()["error"]["message"]
    assert system.get("/api/v1/orders?cursor=bm9uc2Vuc2U").status_code == 422


def test_a_token_sees_the_orders_of_its_scope_and_no_others(knock: Knock) -> None:
    everything = knock()
    region = site().city.regions[0].id
    inside, outside = _accepted(everything, place=region), _accepted(everything)
    limited = knock(Right.SEE_ORDERS, regions=(region,))
    assert [one["number"] for one in limited.get("/api/v1/orders").json()["items"]] == [inside["number"]]
    assert limited.get(f"/api/v1/orders/{outside['number']}").status_code == 404
    assert limited.get(f"/api/v1/contacts/{outside['contact']}").status_code == 404


def test_an_order_is_moved_on_with_the_version_that_was_seen(knock: Knock) -> None:
    system = knock()
    order = _accepted(system)
    unit = site().city.departments[0].id
    where = f"/api/v1/orders/{order['number']}/steps"
    step = {"kind": "dispatch", "department": unit}
    assert system.send("POST", where, step).status_code == 428
    assert system.send("POST", where, step, If_Match='"7"').status_code == 412
    assert system.send("POST", where, {**step, "version": 7}).status_code == 409
    seen = system.get(f"/api/v1/orders/{order['number']}")
    moved = system.send("POST", where, step, If_Match=seen["ETag"])
    assert moved.status_code == 201
    assert moved.json()["department"] == unit
    history = system.get(where).json()
    assert [one["kind"] for one in history] == ["accept", "dispatch"]
    assert history[1]["actor"] == "api:系统1"


def test_what_is_offered_is_what_the_token_may_do(knock: Knock) -> None:
    system = knock(Right.SEE_ORDERS, step_right(StepKind.ACCEPT), step_right(StepKind.DISPATCH))
    order = _accepted(system)
    offered = system.get(f"/api/v1/orders/{order['number']}/offered").json()
    assert [one["kind"] for one in offered] == ["dispatch"]
    assert offered[0]["needs"] == ["department"]


def test_a_correction_needs_the_version_too_and_names_unknown_fields(knock: Knock) -> None:
    system = knock()
    order = _accepted(system)
    where = f"/api/v1/orders/{order['number']}"
    assert system.send("PATCH", where, {"title": "路灯全部损坏"}).status_code == 428
    answer = system.send("PATCH", where, {"title": "路灯全部损坏", "version": order["version"]})
    assert answer.json()["title"] == "路灯全部损坏"
    wrong = system.send("PATCH", where, {"titel": "x", "version": order["version"]})
    assert wrong.status_code == 422
    assert "titel" in wrong.json()["error"]["message"]


@pytest.mark.parametrize("kind", sorted(ONLY_PEOPLE))
def test_no_machine_closes_rejects_or_judges(knock: Knock, kind: StepKind) -> None:
    assert step_right(kind) not in GRANTABLE
    system = knock()
    order = _accepted(system)
    answer = system.send("POST", f"/api/v1/orders/{order['number']}/steps", {"kind": kind, "reason": "x", "version": 1})
    assert answer.status_code == 422
    assert Order.objects.get(number=order["number"]).status == "accepted"


def test_every_action_of_the_flow_that_a_machine_may_take_has_a_body_in_the_schema() -> None:
    kinds = published()["components"]["schemas"]["StepIn"]["discriminator"]["mapping"]
    assert set(kinds) == {str(kind) for kind in ACTIONS if kind not in ONLY_PEOPLE}


def test_reading_an_order_leaves_a_trace(knock: Knock) -> None:
    system = knock()
    order = _accepted(system)
    system.get(f"/api/v1/orders/{order['number']}")
    assert Entry.objects.filter(deed="order.read", actor="api:系统1", subject=f"order:{order['number']}").exists()


def test_the_citys_catalogues_are_whole(knock: Knock) -> None:
    system, city = knock(Right.SEE_ORDERS), site().city
    for name, count in (
        ("categories", len(city.taxonomy.categories)), ("departments", len(city.departments)),
        ("duties", len(city.duties)), ("regions", len(city.regions)), ("limits", len(city.limits.limits)),
    ):  # fmt: skip
        assert len(system.get(f"/api/v1/city/{name}").json()) == count


def test_anybody_may_ask_whether_it_works(db: None) -> None:
    assert Checked().get("/api/v1/health").json()["status"] == "ok"
