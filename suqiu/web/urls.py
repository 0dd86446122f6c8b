"""Every address of the platform. Each view says which right it asks for: see `accounts.guard`."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("suqiu.web.desks.urls")),
    path("accounts/", include("suqiu.web.accounts.urls")),
    path("portal/", include("suqiu.web.portal.urls")),
    path("", include("suqiu.web.api.urls")),
]
handler404 = "suqiu.web.refusals.not_found"
handler403 = "suqiu.web.refusals.forbidden"
handler400 = "suqiu.web.refusals.bad_request"
handler500 = "suqiu.web.refusals.server_error"
