"""Addresses of the dispatch desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.dispatch import views

app_name = "dispatch"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("batch/", views.review, name="review"),
    path("batch/confirm/", views.confirm, name="confirm"),
    path("<str:number>/", views.decide, name="decide"),
    path("<str:number>/alike/", views.alike, name="alike"),
]
