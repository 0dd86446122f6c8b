"""Addresses of all desks; each desk lists its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from suqiu.web.desks.guide import views as guide

urlpatterns: list[URLPattern | URLResolver] = [
    path("", guide.home, name="home"),
    path("preferences/", guide.preferences, name="preferences"),
    path("administration/city/", include("suqiu.web.desks.city.urls")),
    path("administration/", include("suqiu.web.desks.upkeep.urls")),
    path("administration/", include("suqiu.web.desks.administration.urls")),
    path("agent/", include("suqiu.web.desks.agent.urls")),
    path("assessment/", include("suqiu.web.desks.assessment.urls")),
    path("dispatch/", include("suqiu.web.desks.dispatch.urls")),
    path("knowledge/", include("suqiu.web.desks.knowledge.urls")),
    path("orders/", include("suqiu.web.desks.orders.urls")),
    path("department/", include("suqiu.web.desks.department.urls")),
    path("review/", include("suqiu.web.desks.review.urls")),
    path("visit/", include("suqiu.web.desks.visit.urls")),
    path("supervision/", include("suqiu.web.desks.supervision.urls")),
    path("audit/", include("suqiu.web.desks.audit.urls")),
    path("vault/", include("suqiu.web.vault.urls")),
    path("command/", include("suqiu.web.desks.command.urls")),
    path("analysis/", include("suqiu.web.desks.analysis.urls")),
]
