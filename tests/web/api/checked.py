"""A client that holds every answer of the interface against what the interface publishes of itself."""

from __future__ import annotations

import json
import re
import uuid
from functools import lru_cache
from typing import Any

import jsonschema_rs
from django.test import Client

from suqiu.web.api.rest.interface import schema


@lru_cache(maxsize=1)
def published() -> dict[str, Any]:
    """Return the published schema, as it goes over the wire."""
    return json.loads(json.dumps(schema()))  # type: ignore[no-any-return]


@lru_cache(maxsize=512)
def _validator(pointer: str) -> Any:
    said = published()
    found: Any = said
    for part in pointer.split("|"):
        found = found[part]
    return jsonschema_rs.Draft202012Validator({**found, "components": said["components"]})


@lru_cache(maxsize=1)
def _paths() -> list[tuple[re.Pattern[str], str]]:
    plain = sorted(published()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path) for path in plain]


class Checked(Client):
    """A client with a token; a POST gets a key of its own unless it brings one."""

    def __init__(self, token: str = "", **rest: Any) -> None:
        super().__init__(**rest)
        self.token = token
        self.seen: set[tuple[str, str, int]] = set()

    def request(self, **environ: Any) -> Any:
        """Send a request, and hold the answer against the schema."""
        if self.token:
            environ.setdefault("HTTP_AUTHORIZATION", f"Bearer {self.token}")
        if environ.get("REQUEST_METHOD") == "POST" and environ["PATH_INFO"].startswith("/api/v1"):
            environ.setdefault("HTTP_IDEMPOTENCY_KEY", uuid.uuid4().hex)
        if environ.get("HTTP_IDEMPOTENCY_KEY") == "":
            del environ["HTTP_IDEMPOTENCY_KEY"]
        response = super().request(**environ)
        if environ["PATH_INFO"].startswith("/api/v1"):
            self._check(environ["REQUEST_METHOD"].lower(), environ["PATH_INFO"], response)
        return response

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Send JSON."""
        return self.generic(
            method, path, b"" if body is None else json.dumps(body).encode(), "application/json",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )  # fmt: skip

    def _check(self, method: str, path: str, response: Any) -> None:
        found = next((name for pattern, name in _paths() if pattern.fullmatch(path)), None)
        media = response.get("Content-Type", "").partition(";")[0]
        status = str(response.status_code)
        if found is None or method not in published()["paths"][found]:
            assert status in {"404", "405"}, (method, path, status)
            _hold("components|schemas|ErrorOut", response)
            return
        self.seen.add((method, found, response.status_code))
        answers = published()["paths"][found][method]["responses"]
        assert status in answers, f"{method} {found} does not publish {status}: {response.content[:300]!r}"
        contents = answers[status].get("content", {})
        if not contents:
            assert not response.content
        elif media in contents and media == "application/json":
            _hold(f"paths|{found}|{method}|responses|{status}|content|application/json|schema", response)
        else:
            assert media in contents or "*/*" in contents, f"{method} {found} {status} does not publish {media}"
        for name in ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Cache-Control"):
            assert name in response, f"{method} {found} {status} lacks {name}"


def _hold(pointer: str, response: Any) -> None:
    body = json.loads(response.content)
    faults = [f"{one.instance_path} {one.message}" for one in _validator(pointer).iter_errors(body)]
    assert not faults, f"{pointer}: {faults[:3]}"
