"""Addresses of Open311: the extension says the form."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from suqiu.web.api.open311 import views

_FORM = r"\.(?P<form>json|xml)$"
_NUMBER = r"(?P<number>[A-Za-z0-9_-]{1,40})"

urlpatterns: list[URLPattern] = [
    re_path(r"^discovery" + _FORM, views.discovery, name="discovery"),
    re_path(r"^services" + _FORM, views.service_list, name="services"),
    re_path(r"^services/(?P<code>[0-9.]{1,40})" + _FORM, views.service_definition, name="service"),
    re_path(r"^requests" + _FORM, views.requests, name="requests"),
    re_path(r"^requests/" + _NUMBER + _FORM, views.request_by_id, name="request"),
    re_path(r"^tokens/" + _NUMBER + _FORM, views.token, name="token"),
    re_path(r"^", views.unknown, name="unknown"),
]
