"""This capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Knowledge(AppConfig):
    """Its name and label."""

    name = "suqiu.web.knowledge"
    label = "knowledge"
