"""Addresses of the order's page and of the search."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.orders import steps, views

app_name = "orders"
urlpatterns = [
    path("", views.search, name="search"),
    path("export/", views.export, name="export"),
    path("<str:number>/", views.page, name="page"),
    path("<str:number>/files/", views.upload, name="upload"),
    path("<str:number>/files/<slug:code>/", views.download, name="download"),
    path("<str:number>/do/<slug:name>/", steps.do, name="do"),
    path("<str:number>/judge/", steps.judge, name="judge"),
]
