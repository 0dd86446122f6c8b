"""This capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Live(AppConfig):
    """Its name and label."""

    name = "suqiu.web.live"
    label = "live"
