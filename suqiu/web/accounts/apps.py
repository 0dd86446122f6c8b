"""This capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Accounts(AppConfig):
    """Its name and label."""

    name = "suqiu.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Begin to listen for who signs in and out, and who fails to."""
        from suqiu.web.accounts import sessions, trace

        sessions.listen()
        trace.listen()
