"""Addresses of the pages of upkeep."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.upkeep import views

app_name = "upkeep"
urlpatterns = [
    path("models/", views.models, name="models"),
    path("models/move/", views.move, name="move"),
    path("site/", views.state, name="state"),
    path("site/jobs/<int:pk>/again/", views.again, name="again"),
    path("site/jobs/<int:pk>/drop/", views.drop, name="drop"),
]
