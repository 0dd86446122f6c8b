"""Addresses of the analysis desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.analysis import making, views

app_name = "analysis"
urlpatterns = [
    path("", views.home, name="home"),
    path("download/<slug:form>/", views.download, name="download"),
    path("series/", views.series, name="series"),
    path("views/", views.keep, name="keep"),
    path("views/<str:code>/", views.view, name="view"),
    path("views/<str:code>/delete/", views.forget, name="forget"),
    path("reports/", making.listed, name="reports"),
    path("reports/make/", making.make, name="make"),
    path("reports/progress/", making.report_progress, name="report_progress"),
    path("reports/<slug:code>/verify/", making.verify, name="verify"),
    path("reports/<slug:code>/<slug:kind>/", making.hand_over, name="hand_over"),
    path("refresh/", making.refresh_page, name="refresh"),
    path("refresh/ask/", making.refresh, name="ask_refresh"),
    path("refresh/progress/", making.refresh_progress, name="refresh_progress"),
]
