"""Addresses of the command desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.command import views

app_name = "command"
urlpatterns = [
    path("", views.home, name="home"),
    path("live/", views.counters, name="live"),
    path("events/", views.events, name="events"),
    path("events/<slug:event_id>/", views.event, name="event"),
    path("wall/", views.wall, name="wall"),
    path("wall/figures/", views.wall_figures, name="wall_figures"),
]
