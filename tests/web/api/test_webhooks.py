"""Subscribers are told of changes, truly, repeatedly, and nowhere that a subscriber must not point at."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import StepKind
from suqiu.web.api import announcing, sending
from suqiu.web.api.announcing import PAUSES, TRIES
from suqiu.web.api.models import Delivery, Subscription
from suqiu.web.jobs.worker import Worker
from suqiu.web.orders.models import Order
from suqiu.web.site import Site, site
from tests.web import made
from tests.web.api.checked import Checked
from tests.web.api.conftest import Knock, coming, demand

pytestmark = pytest.mark.django_db
Within = Callable[..., Any]


class Receiver(HTTPServer):
    """A subscriber's machine: keeps what it is sent, answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Keeping)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Keeping(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A subscriber's machine on this one."""
    with Receiver() as here:
        thread = threading.Thread(target=here.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield here
        here.shutdown()
        thread.join()


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that may send to addresses within."""
    open_site = Site(site().folder, replace(site().settings, webhook_private="on"))
    monkeypatch.setattr(sending, "site", lambda: open_site)


@pytest.fixture
def work(django_capture_on_commit_callbacks: Within) -> Callable[[], None]:
    """Do all background work that is due, with what follows its commits."""

    def do() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            Worker().once()

    return do


def _subscribed(system: Checked, url: str, *events: str) -> dict[str, Any]:
    answer = system.send("POST", "/api/v1/webhooks", {"url": url, "events": list(events)})
    assert answer.status_code == 201, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.enable_socket
