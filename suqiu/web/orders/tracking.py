"""The code by which a citizen follows an order: told once, kept only as a keyed mark 查询码."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from suqiu.web.site import site

#: Letters and digits that nobody mistakes for another when reading aloud or writing down.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 10


def new_code() -> str:
    """Return a new code of ten signs, some 49 bits, in groups: `K7M4-Q9RT-2X`."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


def mark(code: str) -> str:
    """Return the keyed mark of a code, 64 hex digits; spaces, hyphens and small letters make no difference."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hmac.new(site().key("track"), plain.encode(), hashlib.sha256).hexdigest() if plain else ""
