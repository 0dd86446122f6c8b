"""The citizen's way: ask, get a number and a code, follow, rate, reopen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.actor import rule
from suqiu.web.knowledge import shelf
from suqiu.web.knowledge.models import Article
from suqiu.web.orders import tracking
from suqiu.web.orders.models import Order
from suqiu.web.portal import figures
from tests.web import made

pytestmark = pytest.mark.django_db

FILLED = {
    "type": "help",
    "text": "滨江花园小区东门两盏路灯三天不亮，晚上老人出行不安全，请尽快修好。",
    "place": "01.01",
    "address": "滨江花园小区东门",
    "name": "林晓",
    "phone": "13912345678",
    "secret": "",
    "key": "k" * 20,
}


def sent(client: Client, **changes: object) -> tuple[str, str]:
    """Send a request and return its number and code."""
    client.post("/portal/submit/send/", FILLED | changes)
    page = client.get("/portal/sent/").content.decode()
    number, code = re.findall(r"<dd>([^<]+)</dd>", page)
    return number, code


def test_a_request_is_checked_before_it_is_sent_and_nothing_is_kept_until_then(client: Client) -> None:
    page = client.post("/portal/submit/check/", FILLED).content.decode()
    assert FILLED["text"] in page
    assert Order.objects.count() == 0


def test_what_is_missing_is_said_beside_its_field_and_what_was_written_stays(client: Client) -> None:
    answer = client.post("/portal/submit/check/", FILLED | {"text": "灯坏了", "phone": "12"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "至少8个字" in page
    assert "手机号码" in page
    assert "灯坏了" in page


def test_a_request_becomes_one_order_however_often_it_is_sent(client: Client) -> None:
    first = sent(client)
    assert sent(client) == first
    order = Order.objects.get()
    assert (order.number, order.channel, order.place) == (first[0], "web", "01.01")
    assert "13912345678" not in order.text


def test_an_order_opens_only_with_its_code(client: Client) -> None:
    number, code = sent(client)
    stranger = Client()
    assert stranger.get(f"/portal/orders/{number}/").status_code == 404
    assert stranger.post("/portal/track/", {"number": number, "code": "AAAA-BBBB-CC"}).status_code == 422
    assert stranger.post("/portal/track/", {"number": number, "code": code.lower()}).status_code == 302
    assert stranger.get(f"/portal/orders/{number}/").status_code == 200


def test_an_order_without_a_code_opens_with_no_code_at_all(client: Client) -> None:
    order = made.accepted()
    assert client.post("/portal/track/", {"number": order.number, "code": ""}).status_code == 422


def test_guessing_codes_is_slowed_down(client: Client) -> None:
    answers = [client.post("/portal/track/", {"number": "X", "code": "Y"}).status_code for _ in range(14)]
    assert answers[:12] == [422] * 12
    assert answers[12:] == [403] * 2


def followed(client: Client, status: str, **fields: Any) -> Order:
    code = tracking.new_code()
    order = made.order(status, track_code=code, **fields)
    client.post("/portal/track/", {"number": order.number, "code": code})
    return order


def test_a_reply_is_read_only_once_it_passed_review(client: Client) -> None:
    order = followed(client, "replied")
    words = order.steps.get(kind=StepKind.REPLY).text
    assert words not in client.get(f"/portal/orders/{order.number}/").content.decode()
    made.act(order, StepKind.PASS_REVIEW)
    assert words in client.get(f"/portal/orders/{order.number}/").content.decode()


def test_the_citizen_rates_and_the_rating_stands_in_the_history(client: Client) -> None:
    order = followed(client, "reviewed")
    client.post(
        f"/portal/orders/{order.number}/rate/", {"solved": "no", "satisfaction": "dissatisfied", "text": "还是不亮"}
    )
    order.refresh_from_db()
    assert (order.solved, order.satisfaction) == (False, "dissatisfied")
    assert order.steps.last().actor == "citizen"  # type: ignore[union-attr]


def test_what_is_not_solved_is_reopened_with_a_reason(client: Client) -> None:
    order = followed(client, "closed")
    assert client.post(f"/portal/orders/{order.number}/reopen/", {"reason": "没"}).status_code == 422
    client.post(f"/portal/orders/{order.number}/reopen/", {"reason": "路灯还是不亮", "key": "a"})
    client.post(f"/portal/orders/{order.number}/reopen/", {"reason": "路灯还是不亮", "key": "a"})
    order.refresh_from_db()
    assert order.status == "accepted"
    assert order.steps.filter(kind=StepKind.REOPEN).count() == 1


def test_a_citizen_urges_once_a_day(client: Client) -> None:
    order = followed(client, "handling")
    assert client.post(f"/portal/orders/{order.number}/urge/").status_code == 302
    assert client.post(f"/portal/orders/{order.number}/urge/").status_code == 422
    order.refresh_from_db()
    assert order.urges == 1


def test_a_photo_is_kept_and_something_else_is_refused_in_words_while_the_request_stands(client: Client) -> None:
    photo = SimpleUploadedFile("灯.jpg", made.photo(), "image/jpeg")
    script = SimpleUploadedFile("灯.html", b"<script>alert(1)</script>", "text/html")
    client.post("/portal/submit/send/", FILLED | {"photos": [photo, script]})
    page = client.get("/portal/sent/").content.decode()
    assert Order.objects.get().attachments.count() == 1
    assert "灯.html" in page


def test_a_shared_computer_forgets(client: Client) -> None:
    order = followed(client, "handling")
    client.post("/portal/leave/")
    assert client.get(f"/portal/orders/{order.number}/").status_code == 404


def test_citizens_read_public_articles_only(client: Client) -> None:
    shelf.fill(rule("test"))
    everybody = client.get("/portal/knowledge/?q=保密").content.decode()
    assert "要求对个人信息保密如何登记" in everybody
    Article.objects.update(audience="staff")
    assert "要求对个人信息保密如何登记" not in client.get("/portal/knowledge/?q=保密").content.decode()


def test_without_a_result_the_public_page_says_so(client: Client) -> None:
    assert figures.public_figures("zh") is None
    assert "还没有可以公开的数据" in client.get("/portal/public/").content.decode()
