"""What of two answers may differ though they say the same."""

from __future__ import annotations

import re

#: Tokens against forgery, moments, and the mark of a call that begins.
_OF_THE_MOMENT = re.compile(r"\b[A-Za-z0-9]{64}\b|(?<=/agent/call/)[\w-]+|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.+]*")


def bare(body: bytes, *said: str) -> str:
    """Return an answer without what changes from one moment to the next, and without what was asked for."""
    text = _OF_THE_MOMENT.sub("", body.decode())
    for word in said:
        text = text.replace(word, "")
    return text
