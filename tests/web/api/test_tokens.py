"""Who may come in, how often, and what comes of a request that is sent twice."""

from __future__ import annotations

import pytest
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Right, step_right
from suqiu.web.api import limits, tokens
from suqiu.web.api.answers import Turned
from suqiu.web.api.models import ApiToken, Hits, KeptAnswer
from suqiu.web.audit.models import Entry
from suqiu.web.orders.models import Order
from tests.web import made
from tests.web.api.checked import Checked
from tests.web.api.conftest import Knock, coming, demand

pytestmark = pytest.mark.django_db


def test_a_token_is_shown_once_and_kept_only_as_a_hash(client: Client, keeper: User) -> None:
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/administration/tokens/", {"name": "市城管平台", "rights": [Right.SEE_ORDERS], "days": "30"})
    said = answer.context["said"]
    assert said in answer.content.decode()
    assert said not in client.get("/administration/tokens/").content.decode()
    row = ApiToken.objects.get()
    assert said not in str(vars(row))
    assert Checked(said).get("/api/v1/orders").status_code == 200
    assert Entry.objects.filter(deed="token.make", subject="token:市城管平台").exists()


def test_a_token_that_is_taken_back_or_over_opens_nothing(knock: Knock, keeper: User) -> None:
    system, later = knock(Right.SEE_ORDERS, name="甲系统"), knock(Right.SEE_ORDERS, name="乙系统", days=1)
    tokens.revoke(made.actor(keeper), "甲系统")
    assert system.get("/api/v1/orders").status_code == 401
    assert later.get("/api/v1/orders").status_code == 200
    with made.days_later(1.1):
        assert later.get("/api/v1/orders").status_code == 401


@pytest.mark.parametrize(
    "said",
    ["", "x", "suqiu_" + "a" * 43, "Bearer", "suqiu_'; DROP TABLE api_apitoken; --", "\x00" * 49, "令" * 49],
)  # fmt: skip
def test_what_is_no_token_opens_nothing(db: None, said: str) -> None:
    answer = Checked().get("/api/v1/orders", headers={"Authorization": f"Bearer {said}"})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_browsers_session_opens_nothing(client: Client) -> None:
    client.force_login(made.user("dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/v1/orders").status_code == 401


def test_only_the_security_administrator_reaches_the_page_of_tokens(client: Client) -> None:
    client.force_login(made.user("system_admin"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/administration/tokens/").status_code == 403


@pytest.mark.parametrize(
    "wish",
    [
        {"name": "x"}, {"name": "有 空格"}, {"rights": []}, {"rights": ["step.close"]}, {"rights": ["users.grant"]},
        {"days": "0"}, {"days": "99999"}, {"days": "-1"}, {"per_minute": "0"}, {"departments": ["nowhere"]},
    ],
)  # fmt: skip
def test_a_token_that_should_not_be_is_not_made(client: Client, keeper: User, wish: dict[str, object]) -> None:
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    said = {"name": "某系统", "rights": [Right.SEE_ORDERS], "days": "30"} | wish
    assert client.post("/administration/tokens/", said).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_right_that_was_not_given_is_refused_and_named(knock: Knock) -> None:
    system = knock(Right.SEE_ORDERS)
    answer = system.send("POST", "/api/v1/orders", coming())
    assert answer.status_code == 403
    assert "step.accept" in answer.json()["error"]["message"]
    assert system.get("/api/v1/exports/orders").status_code == 403


def test_the_language_of_a_refusal_follows_the_request(db: None) -> None:
    said = [
        Checked().get("/api/v1/orders", headers={"Accept-Language": language}).json()["error"]["message"]
        for language in ("zh-CN", "en")
    ]
    assert said == ["缺少有效的接口令牌", "a valid token is missing"]


def test_a_write_without_a_key_is_refused(knock: Knock) -> None:
    for key in ("", "short", "mit Leerzeichen drin", "x" * 81):
        answer = knock().send("POST", "/api/v1/orders", coming(), Idempotency_Key=key)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "api.no_key"
    assert not Order.objects.exists()


def test_the_same_write_twice_happens_once_and_is_answered_as_the_first_time(knock: Knock) -> None:
    system = knock()
    first = system.send("POST", "/api/v1/orders", coming(), Idempotency_Key="call-0001")
    second = system.send("POST", "/api/v1/orders", coming(), Idempotency_Key="call-0001")
    assert second.content == first.content
    assert second["Idempotent-Replay"] == "true"
    assert Order.objects.count() == 1


def test_a_key_with_another_body_is_a_conflict(knock: Knock) -> None:
    system = knock()
    system.send("POST", "/api/v1/orders", coming(), Idempotency_Key="call-0001")
    answer = system.send("POST", "/api/v1/orders", coming(demand(title="别的")), Idempotency_Key="call-0001")
    assert answer.status_code == 409
    assert Order.objects.count() == 1


def test_a_key_is_its_tokens_own_and_forgotten_after_a_day(knock: Knock) -> None:
    one, other = knock(), knock()
    one.send("POST", "/api/v1/orders", coming(), Idempotency_Key="call-0001")
    assert other.send("POST", "/api/v1/orders", coming(), Idempotency_Key="call-0001").status_code == 201
    assert Order.objects.count() == 2
    with made.days_later(1.1):
        answer = one.send("POST", "/api/v1/orders", coming(demand(title="别的")), Idempotency_Key="call-0001")
    assert answer.status_code == 201


def test_what_was_refused_may_be_mended_under_the_same_key(knock: Knock) -> None:
    system = knock()
    wrong = system.send("POST", "/api/v1/orders", coming(demand(category="99.99")), Idempotency_Key="call-0001")
    assert wrong.status_code == 422
    assert not KeptAnswer.objects.exists()
    assert system.send("POST", "/api/v1/orders", coming(), Idempotency_Key="call-0001").status_code == 201


def test_who_comes_too_often_is_told_when_to_come_back(knock: Knock) -> None:
    system = knock(Right.SEE_ORDERS, per_minute=3)
    answers = [system.get("/api/v1/orders") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0"]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    with made.days_later(1 / 1440):
        assert system.get("/api/v1/orders").status_code == 200


def test_an_address_without_a_token_has_a_limit_of_its_own(db: None) -> None:
    answers = [Checked().get("/api/v1/health", REMOTE_ADDR="203.0.113.9").status_code for _ in range(121)]
    assert answers[:120] == [200] * 120
    assert answers[120] == 429
    assert Checked().get("/api/v1/health", REMOTE_ADDR="203.0.113.10").status_code == 200


def test_processes_share_one_limit(db: None) -> None:
    with made.days_later(3):
        for _ in range(5):
            limits.take("token:shared", 10)
            limits.forget()  # as another process would begin
        for _ in range(5):
            limits.take("token:shared", 10)
        with pytest.raises(Turned):
            limits.take("token:shared", 10)
        assert Hits.objects.get(bucket="token:shared").taken == 10


def test_machines_are_actors_with_a_name_and_never_persons(knock: Knock) -> None:
    knock(step_right(StepKind.ACCEPT), name="市城管平台").send("POST", "/api/v1/orders", coming())
    actor = tokens.actor_for(ApiToken.objects.get())
    assert actor.label == "api:市城管平台"
    assert not actor.is_person
