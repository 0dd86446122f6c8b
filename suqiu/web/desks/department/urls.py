"""Addresses of the department desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.department import views

app_name = "department"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("sign/", views.sign, name="sign"),
]
