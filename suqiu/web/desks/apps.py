"""This capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Desks(AppConfig):
    """Its name and label."""

    name = "suqiu.web.desks"
    label = "desks"
