"""Nothing that anybody sends breaks a door: it is refused with a hint, or taken as the harmless text that it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suqiu.web.api.models import Import, Subscription
from suqiu.web.api.reading import _HIDDEN
from suqiu.web.orders.models import Attachment, Order
from tests.web import made
from tests.web.api import hostile
from tests.web.api.checked import Checked
from tests.web.api.conftest import Knock, coming, demand

pytestmark = pytest.mark.django_db

DEMAND = ("title", "text", "type", "category", "place", "urgency", "address", "object_name", "lon", "lat")
CALL = ("channel", "caller", "secret", "call_id", "language", "at", "demands")
CALLER = ("name", "phone", "contact")
FILTERS = (
    "status", "type", "channel", "urgency", "category", "place", "department", "supervised", "accepted_from",
    "accepted_to", "due_before", "changed_since", "cursor", "limit",
)  # fmt: skip
OPEN311 = (
    "api_key", "jurisdiction_id", "service_code", "lat", "long", "address_string", "address_id", "email", "device_id",
    "account_id", "first_name", "last_name", "phone", "description", "media_url", "attribute[secret]",
    "attribute[demand_type]", "attribute[object_name]", "attribute[x]",
)  # fmt: skip
QUESTIONS = ("service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size", "api_key")
PORTAL = ("type", "text", "place", "address", "name", "phone", "secret", "key")
STEPS = (
    "kind", "version", "reason", "text", "department", "assisting", "until", "parent", "files", "solved",
    "satisfaction", "reached", "grade", "unknown",
)  # fmt: skip
CORRECTED = ("title", "text", "category", "place", "address", "lon", "urgency")
#: Signs that a browser cannot send by a header or address as they stand.
SENDABLE = {kind: text for kind, text in hostile.TEXTS.items() if len(text) < 5000}


class Said:
    """Counts what was sent, and gathers every answer that is not as it must be."""

    def __init__(self) -> None:
        self.cases = 0
        self.faults: list[str] = []

    def hear(self, case: str, answer: Any, *, may: tuple[int, ...] = (), shape: str = "rest") -> None:
        """Hold one answer: a refusal in its shape, or one of the statuses that may be."""
        self.cases += 1
        status = answer.status_code
        if status in may:
            return
        if not 400 <= status < 500:
            self.faults.append(f"{case}: {status} {answer.content[:200]!r}")
            return
        try:
            self._shape(answer, shape)
        except (AssertionError, ValueError, KeyError, TypeError) as error:
            self.faults.append(f"{case}: {status} without the shape ({error!r}): {answer.content[:200]!r}")

    def _shape(self, answer: Any, shape: str) -> None:
        if shape == "page":
            assert answer["Content-Type"].startswith("text/html")
            return
        if shape == "open311":
            [said] = json.loads(answer.content)
            assert list(said) == ["code", "description"]
            assert said["description"].count("。") >= 1
            return
        said = json.loads(answer.content)["error"]
        assert all(isinstance(said[name], str) and said[name].strip() for name in ("code", "message", "hint"))

    def end(self) -> None:
        """Refuse what was gathered; hold that nothing lies in the tables that should not."""
        assert not self.faults, f"{len(self.faults)} of {self.cases}:\n" + "\n".join(self.faults[:12])
        for order in Order.objects.all():
            kept = "".join((order.title, order.text, order.address, order.object_name))
            assert not _HIDDEN.search(kept)
            assert len(order.title) <= 120
            assert len(order.text) <= 10_000


@pytest.fixture
def said() -> Iterator[Said]:
    """What is said to the doors in a test."""
    gathered = Said()
    yield gathered
    gathered.end()


@pytest.mark.parametrize("field", DEMAND)
def test_a_demands_fields_bear_anything(knock: Knock, said: Said, field: str) -> None:
    system = knock()
    for kind, text in hostile.some(hostile.TEXTS | hostile.WRONG, field):
        answer = system.send("POST", "/api/v1/orders", coming(demand(**{field: text})))
        said.hear(f"{field} {kind}", answer, may=(201,))


@pytest.mark.parametrize("field", [*CALL, *(f"caller.{name}" for name in CALLER)])
def test_a_calls_fields_bear_anything(knock: Knock, said: Said, field: str) -> None:
    system = knock()
    _, _, inner = field.partition(".")
    for kind, text in hostile.some(hostile.TEXTS | hostile.WRONG, field):
        body = coming(caller={inner: text}) if inner else coming(**{field: text})
        said.hear(f"{field} {kind}", system.send("POST", "/api/v1/orders", body), may=(201,))


def test_bodies_that_are_no_json_are_refused_and_nothing_is_kept(knock: Knock, said: Said) -> None:
    system = knock()
    order = made.accepted()
    targets = (
        ("POST", "/api/v1/orders"), ("PATCH", f"/api/v1/orders/{order.number}"),
        ("POST", f"/api/v1/orders/{order.number}/steps"), ("POST", "/api/v1/webhooks"),
    )  # fmt: skip
    for method, path in targets:
        for kind, body in hostile.some(hostile.BODIES, path, 2):
            answer = system.generic(method, path, body, "application/json")
            said.hear(f"{method} {path} {kind}", answer)
        for media in hostile.MEDIA:
            said.hear(f"{method} {path} {media}", system.generic(method, path, json.dumps(coming()), media))
    assert Order.objects.count() == 1
    assert Order.objects.get().version == 1
    assert not Subscription.objects.exists()


def test_headers_bear_anything(knock: Knock, said: Said) -> None:
    system, order = knock(), made.accepted()
    for kind, text in hostile.some(SENDABLE, "headers", 3):
        plain = text.encode("utf-8", "surrogatepass").decode("latin-1").replace("\r", "").replace("\n", "")
        for name in ("Idempotency-Key", "If-Match", "Accept-Language", "Content-Encoding", "X-Forwarded-For", "Accept"):
            path = f"/api/v1/orders/{order.number}/steps"
            answer = system.send("POST", path, {"kind": "dispatch", "department": "D99"}, **{name: plain})
            said.hear(f"{name} {kind}", answer)
        answer = Client().get("/api/v1/orders", headers={"Authorization": f"Bearer {plain}"})
        said.hear(f"token {kind}", answer)


@pytest.mark.parametrize("name", FILTERS)
def test_filters_bear_anything(knock: Knock, said: Said, name: str) -> None:
    system = knock()
    made.accepted()
    for kind, text in hostile.some(SENDABLE, name):
        said.hear(f"{name} {kind}", system.get("/api/v1/orders", {name: text}), may=(200,))
        said.hear(f"export {name} {kind}", system.get("/api/v1/exports/orders", {name: text}), may=(200,))
    said.hear("twice", system.get(f"/api/v1/orders?{name}=1&{name}=2"))


def test_addresses_bear_anything(knock: Knock, said: Said) -> None:
    system = knock()
    patterns = (
        "/api/v1/orders/{}", "/api/v1/orders/{}/steps", "/api/v1/orders/{}/attachments/x", "/api/v1/contacts/{}",
        "/api/v1/webhooks/{}/deliveries", "/api/v1/imports/{}/errors", "/api/v1/{}", "/open311/v2/{}",
        "/open311/v2/requests/{}.json", "/open311/v2/services/{}.json", "/open311/v2/tokens/{}.json",
    )  # fmt: skip
    for pattern in patterns:
        shape = "open311" if "open311" in pattern else "rest"
        for kind, text in hostile.some(SENDABLE, pattern, 4):
            answer = system.get(pattern.format(quote(text, safe="")))
            said.hear(
                f"{pattern} {kind}", answer, shape=shape, may=(200,) if kind == "blank" and "v1/{}" in pattern else ()
            )
    for method in ("TRACE", "PUT", "PROPFIND", "OPTIONS", "X"):
        said.hear(method, system.generic(method, "/api/v1/orders"))


@pytest.mark.parametrize("field", STEPS)
def test_the_fields_of_steps_bear_anything(knock: Knock, said: Said, field: str) -> None:
    system, order = knock(), made.order("handling")
    path = f"/api/v1/orders/{order.number}/steps"
    kinds = ("reply", "request_extension", "redispatch", "merge", "call_back")
    for n, (kind, text) in enumerate(hostile.some(hostile.TEXTS | hostile.WRONG, field)):
        body = {"kind": kinds[n % len(kinds)], "version": order.version, "reason": "理由", "text": "答复", field: text}
        said.hear(f"{field} {kind}", system.send("POST", path, body))
    order.refresh_from_db()
    assert order.status == "handling"


@pytest.mark.parametrize("field", CORRECTED)
def test_corrections_bear_anything(knock: Knock, said: Said, field: str) -> None:
    system, order = knock(), made.accepted()
    for kind, text in hostile.some(hostile.TEXTS | hostile.WRONG, field):
        body = {"version": order.version, field: text}
        said.hear(f"{field} {kind}", system.send("PATCH", f"/api/v1/orders/{order.number}", body), may=(200,))


def test_addresses_of_subscribers_bear_anything(knock: Knock, said: Said) -> None:
    system = knock()
    for kind, text in hostile.some(hostile.TEXTS | hostile.WRONG, "subscriber", 2):
        for name in ("url", "events"):
            body = {"url": "https://receiver.example/hook", name: text}
            said.hear(f"{name} {kind}", system.send("POST", "/api/v1/webhooks", body), may=(201,) if text == [] else ())
        said.hear(f"within {kind}", system.send("POST", "/api/v1/webhooks", {"url": f"http://127.0.0.1/{text}"}))
    assert Subscription.objects.count() <= 1


def test_files_that_are_not_what_they_say_are_refused(
    knock: Knock, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, order = knock(), made.accepted()
    path = f"/api/v1/orders/{order.number}/attachments"
    for kind, (name, content) in hostile.files().items():
        answer = system.post(path, {"file": SimpleUploadedFile(name, content), "kind": "demand"})
        said.hear(f"file {kind}", answer)
    assert not Attachment.objects.exists()
    said.hear("no file", system.post(path, {"kind": "demand"}))
    said.hear("text for a file", system.post(path, {"kind": "demand", "file": "x"}))
    for kind, text in hostile.some(SENDABLE, "kind of file"):
        answer = system.post(path, {"file": SimpleUploadedFile("a.jpg", made.photo()), "kind": text})
        said.hear(f"kind {kind}", answer)


def test_names_of_files_bear_anything(knock: Knock, said: Said) -> None:
    system, order = knock(), made.accepted()
    for kind, text in hostile.some(SENDABLE, "name of file", 3):
        plain = text.replace("\r", "").replace("\n", "").replace('"', "").encode("utf-8", "surrogatepass")
        for suffix in (b"", b".jpg"):
            body = (
                b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\ndemand\r\n--x\r\n'
                b'Content-Disposition: form-data; name="file"; filename="' + plain + suffix + b'"\r\n'
                b"Content-Type: image/jpeg\r\n\r\n" + made.photo() + b"\r\n--x--\r\n"
            )
            for path in (f"/api/v1/orders/{order.number}/attachments", "/api/v1/imports"):
                answer = system.generic("POST", path, body, "multipart/form-data; boundary=x")
                said.hear(f"{path} {kind}", answer, may=(201,))
    for row in Attachment.objects.all():
        assert not set(row.name) & set('/\\\0<>"\r\n')
        assert not _HIDDEN.search(row.name)
        down = system.get(f"/api/v1/orders/{order.number}/attachments/{row.code}")
        assert down["Content-Disposition"].startswith("attachment")
    assert not Import.objects.exists()


def test_forms_that_are_torn_are_refused(knock: Knock, said: Said) -> None:
    system = knock()
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    bodies = (
        b"", b"--x", b"--x--", head, head + b"a,b\r\n", b"x" * 500, head * 200,
        b"--x\r\nContent-Disposition:\r\n\r\n\r\n--x--",
        b"--x\r\n" + b"A: b\r\n" * 2000 + b"\r\n\r\n--x--", head.replace(b"a.csv", b"\xff\xfe") + b"x\r\n--x--",
        b"".join(b'--x\r\nContent-Disposition: form-data; name="n%d"\r\n\r\n1\r\n' % n for n in range(1500)) + b"--x--",
    )  # fmt: skip
    for n, body in enumerate(bodies):
        answer = system.generic("POST", "/api/v1/imports", body, "multipart/form-data; boundary=x")
        said.hear(f"form {n}", answer, may=(202,) if b"a,b" in body else ())
    long = system.generic(
        "POST", "/api/v1/imports", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH="99999999999"
    )
    said.hear("length", long)
    assert long.status_code == 413
    for length in ("-1", "x", "1e9", "１"):
        answer = system.generic("POST", "/api/v1/orders", b"{}", "application/json", CONTENT_LENGTH=length)
        said.hear(f"length {length}", answer)
    chunked = Checked(system.token).generic(
        "POST", "/api/v1/orders", b"{}", "application/json", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked"
    )
    assert chunked.status_code == 411


@pytest.mark.parametrize("field", OPEN311)
def test_open311s_parameters_bear_anything(knock: Knock, said: Said, field: str) -> None:
    key = knock().token
    for kind, text in hostile.some(hostile.TEXTS, field):
        body = {
            "api_key": key,
            "service_code": "02.03.01",
            "address_string": "滨江花园",
            "description": "x",
            field: text,
        }
        answer = Client().post("/open311/v2/requests.json", body)
        said.hear(f"{field} {kind}", answer, may=(201,), shape="open311")


@pytest.mark.parametrize("field", QUESTIONS)
def test_questions_of_open311_bear_anything(said: Said, field: str) -> None:
    made.accepted()
    for kind, text in hostile.some(SENDABLE, field):
        answer = Client().get("/open311/v2/requests.json", {field: text})
        said.hear(f"{field} {kind}", answer, may=(200,), shape="open311")


def test_xml_that_means_harm_is_refused_and_reads_no_file(knock: Knock, said: Said) -> None:
    key = knock().token
    for kind, body in hostile.XML.items():
        for media in ("text/xml", "application/xml"):
            answer = Client().post(f"/open311/v2/requests.json?api_key={key}", body, content_type=media)
            said.hear(f"xml {kind}", answer, shape="open311")
            assert b"root:" not in answer.content
    for kind, body in hostile.BODIES.items():
        answer = Client().post(f"/open311/v2/requests.json?api_key={key}", body, content_type="application/json")
        said.hear(f"json {kind}", answer, shape="open311")
    assert not Order.objects.exists()


@pytest.mark.parametrize("field", PORTAL)
def test_the_citizens_form_bears_anything(said: Said, field: str) -> None:
    for kind, text in hostile.some(SENDABLE, field):
        body = {
            "type": "help", "text": "小区门口的路灯坏了三天，请修复。", "place": "01.01", "address": "滨江花园",
            "name": "王女士", "phone": "13912345678", "key": "k" * 20, field: text,
        }  # fmt: skip
        answer = Client(REMOTE_ADDR=f"198.51.100.{said.cases % 250}").post("/portal/submit/check/", body)
        said.hear(f"{field} {kind}", answer, may=(200,), shape="page")
        shown = answer.content.decode()
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "49" not in shown or "7*7" in shown or field != "text" or kind != "jinja"


def test_every_text_is_tried_somewhere_and_more_than_five_hundred_cases_are_sent() -> None:
    places = [*DEMAND, *CALL, *(f"caller.{name}" for name in CALLER), *STEPS, *CORRECTED]
    tried = [kind for place in places for kind, _ in hostile.some(hostile.TEXTS | hostile.WRONG, place)]
    tried_outside = [kind for place in OPEN311 for kind, _ in hostile.some(hostile.TEXTS, place)]
    assert set(tried) >= set(hostile.TEXTS)
    assert set(tried_outside) >= set(hostile.TEXTS)
    whole = len(hostile.XML) * 2 + len(hostile.BODIES) * 3 + len(hostile.MEDIA) * 4 + len(hostile.files())
    assert len(tried) + len(tried_outside) + whole > 500
