"""Addresses of the doors for other systems."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from suqiu.web.api import pages
from suqiu.web.api.rest.interface import addresses

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", pages.about, name="about"),
    path("api/openapi.json", pages.openapi, name="openapi"),
    path("api/v1/", include((addresses(), "v1"))),
    path("open311/v2/", include(("suqiu.web.api.open311.urls", "open311"))),
    path("administration/tokens/", pages.token_list, name="tokens"),
    path("administration/tokens/deliveries/", pages.deliveries, name="deliveries"),
    path("administration/tokens/deliveries/<slug:code>/replay/", pages.replay, name="replay"),
    path("administration/tokens/<str:name>/revoke/", pages.token_revoke, name="revoke"),
]
