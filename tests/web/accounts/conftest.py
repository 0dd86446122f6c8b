"""An installation with other settings, for the length of a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from suqiu.web.site import site

Configure = Callable[..., None]


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Set settings by their names: `configured(ldap_url="ldaps://…")`."""

    def configure(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"SUQIU_{name.upper()}", value)
        site.cache_clear()

    yield configure
    monkeypatch.undo()
    site.cache_clear()
