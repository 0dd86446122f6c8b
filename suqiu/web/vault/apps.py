"""This capability as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Vault(AppConfig):
    """Its name and label."""

    name = "suqiu.web.vault"
    label = "vault"
