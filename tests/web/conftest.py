"""A site of its own for the tests of the web platform: a folder that goes away, the fictional city, SQLite."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="suqiu-site-"))
os.environ["SUQIU_SITE"] = str(_FOLDER)
os.environ.pop("SUQIU_DATABASE", None)
os.environ["SUQIU_HOSTS"] = "127.0.0.1,localhost,testserver"
os.environ["DJANGO_SETTINGS_MODULE"] = "suqiu.web.settings"

from suqiu.config import settings as suqiu_settings
from suqiu.web.site import About, Site, site

# pytest's workers inherit the environment of the process that began them, and Django's plugin reads it before this
# file: without this they would all stand in one folder, each moving the others' clock.
site.cache_clear()
Site(_FOLDER, suqiu_settings()).save(
    About(city=str(Path(__file__).resolve().parents[2] / "cities/linjiang"), demo=True)
)

import django

django.setup()

import pytest
from django.core.cache import cache
from django.db import connection
from pytest_django import Settings

from suqiu.web.accounts.models import User
from suqiu.web.api import limits
from suqiu.web.audit import anchors, guards
from tests.web import made


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """No test sees what another left outside its database: rate limits, locks, anchors of another audit."""
    cache.clear()
    limits.forget()
    anchors.file().unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Passwords of tests are hashed in no time; that the platform's own hash is slow, one test checks."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _history_may_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that commits, its database is emptied: the guards of history are down for that, and come back."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and bool(marker.kwargs.get("transaction"))
    if commits or {"transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db")
        yield
        guards.lift(connection)
    else:
        yield


@pytest.fixture
def agent(db: None) -> User:
    """Somebody who takes calls."""
    return made.user("agent")
