"""Where a request comes from, when a proxy stands before the platform.

Behind a proxy every request comes from the proxy; the address that counts for locks, limits and the audit is the one
that the proxy names. Anybody can send such a header: it is believed only from the proxies of the settings.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from suqiu.web.site import site


class Forwarded:
    """Puts the address that a known proxy names in the place of the proxy's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._proxies = {one.strip() for one in site().settings.proxies.split(",") if one.strip()}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        named = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        if named and request.META.get("REMOTE_ADDR") in self._proxies:
            with contextlib.suppress(ValueError):  # what is no address says nothing
                request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(named))
        return self._get_response(request)
