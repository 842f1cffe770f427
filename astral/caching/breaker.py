"""The circuit breaker in front of Redis: after a failure, nobody calls Redis for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.core.cache import cache
from redis import Redis
from redis.exceptions import RedisError

from astral.circuit_breaker import CircuitBreaker
from astral.instruments import CACHE_FAILURES


class CacheUnreachable(Exception):
    """Redis does not answer, or did not answer a moment ago."""


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
        CACHE_FAILURES.inc()
        raise CacheUnreachable from error
    breaker.reset()
