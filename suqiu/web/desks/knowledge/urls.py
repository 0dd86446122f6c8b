"""Addresses of the knowledge desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("", views.shelf_page, name="shelf"),
    path("new/", views.new, name="new"),
    path("fill/", views.fill, name="fill"),
    path("<str:code>/", views.article, name="article"),
    path("<str:code>/edit/", views.edit, name="edit"),
    path("<str:code>/retire/", views.retire, name="retire"),
]
