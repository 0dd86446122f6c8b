"""Addresses of the assessment desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.assessment import views

app_name = "assessment"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("findings/", views.findings, name="findings"),
    path("findings/<str:subject>/", views.finding, name="finding"),
    path("plan/", views.plan, name="plan"),
    path("compare/", views.compare, name="compare"),
    path("evidence/", views.evidence, name="evidence"),
    path("evidence/begin/", views.begin, name="begin"),
    path("evidence/about/", views.about, name="about"),
    path("evidence/<str:form>/blank/", views.blank, name="blank"),
    path("evidence/<str:form>/", views.hand_in, name="hand_in"),
    path("runs/", views.runs, name="runs"),
    path("runs/start/", views.start, name="start"),
    path("runs/<str:name>/verify/", views.verify, name="verify"),
    path("runs/<str:name>/<str:file>", views.download, name="download"),
]
