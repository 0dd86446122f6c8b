"""The page of one order."""

from __future__ import annotations

import pytest
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.models import User
from suqiu.web.audit.models import Entry
from tests.web import made

pytestmark = pytest.mark.django_db


def _shown(client: Client, user: User, number: str) -> str:
    client.force_login(user)
    answer = client.get(f"/orders/{number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_the_demand_the_clock_and_what_to_do_next(client: Client) -> None:
    order = made.order("handling", text="楼下垃圾桶三天没人清运，气味很大。")
    page = _shown(client, made.user("handler", departments=("D01",)), order.number)
    assert "楼下垃圾桶三天没人清运" in page
    assert "反馈时限" in page
    assert f'href="/orders/{order.number}/do/reply/"' in page
    assert f'href="/orders/{order.number}/do/pass_review/"' not in page


def test_an_order_of_another_unit_does_not_exist_for_a_handler(client: Client) -> None:
    order = made.order("handling", department="D01")
    client.force_login(made.user("handler", departments=("D02",)))
    for address in ("", "do/reply/", "files/abc/"):
        assert client.get(f"/orders/{order.number}/{address}").status_code == 404
    assert client.post(f"/orders/{order.number}/judge/", {"text": "已处理"}).status_code == 404


def test_who_is_not_signed_in_is_led_to_the_entrance(client: Client) -> None:
    answer = client.get(f"/orders/{made.order().number}/")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_reading_an_order_is_on_record(client: Client) -> None:
    order, reader = made.order(), made.user("supervisor")
    _shown(client, reader, order.number)
    assert Entry.objects.filter(
        deed="order.read", subject=f"order:{order.number}", actor=f"user:{reader.number}"
    ).exists()


def test_a_caller_is_masked(client: Client) -> None:
    order = made.order("handling", name="张三丰", phone="13812345678")
    page = _shown(client, made.user("handler", departments=("D01",)), order.number)
    assert "13812345678" not in page
    assert "张三丰" not in page
    assert "138****5678" in page


def test_a_unit_sees_nothing_of_a_secret_caller_but_may_have_a_word_passed_on(client: Client) -> None:
    order = made.order("handling", name="张三丰", phone="13812345678", secret=True)
    made.order("handling", name="张三丰", phone="13812345678", title="同一人的另一件")
    page = _shown(client, made.user("handler", departments=("D01",)), order.number)
    assert "5678" not in page
    assert "张*" not in page
    assert "同一诉求人" not in page
    assert f"/vault/reveal/{order.number}/" not in page
    assert f"/vault/relays/order/{order.number}/" in page


def test_the_centre_sees_other_orders_of_the_same_caller(client: Client) -> None:
    first = made.order("handling", name="张三丰", phone="13812345678", title="第一件诉求")
    second = made.order("handling", name="张三丰", phone="13812345678", place="02.01")
    assert "第一件诉求" in _shown(client, made.user("supervisor"), second.number)
    assert first.contact.person == second.contact.person


def test_hostile_texts_stay_texts(client: Client) -> None:
    order = made.order("handling", title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>{{ 7|add:7 }}")
    page = _shown(client, made.user("supervisor"), order.number)
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "{{ 7|add:7 }}" in page


def test_the_history_names_branches_persons_and_reasons(client: Client) -> None:
    order = made.order("returned")
    page = _shown(client, made.user("dispatcher"), order.number)
    assert "不属于本单位职责" in page
    assert "退单改派" in page
    assert "made-handler-D01" in page


def test_the_chain_of_custody_marks_what_the_reply_leaves_unanswered(client: Client) -> None:
    order = made.order("handling", text="1、楼下垃圾桶三天没人清运。2、北门路面破损积水。")
    made.act(order, StepKind.REPLY, text="楼下垃圾桶已于6月3日清运完毕，保洁公司今后每日清运两次。", solved=False)
    page = _shown(client, made.user("reviewer"), order.number)
    assert page.count("item-yes") == 1
    assert page.count("item-no") == 1


def test_a_merged_order_leads_to_the_one_it_was_merged_into(client: Client) -> None:
    parent = made.order("handling", title="主工单标题")
    child = made.order("merged", parent=parent)
    dispatcher = made.user("dispatcher")
    assert f'href="/orders/{parent.number}/"' in _shown(client, dispatcher, child.number)
    assert f'href="/orders/{child.number}/"' in _shown(client, dispatcher, parent.number)


def test_a_file_is_handed_out_as_a_file_and_that_is_on_record(client: Client) -> None:
    order = made.order("handling")
    proof, reader = made.proof(order), made.user("reviewer")
    client.force_login(reader)
    answer = client.get(f"/orders/{order.number}/files/{proof.code}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Entry.objects.filter(deed="attachment.read", subject=f"order:{order.number}").count() == 1
    assert client.get(f"/orders/{order.number}/files/{'0' * 32}/").status_code == 404


def test_a_file_is_added_and_a_disguised_one_is_refused(client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    order = made.order("handling")
    client.force_login(made.user("handler", departments=("D01",)))
    photo = SimpleUploadedFile("现场.jpg", made.photo(), "image/jpeg")
    assert client.post(f"/orders/{order.number}/files/", {"files": photo, "kind": "proof"}).status_code == 302
    assert order.attachments.get().kind == "proof"
    disguised = SimpleUploadedFile("照片.jpg", b"MZ\x90\x00" * 50, "image/jpeg")
    assert client.post(f"/orders/{order.number}/files/", {"files": disguised}).status_code == 422
    assert client.post(f"/orders/{order.number}/files/", {}).status_code == 422
