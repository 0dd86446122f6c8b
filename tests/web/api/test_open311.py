"""Open311 GeoReport v2 against the specification's own lists of fields, in both forms, inward and outward."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.roles import Right, step_right
from suqiu.web.orders.models import Order
from suqiu.web.site import site
from tests.web import made
from tests.web.api.conftest import Knock

pytestmark = pytest.mark.django_db

# As wiki.open311.org/GeoReport_v2 and /Service_Discovery list them.
SERVICE = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
DEFINITION = ["service_code", "attributes"]
ATTRIBUTE = ["variable", "code", "datatype", "required", "datatype_description", "order", "description", "values"]
MADE = ["service_request_id", "service_notice", "account_id"]
REQUEST = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "lat", "long", "media_url",
]  # fmt: skip
TOKEN = ["service_request_id", "token"]
DISCOVERY = ["changeset", "contact", "key_service", "endpoints"]
ENDPOINT = ["specification", "url", "changeset", "type", "formats"]
ERROR = ["code", "description"]
FORMS = pytest.mark.parametrize("form", ["json", "xml"])


def _get(path: str, form: str, status: int = 200, /, **query: str) -> Any:
    return _read(Client().get(f"/open311/v2/{path}.{form}", query), form, status)


def _read(answer: Any, form: str, status: int) -> Any:
    assert answer.status_code == status, answer.content.decode()
    if form == "json":
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        return json.loads(answer.content)
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return fromstring(answer.content)


def _rows(said: Any, form: str, *, root: str, item: str) -> list[dict[str, Any]]:
    """Return a list in either form as the same rows; the names of elements are checked on the way."""
    if form == "json":
        assert isinstance(said, list)
        return said
    assert said.tag == root
    assert {one.tag for one in said} <= {item}
    return [_row(one) for one in said]


def _row(element: Element) -> dict[str, Any]:
    return {one.tag: list(one) if len(one) else one.text for one in element}


@pytest.fixture
def key(knock: Knock) -> str:
    """An api_key that may do everything that Open311 knows."""
    return knock(Right.SEE_ORDERS, step_right(StepKind.ACCEPT)).token


@FORMS
def test_the_service_list_has_the_specifications_fields(form: str) -> None:
    rows = _rows(_get("services", form), form, root="services", item="service")
    assert len(rows) == len(site().city.taxonomy.leaves)
    assert all(list(row) == SERVICE for row in rows)
    assert {row["type"] for row in rows} == {"realtime"}
    assert {row["metadata"] for row in rows} <= {True, "true"}


@FORMS
def test_a_service_definition_has_the_specifications_fields(form: str) -> None:
    code = site().city.taxonomy.leaves[0].id
    said = _get(f"services/{code}", form)
    if form == "xml":
        assert said.tag == "service_definition"
        attributes = [_row(one) for one in said.find("attributes")]
        assert [one.tag for one in said] == DEFINITION
        values = said.find("attributes").findall("attribute/values/value")
        assert all([one.tag for one in value] == ["key", "name"] for value in values)
    else:
        assert list(said) == DEFINITION
        attributes = said["attributes"]
        assert all(list(value) == ["key", "name"] for one in attributes for value in one["values"])
    assert all(list(one) == ATTRIBUTE for one in attributes)


@FORMS
def test_requests_have_the_specifications_fields_and_only_their_public_side(form: str) -> None:
    made.order(
        "handling", text="门牌12号的王大妈家水管爆了", address="滨江花园3栋2单元", lon=115.31, lat=30.05, place="01.01"
    )
    for path in ("requests", f"requests/{Order.objects.get().number}"):
        [row] = _rows(_get(path, form), form, root="service_requests", item="request")
        assert list(row) == REQUEST
        assert row["status"] == "open"
        assert row["description"] == "城市管理—违法建设—住宅私搭乱建"
        assert row["address"] == "城中区钟楼街道"
        assert row["agency_responsible"] is None
        assert (str(row["lat"]), str(row["long"])) != ("30.05", "115.31")
        assert row["requested_datetime"].endswith("+08:00")


@FORMS
def test_who_holds_a_token_sees_what_is_in_its_scope(knock: Knock, form: str) -> None:
    inside, outside = made.order("replied", place="01.01"), made.order("handling", place="02.01")
    said = _get("requests", form, api_key=knock(Right.SEE_ORDERS, regions=("01",)).token)
    rows = {row["service_request_id"]: row for row in _rows(said, form, root="service_requests", item="request")}
    assert "滨江花园" in rows[inside.number]["description"]
    assert rows[inside.number]["agency_responsible"]
    assert "滨江花园" not in rows[outside.number]["description"]


def test_secret_callers_reports_of_wrongdoing_and_emergencies_are_not_public() -> None:
    public = made.order("handling")
    hidden = [
        made.order("handling", secret=True), made.order("handling", type="report"), made.order("accepted", category=""),
        made.order("handling", text="有人要跳楼，快来救人"), made.order("voided"),
    ]  # fmt: skip
    assert hidden[3].emergency_cue
    assert [row["service_request_id"] for row in _get("requests", "json")] == [public.number]
    for one in hidden:
        _get(f"requests/{one.number}", "json", 404)
        _get(f"tokens/{one.number}", "json", 404)
        assert _get("requests", "json", service_request_id=one.number) == []


def test_requests_are_found_by_code_status_time_and_number() -> None:
    first, second = made.order("handling"), made.order("closed", category="01.01.01")

    def numbers(**query: str) -> set[str]:
        return {row["service_request_id"] for row in _get("requests", "json", **query)}

    assert numbers(service_code="01.01.01") == {second.number}
    assert numbers(service_code="01.01.01,02.03.01") == {first.number, second.number}
    assert numbers(status="open") == {first.number}
    assert numbers(status="closed") == {second.number}
    assert numbers(status="open,closed") == {first.number, second.number}
    assert numbers(service_request_id=f"{first.number},{second.number}", status="nonsense") == {
        first.number, second.number,
    }  # fmt: skip
    assert numbers(end_date="2020-01-01T00:00:00Z") == set()
    assert numbers(page="1", page_size="1") == {second.number}
    assert numbers(page="2", page_size="1") == {first.number}
    assert numbers(page="3", page_size="1") == set()


@FORMS
def test_a_demand_comes_in_by_a_form(key: str, form: str) -> None:
    said = {
        "api_key": key, "service_code": "02.03.01", "lat": "30.047", "long": "115.319", "description": "楼顶又在加盖",
        "email": "wang@example.com", "phone": "13912345678", "first_name": "小明", "last_name": "王",
        "device_id": "abc", "account_id": "", "media_url": "https://photos.example/1.jpg",
        "address_string": "滨江花园", "attribute[demand_type]": "complaint", "attribute[object_name]": "某物业",
        "attribute[secret]": "no", "jurisdiction_id": site().city.id,
    }  # fmt: skip
    [row] = _rows(
        _read(Client().post(f"/open311/v2/requests.{form}", said), form, 201), form, root="service_requests",
        item="request",
    )  # fmt: skip
    assert list(row) == MADE
    order = Order.objects.select_related("contact__person").get(number=row["service_request_id"])
    assert (order.category, order.type, order.channel) == ("02.03.01", "complaint", "app")
    assert (order.object_name, order.address, order.lon) == ("某物业", "滨江花园", 115.319)
    assert order.place.startswith("01.01")
    assert "https://photos.example/1.jpg" in order.text
    assert order.contact.person is not None
    rows = str(list(Order.objects.values()))
    assert "13912345678" not in rows
    assert "wang@example.com" not in rows


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/json", '{"api_key":"%s","service_code":"02.03.01",'
                             '"address_string":"滨江花园","description":"加盖"}'),
        ("text/xml", "<service_request><api_key>%s</api_key><service_code>02.03.01</service_code>"
                     "<address_string>滨江花园</address_string><description>加盖</description></service_request>"),
    ],
)  # fmt: skip
def test_a_demand_comes_in_as_json_or_xml_too(key: str, media: str, body: str) -> None:
    answer = Client().post("/open311/v2/requests.json", (body % key).encode(), content_type=media)
    assert answer.status_code == 201, answer.content.decode()
    assert Order.objects.get().address == "滨江花园"


def test_a_demand_that_carries_a_key_is_taken_down_once(key: str) -> None:
    said = {"service_code": "02.03.01", "address_string": "滨江花园", "api_key": key}
    for _ in range(2):
        answer = Client().post("/open311/v2/requests.json", said, headers={"Idempotency-Key": "sent-0001"})
        assert answer.status_code == 201
    assert Order.objects.count() == 1


@FORMS
@pytest.mark.parametrize(
    ("status", "change"),
    [
        (403, {"api_key": ""}), (403, {"api_key": "suqiu_" + "x" * 43}), (400, {"service_code": ""}),
        (404, {"service_code": "99.99.99"}), (404, {"service_code": "02"}), (404, {"jurisdiction_id": "elsewhere"}),
        (400, {"address_string": ""}), (400, {"lat": "30"}), (400, {"lat": "91", "long": "115"}),
        (400, {"lat": "nan", "long": "nan"}), (400, {"media_url": "javascript:alert(1)"}),
        (400, {"attribute[unknown]": "x"}), (400, {"attribute[demand_type]": "nonsense"}), (400, {"colour": "red"}),
        (400, {"address_id": "nowhere"}), (400, {"description": "x" * 4001}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_as_the_specification_says_it(
    key: str, form: str, status: int, change: dict[str, str]
) -> None:
    said = {"api_key": key, "service_code": "02.03.01", "address_string": "滨江花园", "description": "加盖"} | change
    answer = Client().post(f"/open311/v2/requests.{form}", said)
    [row] = _rows(_read(answer, form, status), form, root="errors", item="error")
    assert list(row) == ERROR
    assert row["code"] == str(status)
    assert not Order.objects.exists()


@FORMS
@pytest.mark.parametrize(
    ("status", "path", "query"),
    [
        (404, "services/99.99.99", {}), (404, "requests/LJ0", {}), (404, "tokens/LJ0", {}), (404, "nowhere", {}),
        (404, "services", {"jurisdiction_id": "elsewhere"}), (400, "requests", {"status": "half"}),
        (400, "requests", {"start_date": "yesterday"}), (400, "requests", {"start_date": "2026-05-01T00:00:00"}),
        (400, "requests", {"start_date": "2020-01-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}),
        (400, "requests", {"page": "0"}), (400, "requests", {"page_size": "1001"}),
        (404, "requests", {"service_code": "x"}),
    ],
)  # fmt: skip
def test_questions_that_cannot_be_answered_are_refused_in_the_same_way(
    form: str, status: int, path: str, query: dict[str, str]
) -> None:
    [row] = _rows(_get(path, form, status, **query), form, root="errors", item="error")
    assert list(row) == ERROR


@FORMS
def test_a_token_leads_to_its_request(form: str) -> None:
    order = made.order("handling")
    [row] = _rows(_get(f"tokens/{order.number}", form), form, root="service_requests", item="request")
    assert row == dict.fromkeys(TOKEN, order.number)


@FORMS
def test_discovery_says_where_and_in_what_forms(form: str) -> None:
    said = _get("discovery", form)
    if form == "json":
        assert list(said) == DISCOVERY
        assert list(said["endpoints"][0]) == ENDPOINT
        assert said["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    else:
        assert [one.tag for one in said] == DISCOVERY
        assert [one.tag for one in said.find("endpoints/endpoint")] == ENDPOINT


def test_an_address_answers_the_methods_it_knows() -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert Client().generic(method, "/open311/v2/requests.json").status_code == 405
    assert Client().post("/open311/v2/services.xml").status_code == 405


def test_signs_that_xml_cannot_hold_do_not_break_an_answer() -> None:
    made.order("handling")
    Order.objects.update(title="<b>&\x0b\ufffe]]>", status="handling")
    from suqiu.web.api.open311.saying import answer

    said = fromstring(answer("xml", "errors", [{"code": "1", "description": "<b>&\x0b\ufffe]]>\x00"}]).content)
    assert said.find("error/description").text == "<b>&\ufffd\ufffd]]>\ufffd"