def test_a_change_arrives_signed_and_without_personal_data(
    knock: Knock, receiver: Receiver, inside: None, work: Callable[[], None]
) -> None:
    system = knock()
    hook = _subscribed(system, receiver.url)
    system.send("POST", "/api/v1/orders", coming(demand(text="我是张建国，13812345678，路灯坏了。")))
    work()
    [(headers, body)] = receiver.got
    said = json.loads(body)
    assert (said["event"], said["order"]["number"]) == ("accept", Order.objects.get().number)
    assert "13812345678" not in body.decode()
    assert "张建国" not in body.decode()
    at, mark = (part.partition("=")[2] for part in headers["Suqiu-Signature"].split(","))
    wanted = hmac.new(hook["secret"].encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert mark == wanted
    assert headers["Suqiu-Delivery"] == said["id"]
    listed = system.get(f"/api/v1/webhooks/{hook['code']}/deliveries").json()
    assert [(one["state"], one["tries"], one["status"]) for one in listed] == [("delivered", 1, 204)]


@pytest.mark.enable_socket
def test_what_does_not_arrive_is_tried_with_growing_pauses_then_given_up_and_sent_anew_by_hand(
    knock: Knock, receiver: Receiver, inside: None, work: Callable[[], None]
) -> None:
    system = knock()
    hook = _subscribed(system, receiver.url)
    receiver.answers = [500] * TRIES
    system.send("POST", f"/api/v1/webhooks/{hook['code']}/test")
    work()
    ahead = 0.0
    for n, minutes in enumerate(PAUSES, 1):
        assert len(receiver.got) == n
        with made.days_later((ahead + minutes - 0.5) / 1440):
            work()
        assert len(receiver.got) == n  # not before its time
        ahead += minutes + 0.1
        with made.days_later(ahead / 1440):
            work()
    row = Delivery.objects.get()
    assert (row.state, row.tries, row.problem, row.next_at) == ("dead", TRIES, "webhook.refused", None)
    answer = system.send("POST", f"/api/v1/webhooks/{hook['code']}/deliveries/{row.code}/replay")
    assert answer.status_code == 202
    work()
    row.refresh_from_db()
    assert row.state == "delivered"
    assert {headers["Suqiu-Delivery"] for headers, _ in receiver.got} == {row.code}


@pytest.mark.enable_socket
def test_a_redirection_is_not_followed_and_410_ends_the_subscription(
    knock: Knock, receiver: Receiver, inside: None, work: Callable[[], None]
) -> None:
    system = knock()
    hook = _subscribed(system, receiver.url)
    receiver.answers = [302]
    system.send("POST", f"/api/v1/webhooks/{hook['code']}/test")
    work()
    assert Delivery.objects.get().problem == "webhook.redirected"
    receiver.answers = [410]
    system.send("POST", f"/api/v1/webhooks/{hook['code']}/test")
    work()
    assert not Subscription.objects.get().active
    assert len(receiver.got) == 2


@pytest.mark.enable_socket
def test_a_silent_receiver_costs_one_wait_and_the_rest_waits_with_it(
    knock: Knock, inside: None, work: Callable[[], None]
) -> None:
    system = knock()
    hook = _subscribed(system, "http://127.0.0.1:9/hook")
    for _ in range(3):
        system.send("POST", "/api/v1/orders", coming())
    work()
    assert sorted(Delivery.objects.values_list("tries", flat=True)) == [0, 0, 1]
    assert hook["active"]


def test_a_subscriber_hears_only_of_events_and_orders_that_are_its_own(knock: Knock, work: Callable[[], None]) -> None:
    region = site().city.regions[0].id
    limited, everything = knock(regions=(region,)), knock()
    _subscribed(limited, "https://receiver.example/limited")
    _subscribed(everything, "https://receiver.example/dispatches", StepKind.DISPATCH)
    inside = everything.send("POST", "/api/v1/orders", coming(demand(place=region))).json()["orders"][0]
    everything.send("POST", "/api/v1/orders", coming())
    for order in Order.objects.all():
        announcing.announce(order.number, 1)
    assert list(Delivery.objects.values_list("number", "event")) == [(inside["number"], "accept")]
    announcing.announce(inside["number"], 1)
    assert Delivery.objects.count() == 1


def test_a_worker_that_died_while_sending_loses_nothing(knock: Knock) -> None:
    system = knock()
    hook = _subscribed(system, "https://receiver.example/hook")
    system.send("POST", f"/api/v1/webhooks/{hook['code']}/test")
    Worker().once()  # its transaction ends, and nothing is sent: as if it died there
    from suqiu.web.jobs.models import Job

    assert not Job.objects.filter(name="webhooks.deliver").exists()
    with made.days_later(10 / 1440):
        announcing.sweep()
    assert Job.objects.filter(name="webhooks.deliver").count() == 1


def test_an_ended_subscription_is_sent_nothing(knock: Knock) -> None:
    system = knock()
    hook = _subscribed(system, "https://receiver.example/hook")
    assert system.send("DELETE", f"/api/v1/webhooks/{hook['code']}").status_code == 204
    assert system.get("/api/v1/webhooks").json() == []
    assert knock().send("DELETE", f"/api/v1/webhooks/{hook['code']}").status_code == 404


def test_a_secret_is_sealed_where_it_lies(knock: Knock) -> None:
    hook = _subscribed(knock(), "https://receiver.example/hook")
    assert hook["secret"].encode() not in bytes(Subscription.objects.get().secret)


_WITHIN = [
    "http://127.0.0.1/", "http://localhost:8000/", "http://LOCALHOST./", "http://[::1]/", "http://0.0.0.0/",
    "http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/", "http://[fc00::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:10.0.0.1]/",
    "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://100.64.0.1/",
    "http://224.0.0.1/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://db.internal/",
    "http://printer.local/", "http://x.localhost/",
]  # fmt: skip
_NO_ADDRESS = [
    "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "javascript:alert(1)", "//example.com/",
    "http://", "http:///x", "http://user:secret@example.com/", "https://example.com:99999/", "https://example.com:0/",
    "https://example.com/#part", "http://exa mple.com/", "http://例子.中国/", "https://example.com/\r\nX: y", "dict://x:1/",
]  # fmt: skip


@pytest.mark.parametrize("url", _WITHIN + _NO_ADDRESS)
def test_no_subscriber_points_at_a_machine_within_or_at_no_address(knock: Knock, url: str) -> None:
    answer = knock().send("POST", "/api/v1/webhooks", {"url": url})
    assert answer.status_code == 422
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "::1", "fe80::1%eth0", "::ffff:192.168.0.1", "169.254.1.1", "0.0.0.1", "ff02::1"],
)
def test_a_public_name_that_means_a_machine_within_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    found = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(InvalidInput) as refused:
        sending.resolved("receiver.example", 443)
    assert refused.value.code == "webhook.private"
    assert sending.send("https://receiver.example/", b"{}", {}).problem == "webhook.private"
