"""This capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Results(AppConfig):
    """Its name and label."""

    name = "suqiu.web.results"
    label = "results"

    def ready(self) -> None:
        """Register the background work."""
        from suqiu.web.results import refreshing, reports  # noqa: F401
