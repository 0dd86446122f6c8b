"""Addresses of the vault."""

from __future__ import annotations

from django.urls import path

from suqiu.web.vault import views

app_name = "vault"
urlpatterns = [
    path("reveal/<str:number>/", views.reveal, name="reveal"),
    path("original/<str:number>/", views.original, name="original"),
    path("hidden/", views.hidden, name="hidden"),
    path("relays/", views.relays, name="relays"),
    path("relays/order/<str:number>/", views.of_order, name="of_order"),
    path("relays/order/<str:number>/ask/", views.ask, name="ask"),
    path("relays/<int:relay_id>/", views.answer, name="answer"),
]
