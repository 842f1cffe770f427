"""A circuit breaker in front of Redis: after a failure it is left alone for a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import cast

import structlog
from django.core.cache import cache
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger("astral.caching")


class CacheUnreachable(Exception):
    """Redis does not answer, or did not answer a moment ago."""


class CircuitBreaker:
    """After a failure no caller uses Redis for `pause_s`. Then one caller tries; the others go on without it.

    So a hung server makes only a few callers wait for SOCKET_TIMEOUT.
    """

    def __init__(self, pause_s: float) -> None:
        self.pause_s = pause_s
        self._lock = Lock()
        self._tripped, self._open_until = False, 0.0

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
        with self._lock:
            self._tripped, self._open_until = True, time.monotonic() + self.pause_s
        log.warning("cache_unreachable", error=type(error).__name__, pause_s=self.pause_s)

    def reset(self) -> None:
        self._tripped = False


redis_breaker = CircuitBreaker(pause_s=2.0)


@contextmanager
def open_redis() -> Iterator[Redis]:
    """The Redis client. Raises CacheUnreachable if the breaker is open, and for failures inside the block."""
    breaker = redis_breaker
    if not breaker.allows():
        raise CacheUnreachable
    try:
        yield cast(Redis, cache.client.get_client(write=True))  # type: ignore[attr-defined]
    except (RedisError, OSError) as error:
        breaker.trip(error)
        raise CacheUnreachable from error
    breaker.reset()
