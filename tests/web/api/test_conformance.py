"""The interface is what it publishes: generated requests, right and wrong, to every address."""

from __future__ import annotations

import json

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import Client

from bench.api_fuzz import fuzz
from suqiu.web.api.rest.interface import schema
from tests.web import made
from tests.web.api.checked import published
from tests.web.api.conftest import Knock

pytestmark = pytest.mark.django_db


def test_generated_requests_meet_no_fault_and_nothing_unpublished(knock: Knock) -> None:
    order = made.accepted()
    # Without a token every address has one limit, which so many requests would pass; another test holds those.
    figures = fuzz(get_wsgi_application(), knock().token, order.number, 6, without=("ignored_auth",))
    assert figures.failures == []
    assert figures.operations == sum(len(methods) for methods in schema()["paths"].values())
    assert {200, 404, 422} <= set(figures.statuses)


def test_every_operation_but_the_health_check_asks_for_a_token() -> None:
    for path, methods in published()["paths"].items():
        for method, said in methods.items():
            assert ("security" in said) is (path != "/api/v1/health"), (method, path)
            if "security" in said:
                answer = Client().generic(method.upper(), path.replace("{", "").replace("}", ""))
                assert answer.status_code == 401, (method, path)


def test_every_refusal_is_published_in_the_one_shape() -> None:
    for methods in published()["paths"].values():
        for said in methods.values():
            refusals = {status: one for status, one in said["responses"].items() if status >= "400"}
            assert {"400", "401", "403", "404", "422", "429", "500"} <= set(refusals)
            for one in refusals.values():
                assert one["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorOut"}


def test_what_is_published_and_what_the_page_explains_is_the_same(db: None) -> None:
    assert json.loads(Client().get("/api/openapi.json").content) == published()
    page = Client().get("/api/").content.decode()
    for path in published()["paths"]:
        assert path in page
    assert '<script src="http' not in page
