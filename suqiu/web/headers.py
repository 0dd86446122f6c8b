"""What every answer tells browsers besides what Django and django-csp say: keep nothing, use no device."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from suqiu.web.accounts.guard import ANYBODY

_DEVICES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock",
    "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
#: A page may name what it uses, where its work needs it: taking a photo goes without (the browser's own file dialogue).
_POLICY = ", ".join(f"{device}=()" for device in _DEVICES)


class Headers:
    """Adds them; what a view set itself stays, except that nothing behind the entrance is ever kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on and complete the answer."""
        answer = self._get_response(request)
        answer.headers.setdefault("Permissions-Policy", _POLICY)
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if _is_private(request):
            answer["Cache-Control"] = "no-store, private"
        return answer


def _is_private(request: HttpRequest) -> bool:
    """Say whether an answer is for this reader only: all but public pages read by nobody in particular."""
    match = request.resolver_match
    asks = getattr(match.func, "asks", None) if match is not None else (ANYBODY,)
    session = getattr(request, "session", None)
    return asks != (ANYBODY,) or (session is not None and not session.is_empty())
