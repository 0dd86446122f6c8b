"""What somebody must do before anything else: change a password given by others, bind a second factor."""

from __future__ import annotations

from django.contrib.auth import BACKEND_SESSION_KEY
from django.http import HttpRequest

from suqiu.web.accounts import passwords, second_factor
from suqiu.web.accounts.models import User

#: Who came in another way has no password of ours to change.
_BY_PASSWORD = "django.contrib.auth.backends.ModelBackend"  # noqa: S105 — a class, not a password


def duty(request: HttpRequest, user: User) -> str | None:
    """Return the name of the page where somebody must go first; None when nothing is due."""
    by_password = request.session.get(BACKEND_SESSION_KEY) == _BY_PASSWORD
    if by_password and (user.must_change_password or passwords.is_too_old(user)):
        return "accounts:password"
    if second_factor.is_required(user) and not second_factor.is_on(user):
        return "accounts:second_factor"
    return None
