"""Signing in with a directory 目录服务（LDAP）: it says whether the password is right, never what somebody may do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from suqiu.web.accounts.models import User
from suqiu.web.site import site


class Directory(ModelBackend):
    """Asks the directory about a password; the account of the same user name must exist here."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        """Return the account of who the directory knows by this password."""
        chosen = site().settings
        # A directory takes a bind without a password for an anonymous one, and says yes.
        if not chosen.ldap_url or not username or not password:
            return None
        from suqiu.web.accounts import ldap  # a large library: loaded only where there is a directory

        user = User.objects.filter(username=username).first() if ldap.knows(chosen, username, password) else None
        return user if user is not None and self.user_can_authenticate(user) else None
