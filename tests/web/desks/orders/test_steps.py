"""Steps taken from the order's page."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.models import User
from suqiu.web.orders.actions import ACTIONS, Field
from suqiu.web.orders.models import Order
from tests.web import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler() -> User:
    return made.user("handler", departments=("D01",))


def _now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_a_step_is_taken_and_leads_back_to_the_order(client: Client, handler: User) -> None:
    order = made.order("dispatched")
    client.force_login(handler)
    answer = client.post(f"/orders/{order.number}/do/sign/", {"version": order.version})
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.number}/")
    assert _now(order).status == "handling"


def test_a_part_of_the_page_is_led_on_by_a_header(client: Client, handler: User) -> None:
    order = made.order("dispatched")
    client.force_login(handler)
    answer = client.post(f"/orders/{order.number}/do/sign/", {"version": order.version}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"/orders/{order.number}/"


def test_afterwards_nobody_is_led_to_another_site(client: Client, handler: User) -> None:
    client.force_login(handler)
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        order = made.order("dispatched")
        answer = client.post(f"/orders/{order.number}/do/sign/", {"version": order.version, "next": elsewhere})
        assert answer["Location"] == f"/orders/{order.number}/"


def test_every_step_has_a_form_that_asks_for_what_it_needs(client: Client) -> None:
    order = made.order("handling")
    client.force_login(made.user("supervisor"))
    for kind, action in ACTIONS.items():
        page = client.get(f"/orders/{order.number}/do/{kind}/").content.decode()
        for field in action.needs | action.takes:
            name = "files" if field is Field.FILES else str(field)
            assert f'name="{name}"' in page, (kind, name)


def test_a_form_of_a_step_that_is_not_offered_says_so_and_cannot_be_sent(client: Client, handler: User) -> None:
    order = made.order("dispatched")
    client.force_login(handler)
    answer = client.get(f"/orders/{order.number}/do/reply/")
    assert answer.status_code == 409
    assert "您现在不能办理这一环节" in answer.content.decode()


def test_what_was_typed_comes_back_when_the_order_has_moved_on(client: Client, handler: User) -> None:
    order = made.order("handling")
    made.act(order, StepKind.URGE, reason="诉求人第三次来电催促")
    client.force_login(handler)
    typed = {"version": order.version, "text": "已到现场核实并完成维修", "solved": "no", "key": "k-1"}
    answer = client.post(f"/orders/{order.number}/do/reply/", typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "诉求人第三次来电催促" in page
    assert "已到现场核实并完成维修" in page
    assert f'name="version" value="{_now(order).version}"' in page
    again = typed | {"version": _now(order).version}
    assert client.post(f"/orders/{order.number}/do/reply/", again).status_code == 302
    assert _now(order).status == "replied"


def test_what_is_missing_is_named_and_what_was_typed_stays(client: Client, handler: User) -> None:
    order = made.order("handling")
    client.force_login(handler)
    answer = client.post(
        f"/orders/{order.number}/do/request_extension/", {"version": order.version, "reason": "配件在途，请求延期"}
    )
    assert answer.status_code == 422
    assert "配件在途，请求延期" in answer.content.decode()
    assert _now(order).asked == []


def test_a_reply_that_says_solved_needs_proof_which_may_come_with_it(client: Client, handler: User) -> None:
    order = made.order("handling")
    client.force_login(handler)
    said = {"version": order.version, "text": "已更换路灯两盏，6月3日恢复照明。", "solved": "yes"}
    assert client.post(f"/orders/{order.number}/do/reply/", said).status_code == 422
    photo = SimpleUploadedFile("现场.jpg", made.photo(), "image/jpeg")
    assert client.post(f"/orders/{order.number}/do/reply/", said | {"files": photo}).status_code == 302
    assert _now(order).steps.get(kind="reply").attachments.count() == 1


def test_a_file_brought_with_a_refused_form_need_not_be_brought_again(client: Client, handler: User) -> None:
    order = made.order("handling")
    client.force_login(handler)
    photo = SimpleUploadedFile("现场.jpg", made.photo(), "image/jpeg")
    answer = client.post(
        f"/orders/{order.number}/do/reply/", {"version": order.version, "solved": "yes", "files": photo}
    )
    assert answer.status_code == 422
    code = order.attachments.get().code
    assert f'name="file" value="{code}" checked' in answer.content.decode()
    said = {"version": order.version, "solved": "yes", "text": "已更换路灯两盏。", "file": code}
    assert client.post(f"/orders/{order.number}/do/reply/", said).status_code == 302


def test_a_dangerous_step_is_asked_for_once_more(client: Client) -> None:
    order = made.order("accepted")
    client.force_login(made.user("agent"))
    said = {"version": order.version, "reason": "诉求人来电撤回"}
    first = client.post(f"/orders/{order.number}/do/withdraw/", said)
    assert first.status_code == 200
    assert "确定对工单" in first.content.decode()
    assert "诉求人来电撤回" in first.content.decode()
    assert _now(order).status == "accepted"
    assert client.post(f"/orders/{order.number}/do/withdraw/", said | {"confirmed": "yes"}).status_code == 302
    assert _now(order).status == "withdrawn"


def test_who_may_not_take_a_step_is_told_so(client: Client) -> None:
    order = made.order("replied")
    client.force_login(made.user("supervisor"))
    answer = client.post(f"/orders/{order.number}/do/pass_review/", {"version": order.version})
    assert answer.status_code == 403
    assert _now(order).status == "replied"


def test_the_same_form_sent_twice_is_one_step(client: Client, handler: User) -> None:
    order = made.order("handling")
    client.force_login(handler)
    said = {"version": order.version, "text": "已电话联系诉求人，约定明日上门", "key": "the-same"}
    for _ in range(2):
        assert client.post(f"/orders/{order.number}/do/contact/", said).status_code == 302
    assert order.steps.filter(kind="contact").count() == 1


@pytest.mark.parametrize(
    "said",
    [{"version": "x"}, {"version": "9" * 30}, {"solved": "perhaps"}, {"until": "tomorrow"}, {"text": "长" * 5001}],
)
def test_malformed_input_is_refused_in_words(client: Client, handler: User, said: dict[str, str]) -> None:
    order = made.order("handling")
    client.force_login(handler)
    answer = client.post(f"/orders/{order.number}/do/reply/", {"version": order.version} | said)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_a_step_that_does_not_exist_is_refused(client: Client, handler: User) -> None:
    order = made.order("handling")
    client.force_login(handler)
    assert client.get(f"/orders/{order.number}/do/explode/").status_code == 422
    assert client.get(f"/orders/{order.number}/do/accept/").status_code == 404


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("您反映的问题已收悉，我单位高度重视，感谢您的来电！", "空洞"),
        ("该问题不属于我局职责，请向有关部门咨询。", "推诿回避"),
    ],
)
def test_a_reply_is_judged_while_it_is_written(client: Client, handler: User, reply: str, verdict: str) -> None:
    order = made.order("handling")
    client.force_login(handler)
    page = client.post(f"/orders/{order.number}/judge/", {"text": reply}).content.decode()
    assert verdict in page
    assert "仅供参考" in page
    assert _now(order).version == order.version


def test_nothing_is_said_of_an_empty_reply(client: Client, handler: User) -> None:
    order = made.order("handling")
    client.force_login(handler)
    assert "opinion" not in client.post(f"/orders/{order.number}/judge/", {"text": " "}).content.decode()
