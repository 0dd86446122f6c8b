"""Addresses of the administration desk."""

from __future__ import annotations

from django.urls import include, path

from suqiu.web.desks.administration import views

app_name = "administration"
urlpatterns = [
    path("", views.index, name="index"),
    path("users/", include("suqiu.web.desks.administration.users.urls")),
]
