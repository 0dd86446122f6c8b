"""Addresses of the citizen portal."""

from __future__ import annotations

from django.urls import path

from suqiu.web.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("submit/", views.submit, name="submit"),
    path("submit/check/", views.check, name="check"),
    path("submit/send/", views.send, name="send"),
    path("sent/", views.sent, name="sent"),
    path("track/", views.track, name="track"),
    path("leave/", views.leave, name="leave"),
    path("orders/<str:number>/", views.order, name="order"),
    path("orders/<str:number>/rate/", views.rate, name="rate"),
    path("orders/<str:number>/reopen/", views.reopen, name="reopen"),
    path("orders/<str:number>/urge/", views.urge, name="urge"),
    path("orders/<str:number>/photos/", views.photos, name="photos"),
    path("public/", views.public_figures, name="public"),
    path("knowledge/", views.knowledge, name="knowledge"),
]
