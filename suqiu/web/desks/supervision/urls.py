"""Addresses of the supervision desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.supervision import views

app_name = "supervision"
urlpatterns = [path("", views.desk, name="desk"), path("batch/", views.take, name="batch")]
