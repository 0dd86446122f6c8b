"""Addresses of all desks; each desk lists its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from suqiu.web.desks.guide import views as guide

urlpatterns: list[URLPattern | URLResolver] = [
    path("", guide.home, name="home"),
    path("preferences/", guide.preferences, name="preferences"),
    path("assessment/", include("suqiu.web.desks.assessment.urls")),
    path("knowledge/", include("suqiu.web.desks.knowledge.urls")),
]
