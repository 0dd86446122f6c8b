"""Addresses of the city pack's pages."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.city import views

app_name = "city"
urlpatterns = [
    path("", views.index, name="index"),
    path("begin/", views.begin, name="begin"),
    path("drop/", views.drop, name="drop"),
    path("file/<path:name>", views.file, name="file"),
    path("check/", views.check, name="check"),
    path("trial/", views.trial, name="trial"),
    path("adopt/", views.adopt, name="adopt"),
]
