"""The door for a WSGI server: `suqiu serve` uses it."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from suqiu.web.opening import begin_django

begin_django()
application = get_wsgi_application()
