"""A circuit breaker: after a failure, nobody calls a server that does not answer for a moment."""

from __future__ import annotations

import time
from threading import Lock

import structlog

log = structlog.get_logger("astral.circuit_breaker")


class CircuitBreaker:
    """After a failure no caller uses the server for `pause_s`. Then one caller tries, the others do not yet.

    So only a few callers wait for a server that hangs. `event` is the log line of a failure.
    """

    def __init__(self, pause_s: float, event: str = "cache_unreachable") -> None:
        self.pause_s, self.event = pause_s, event
        self._lock = Lock()
        self._tripped, self._open_until = False, 0.0

    @property
    def is_tripped(self) -> bool:
        """Whether the last call failed. A caller that may try then tries a server that was down."""
        return self._tripped

    @property
    def is_paused(self) -> bool:
        """Whether calls are refused now. Unlike `allows`, asking gives nobody the turn to try."""
        return self._tripped and time.monotonic() < self._open_until

    def allows(self) -> bool:
        if not self._tripped:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._open_until:
                return False
            self._open_until = now + self.pause_s  # only this caller tries
            return True

    def trip(self, error: Exception) -> None:
        self.pause(type(error).__name__)

    def pause(self, reason: str) -> None:
        with self._lock:
            self._tripped, self._open_until = True, time.monotonic() + self.pause_s
        log.warning(self.event, error=reason, pause_s=self.pause_s)

    def reset(self) -> None:
        self._tripped = False
