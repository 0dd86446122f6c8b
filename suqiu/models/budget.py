"""What a run may spend on an endpoint, and when to leave a broken one alone."""

from __future__ import annotations

from threading import Lock
from time import monotonic

from suqiu.models.connection import Connection
from suqiu.models.limits import Limits


class Budget:
    """Calls, tokens and seconds of one run, counted by all workers together 调用预算."""

    def __init__(self, allowed: Connection) -> None:
        self._allowed = allowed
        self._lock = Lock()
        self.calls = 0
        self.tokens = 0
        self.seconds = 0.0

    def take_call(self) -> bool:
        """Book one call; False when something is used up."""
        with self._lock:
            spent = self.calls >= self._allowed.calls or self.tokens >= self._allowed.tokens
            if spent or self.seconds >= self._allowed.run_seconds:
                return False
            self.calls += 1
            return True

    def spend(self, *, tokens: int, seconds: float) -> None:
        """Book what a call took; failed calls cost their seconds too."""
        with self._lock:
            self.tokens += max(tokens, 0)
            self.seconds += seconds


class Breaker:
    """Keeps calls from an endpoint that failed several times in a row; lets one through when the pause is over 熔断."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = Lock()
        self._failures = 0
        self._shut_until = 0.0

    def lets_through(self) -> bool:
        """Say whether a call may be made now; after a pause only one trial may, until its outcome is told."""
        with self._lock:
            if self._failures < self._limits.failures_to_pause:
                return True
            if monotonic() < self._shut_until:
                return False
            self._shut_until = monotonic() + self._limits.pause_seconds
            return True

    def tell(self, *, worked: bool) -> None:
        """Note how a call ended."""
        with self._lock:
            self._failures = 0 if worked else self._failures + 1
            if self._failures >= self._limits.failures_to_pause:
                self._shut_until = monotonic() + self._limits.pause_seconds
