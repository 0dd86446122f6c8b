"""The door for an ASGI server."""

from __future__ import annotations

from django.core.asgi import get_asgi_application

from suqiu.web.opening import begin_django

begin_django()
application = get_asgi_application()
