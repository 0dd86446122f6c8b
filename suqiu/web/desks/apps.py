"""This capability as Django knows it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class Desks(AppConfig):
    """Its name and label."""

    name = "suqiu.web.desks"
    label = "desks"

    def ready(self) -> None:
        """See to the index of words whenever the tables have changed."""
        post_migrate.connect(_index_words, sender=apps.get_app_config("orders"))


def _index_words(using: str, **_: Any) -> None:
    from suqiu.web.desks.orders import words  # its models are there only after every application is

    words.make(using)
