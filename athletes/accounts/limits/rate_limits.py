"""Limits of calls a minute for each person and each API key: one for reads, one for writes.

All processes count them together in Redis. Without it reads are not limited, and writes are counted in
PostgreSQL.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from astral.caching.breaker import CacheUnreachable, open_redis
from astral.http.errors import ApiError
from astral.logs import log_refusal
from athletes.accounts.limits.use_limits import UseLimit, compute_counter_id, count_use
from athletes.rights import Viewer

PERIOD_S = 60
READS, WRITES = "read", "write"
TEXT = "You may make at most {most} such calls a minute. Wait until Retry-After, then go on."


@dataclass(frozen=True, slots=True)
class RateLimitState:
    """`left` calls of this kind for the next `reset_s` seconds."""

    kind: str
    most: int
    left: int
    reset_s: int

    def list_headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"{self.kind}";q={self.most};w={PERIOD_S}',
            "RateLimit": f'"{self.kind}";r={self.left};t={self.reset_s}',
        }


class CallLimitReached(ApiError):
    """429 with Retry-After."""

    def __init__(self, state: RateLimitState) -> None:
        super().__init__("LIMIT_REACHED", TEXT.format(most=state.most), 429)
        self.state = state
        self.retry_after = timedelta(seconds=state.reset_s)


class CredentialThrottle(BaseThrottle):
    """Count each call of a known caller. Anonymous calls, such as signing in, have limits of their own."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """True, or raises CallLimitReached. `view.response_headers` then say what is left."""
        if request.user.is_anonymous:
            return True
        try:
            state = count_call(cast(Viewer, request.user), self.find_kind(request))
        except CallLimitReached as error:
            view.response_headers = error.state.list_headers()
            raise
        if state is not None:
            view.response_headers = state.list_headers()
        return True

    def find_kind(self, request: Request) -> str:
        return READS if request.method in SAFE_METHODS else WRITES


def count_call(viewer: Viewer, kind: str) -> RateLimitState | None:
    """Count one call. Returns what is left; None: there is no limit, or Redis is gone.

    Raises CallLimitReached, and UseLimitReached for writes without Redis.
    """
    most = settings.READS_PER_MINUTE if kind == READS else settings.WRITES_PER_MINUTE
    if not most:
        return None
    caller = " ".join(map(str, viewer.log_identity[:2]))
    try:
        state = _count_in_redis(caller, kind, most)
    except CacheUnreachable:
        if kind == WRITES:
            count_use(compute_counter_id(caller), _build_use_limit(most), timezone.now())
        return None
    if state.left < 0:
        log_refusal("limit_reached", kind=kind)
        raise CallLimitReached(RateLimitState(kind, most, 0, state.reset_s))
    return state


def _count_in_redis(caller: str, kind: str, most: int) -> RateLimitState:
    """Count a call in the running minute. Raises CacheUnreachable."""
    minute, passed_s = divmod(int(time.time()), PERIOD_S)
    key = f"astral:calls:{kind}:{caller}:{minute}"
    with open_redis() as redis:
        steps: Any = redis.pipeline(transaction=False)
        count, _ = steps.incr(key).expire(key, 2 * PERIOD_S).execute()
    return RateLimitState(kind, most, most - count, PERIOD_S - passed_s)


def _build_use_limit(most: int) -> UseLimit:
    return UseLimit("write", timedelta(seconds=PERIOD_S), lambda: most, TEXT)
