"""Computations and callers for the cache tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any
from uuid import UUID

from django.core.cache import cache

from astral.caching import CachedAnswer, CacheKey

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
ADA, BEN = UUID(int=0xADA), UUID(int=0xBE4)


def build_key(**changes: Any) -> CacheKey:
    fields: dict[str, Any] = {
        "name": "sums", "question": {"days": 7}, "owner": ADA,
        "scope": "own", "version": 3, "day": date(2026, 6, 10),
    }  # fmt: skip
    return CacheKey(**(fields | changes))


KEY = build_key()


def get_redis() -> Any:
    return cache.client.get_client(write=True)  # type: ignore[attr-defined]


class CountedComputation:
    """A computation that counts its calls. It can be slow or fail."""

    def __init__(self, value: Any = "sum", *, slow_s: float = 0.0, fails: Exception | None = None) -> None:
        self.value, self.slow_s, self.fails = value, slow_s, fails
        self.calls = 0

    def __call__(self) -> Any:
        self.calls += 1
        time.sleep(self.slow_s)
        if self.fails:
            raise self.fails
        return {"value": self.value}


def list_states(*answers: CachedAnswer) -> list[str]:
    return [answer.state for answer in answers]


def call_at_once(callers: int, call: Callable[[], Any]) -> list[Any]:
    """The results of many threads that call at the same moment. An exception is a result, too."""
    ready = Barrier(callers)

    def wait_and_call(_: int) -> Any:
        ready.wait()
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(callers) as threads:
        return list(threads.map(wait_and_call, range(callers)))
