"""This capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Audit(AppConfig):
    """Its name and label."""

    name = "suqiu.web.audit"
    label = "audit"
