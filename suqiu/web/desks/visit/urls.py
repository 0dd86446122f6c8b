"""Addresses of the call-back desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.visit import views

app_name = "visit"
urlpatterns = [path("", views.desk, name="desk")]
