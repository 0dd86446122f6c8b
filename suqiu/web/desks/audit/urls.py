"""Addresses of the audit desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.lines, name="lines"),
    path("<int:number>/", views.line, name="line"),
    path("export/", views.export, name="export"),
    path("state/", views.state, name="state"),
    path("state/check/", views.check, name="check"),
    path("state/anchor/", views.anchor, name="anchor"),
]
