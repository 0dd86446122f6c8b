"""The door for an ASGI server."""

from __future__ import annotations

from django.core.asgi import get_asgi_application

from suqiu.web.opening import begin_django

begin_django()
application = get_asgi_application()

from suqiu.web.live import reading  # noqa: E402 — after Django is ready

reading.warm()
