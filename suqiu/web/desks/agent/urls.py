"""Addresses of the agent desk."""

from __future__ import annotations

from django.urls import path

from suqiu.web.desks.agent import views

app_name = "agent"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("live/", views.live, name="live"),
    path("caller/", views.caller, name="caller"),
    path("find/", views.find, name="find"),
    path("pick/<slug:kind>/", views.pick, name="pick"),
    path("urge/<str:number>/", views.urge, name="urge"),
    path("call/<slug:code>/", views.call, name="call"),
    path("call/<slug:code>/draft/", views.draft, name="draft"),
    path("call/<slug:code>/drop/", views.drop, name="drop"),
    path("call/<slug:code>/submit/", views.submit, name="submit"),
    path("done/<str:number>/", views.done, name="done"),
]
