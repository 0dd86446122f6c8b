"""One reader for the whole process, shared by all threads: made once, renewed when a run has learned anew."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from suqiu.domain.errors import SuqiuError
from suqiu.domain.text import Text
from suqiu.single import Understanding
from suqiu.web.live.telling import Live, tell
from suqiu.web.site import site

_LOG = logging.getLogger("suqiu.web.live")
#: A text that warms everything that is made at the first reading.
_FIRST = "来电人反映长虹路一处路灯不亮，希望尽快维修。"
_LEVELS = ("district", "street", "community")
#: What exceeds this in a text is not looked at.
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Ready:
    """A reader that is ready.

    Attributes:
        understanding: it.
        model: folder that it was learned into, None where only the duty catalogue speaks.
        problem: why the model of the last run is not used, None where nothing is wrong.
        key: what it was made for.
    """

    understanding: Understanding
    model: Path | None
    problem: Text | None
    key: tuple[str, str | None]


class _Holder:
    """Keeps the reader; whoever comes first makes it, while it is renewed the old one answers."""

    def __init__(self) -> None:
        self._making = threading.Lock()
        self._ready: Ready | None = None

    def get(self) -> Ready:
        """Return the reader, made if there is none."""
        key, ready = _key(), self._ready
        if ready is not None and ready.key == key:
            return ready
        if ready is not None:
            self.renew()
            return ready
        with self._making:
            if self._ready is None:
                self._ready = _made(key)
            return self._ready

    def renew(self) -> None:
        """Make the reader anew in the background, unless that is being done."""
        threading.Thread(target=self._renewed, name="live-reader", daemon=True).start()

    def _renewed(self) -> None:
        if not self._making.acquire(blocking=False):
            return
        try:
            key = _key()
            if self._ready is None or self._ready.key != key:
                self._ready = _made(key)
        except Exception:
            _LOG.exception("the live reader could not be made")
        finally:
            self._making.release()


_HOLDER = _Holder()


def read(text: str, at: datetime, **recorded: str) -> Live:
    """Return what a text says.

    Args:
        text: as given; it is masked before anything looks at it, and nothing of it is kept.
        at: when it was said.
        recorded: what is known of the order already: see `Understanding.look`.
    """
    ready, here = _HOLDER.get(), site()
    sight = ready.understanding.look(text[:LONGEST], at=at.astimezone(here.zone).replace(tzinfo=None), **recorded)
    return tell(sight, ready.understanding, here.city)


def known(**said: str) -> dict[str, str]:
    """Return what is known of an order as `read` takes it: what is empty is left out, a place is told by its levels."""
    parts = said.pop("place", "").split(".")
    levels = {level: ".".join(parts[: n + 1]) for n, level in enumerate(_LEVELS[: len(parts)]) if parts[0]}
    return {name: value for name, value in said.items() if value} | levels


def state() -> Ready:
    """Return the reader in use, for pages that tell of it."""
    return _HOLDER.get()


def warm() -> None:
    """Begin to make the reader, so that the first call does not wait."""
    _HOLDER.renew()


def _key() -> tuple[str, str | None]:
    here = site()
    return here.city.version, here.about.result


def _made(key: tuple[str, str | None]) -> Ready:
    here = site()
    folder = None if key[1] is None else Path(key[1]) / "model"
    problem: Text | None = None
    if folder is not None:
        try:
            return _tried(Ready(Understanding(here.city, here.settings, folder), folder, None, key))
        except SuqiuError as error:
            problem = error.message
            _LOG.warning("the model of the last run is not used: %s", error.code)
    return _tried(Ready(Understanding(here.city, here.settings), None, problem, key))


def _tried(ready: Ready) -> Ready:
    ready.understanding.look(_FIRST, at=datetime(2026, 1, 1))
    return ready
