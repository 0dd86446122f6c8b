"""Marks that say who looked: one that is seen across a page, one in the text itself that is not.

The unseen one is a run of zero-width characters that says who was shown the text and when, under a keyed hash, so
that nobody can put another's mark into a text. It survives copying and pasting; retyping, a photograph or a system
that strips such characters takes it out: against those stands the seen one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from suqiu.web.accounts.models import User
from suqiu.web.site import site

#: Two bits each.
_SIGNS = "\u200b\u200c\u200d\u2060"
#: Begins and ends a mark.
_FENCE = "\u2063"
_MARK = re.compile(f"{_FENCE}([{_SIGNS}]+){_FENCE}")
_MOMENT = struct.Struct(">I")
_CHECK = 6
#: A mark stands after the first character and then at the next fitting place after so many.
_EVERY = 40


@dataclass(frozen=True, slots=True)
class Sight:
    """Who was shown a text 水印溯源结果.

    Attributes:
        number: the viewer's job number.
        at: when, to the second.
    """

    number: str
    at: datetime


def mark(text: str, viewer: str, at: datetime) -> str:
    """Return a text with the unseen mark of its viewer; never inside a number or a word of Latin letters.

    Args:
        text: as shown.
        viewer: job number.
        at: when it is shown.
    """
    if not text:
        return text
    body = _MOMENT.pack(int(at.timestamp())) + viewer.encode()[:60]
    whole = body + _check(body)
    coded = _FENCE + "".join(_SIGNS[byte >> shift & 3] for byte in whole for shift in (6, 4, 2, 0)) + _FENCE
    pieces, since = [], _EVERY - 1
    for here, after in zip(text, [*text[1:], " "], strict=True):
        pieces.append(here)
        since += 1
        if since >= _EVERY and not (_joins(here) and _joins(after)):
            pieces.append(coded)
            since = 0
    return "".join(pieces)


def trace(text: str) -> list[Sight]:
    """Return everybody whose genuine mark a text holds, each sight once, in the order of the text."""
    found: list[Sight] = []
    for run in _MARK.findall(text):
        bits = [_SIGNS.index(char) for char in run]
        whole = bytes(
            bits[n] << 6 | bits[n + 1] << 4 | bits[n + 2] << 2 | bits[n + 3] for n in range(0, len(bits) - 3, 4)
        )
        body, check = whole[:-_CHECK], whole[-_CHECK:]
        if len(body) <= _MOMENT.size or not hmac.compare_digest(check, _check(body)):
            continue
        moment = datetime.fromtimestamp(_MOMENT.unpack_from(body)[0], UTC).astimezone(site().zone)
        sight = Sight(body[_MOMENT.size :].decode("utf-8", "replace"), moment)
        if sight not in found:
            found.append(sight)
    return found


def drawing(viewer: User, at: datetime) -> str:
    """Return the seen mark as the address of an SVG drawing: name, job number, time, aslant and pale."""
    words = escape(f"{viewer} {viewer.number} {at.astimezone(site().zone):%Y-%m-%d %H:%M}")
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="360" height="220">'
        '<text x="20" y="170" transform="rotate(-24 180 110)" font-family="sans-serif" font-size="15" '
        f'fill="#808891" fill-opacity="0.2">{words}</text></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _joins(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in "-+@._*")


def _check(body: bytes) -> bytes:
    return hmac.digest(site().key("watermark"), body, hashlib.sha256)[:_CHECK]
