"""Addresses of the review desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.review import views

app_name = "review"
urlpatterns = [path("", views.desk, name="desk"), path("batch/", views.take, name="batch")]
