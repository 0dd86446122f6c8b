"""This capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Orders(AppConfig):
    """Its name and label."""

    name = "suqiu.web.orders"
    label = "orders"
