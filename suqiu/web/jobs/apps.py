"""This capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class Jobs(AppConfig):
    """Its name and label."""

    name = "suqiu.web.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Let every capability register its work: what a capability's `chores` module names."""
        autodiscover_modules("chores")
