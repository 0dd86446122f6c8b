"""What comes in: a call or message, and the demands in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from suqiu.web.vault.safe import Identity


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand of a call, as taken down; texts as given: they are redacted on the way in 诉求.

    Attributes:
        title, text: one line, and everything.
        type, category, place, urgency: codes and ids; empty where nobody has said.
        address, object_name: as said.
        lon, lat: WGS-84 degrees.
        suggestions: what `live` proposed, as it proposed it: written down beside what the person chose.
        key: the sender's own mark; the same again is the same demand.
    """

    title: str
    text: str
    type: str = ""
    category: str = ""
    place: str = ""
    urgency: str = "normal"
    address: str = ""
    object_name: str = ""
    lon: float | None = None
    lat: float | None = None
    suggestions: tuple[dict[str, object], ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """How a demand came in 来电（来件）.

    Attributes:
        channel: code of `domain.order.Channel`.
        identity: who called; goes into the vault.
        secret: not to be named to any unit.
        call_id, language: see `models.Contact`.
        at: when; None is now.
        track_code: the code that a citizen was given, for following the order; empty for none.
    """

    channel: str
    identity: Identity = field(default_factory=Identity)
    secret: bool = False
    call_id: str = ""
    language: str = "zh"
    at: datetime | None = None
    track_code: str = ""
