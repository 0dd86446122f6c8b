"""This capability as Django knows it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class Audit(AppConfig):
    """Its name and label."""

    name = "suqiu.web.audit"
    label = "audit"

    def ready(self) -> None:
        """Have the guards put up after every migration."""
        post_migrate.connect(_guard, sender=self, dispatch_uid="audit.guards")


def _guard(using: str, **_: Any) -> None:
    from suqiu.web.audit import guards

    guards.install(connections[using])
