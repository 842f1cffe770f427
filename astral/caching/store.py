"""Stored answers: read one, or compute and store it once; delete the answers of an owner."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from uuid import UUID

import structlog
from django.core.cache import cache
from redis import Redis

from astral.caching.breaker import CacheUnreachable, open_redis
from astral.caching.key import CacheKey, build_deleted_key, build_owner_prefix
from astral.http.renderers import dumps
from astral.instruments import CACHE_ANSWERS

ATHLETE_TTL_S, ROSTER_TTL_S = 300, 600  # how long answers are stored
LOCK_TTL_S = 3  # others wait at most this long for a computation; its process may have been killed
DELETED_OWNER_TTL_S = 30  # no answers about a deleted owner are stored: they may hold data read before
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.002, 0.05  # how long a waiting caller sleeps between two reads

CacheState = Literal["hit", "miss", "refresh", "off"]
Compute = Callable[[], Any]
log = structlog.get_logger("astral.caching")


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """The bytes of an answer, where they come from, and how many seconds ago they were stored."""

    body: bytes
    state: CacheState
    age_s: int = 0
    stored_at: int = field(default=0, compare=False)  # seconds since 1970; 0: computed for this call


def get_or_compute(key: CacheKey, ttl_s: int, compute: Compute, *, refresh: bool = False) -> CachedAnswer:
    """The stored answer of this key, else compute it and store it for `ttl_s` seconds.

    `refresh` always computes and stores. Of many callers at once, in any number of processes, one computes
    and the others wait for its answer.
    """
    answer = _find_or_compute(key, ttl_s, compute, refresh)
    CACHE_ANSWERS.labels(answer.state).inc()
    return answer


def _find_or_compute(key: CacheKey, ttl_s: int, compute: Compute, refresh: bool) -> CachedAnswer:
    try:
        stored = None if refresh else _read_or_wait(key)
    except CacheUnreachable:
        return CachedAnswer(dumps(compute()), "off")
    if stored:
        return stored
    body = _compute_body(key, compute)
    if not _store_body(key, ttl_s, body):
        return CachedAnswer(body, "off")
    return CachedAnswer(body, "refresh" if refresh else "miss")


def delete_cached_answers(owners: Sequence[UUID]) -> None:
    """Delete the answers about these athletes and organizations, also those that are being computed now.

    Needed when an account is deleted: otherwise its answers would stay until they expire. Without Redis they
    expire.
    """
    prefixes = tuple(build_owner_prefix(owner).encode() for owner in owners)
    try:
        with open_redis() as redis:
            for owner in owners:
                redis.set(build_deleted_key(owner), 1, ex=DELETED_OWNER_TTL_S)
            all_keys = redis.scan_iter(f"{cache.make_key('answer:')}*", 1_000)
            if keys := [key for key in all_keys if key.startswith(prefixes)]:
                redis.unlink(*keys)
    except CacheUnreachable:
        log.warning("answers_not_forgotten", expire_within_s=ROSTER_TTL_S)


def _read_or_wait(key: CacheKey) -> CachedAnswer | None:
    """The stored answer, even if another caller stores it while this one waits. None: compute it here."""
    with open_redis() as redis:
        if stored := _unpack_body(_read_values(redis, key.redis_key)[0]):
            return stored
        # Take the lock and read again: the answer may have been stored since the first read.
        steps: Any = redis.pipeline(transaction=False)
        is_leader, (raw,) = steps.set(key.lock_key, 1, nx=True, ex=LOCK_TTL_S).mget(key.redis_key).execute()
    stored = _unpack_body(raw)
    return stored if stored or is_leader else _wait_for_leader(key)


def _wait_for_leader(key: CacheKey) -> CachedAnswer | None:
    """The answer that the leader stores. None if the leader fails or takes too long."""
    give_up, pause_s = time.monotonic() + LOCK_TTL_S, FIRST_PAUSE_S
    while time.monotonic() < give_up:
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        with open_redis() as redis:
            raw, lock = _read_values(redis, key.redis_key, key.lock_key)
        stored = _unpack_body(raw)
        if stored or not lock:
            return stored
    return None


def _compute_body(key: CacheKey, compute: Compute) -> bytes:
    """Compute the answer. On failure release the lock, so that the others do not wait."""
    try:
        return dumps(compute())
    except BaseException:
        with suppress(CacheUnreachable), open_redis() as redis:
            redis.delete(key.lock_key)
        raise


def _store_body(key: CacheKey, ttl_s: int, body: bytes) -> bool:
    """Store the body. Returns whether Redis stored it; if not, the body is still a right answer."""
    value = b"%d\n%s" % (time.time(), body)
    with suppress(CacheUnreachable), open_redis() as redis:
        steps: Any = redis.pipeline(transaction=False)
        steps.set(key.redis_key, value, ex=ttl_s).delete(key.lock_key).exists(build_deleted_key(key.owner))
        if not steps.execute()[-1]:
            return True
        redis.delete(key.redis_key)
    return False


def _read_values(redis: Redis, *keys: str) -> list[bytes | None]:
    """The values of these keys. MGET gives None for a value that is not a string; GET would raise."""
    return cast("list[bytes | None]", redis.mget(keys))


def _unpack_body(raw: bytes | None) -> CachedAnswer | None:
    """The answer in a stored value. None if this module did not write the value: it is then replaced."""
    stored_at, _, body = (raw or b"").partition(b"\n")
    if not body or not stored_at.isdigit():
        return None
    return CachedAnswer(body, "hit", max(0, int(time.time()) - int(stored_at)), int(stored_at))
