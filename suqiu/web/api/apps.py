"""This capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Api(AppConfig):
    """Its name and label."""

    name = "suqiu.web.api"
    label = "api"
