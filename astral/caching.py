"""Answers worth keeping: asked for after the permission, stamped with the version of the data, optional to lose.

A kept answer is deleted with an account only. Its key is a stamp of the question, the viewer's scope, the data version
and the athlete's local day; when any of them changes, the old answer is simply not asked for any more, also where
Redis was down at that moment. Redis may be gone, hung or full of rubbish: then the answer is computed.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from typing import Any, Literal, cast

import structlog
from django.core.cache import cache
from django.http import HttpResponse
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request

from astral.http.renderers import dumps

ANSWER_SCHEMA_VERSION = (
    1  # raised whenever an answer changes its shape: what older processes kept is then not found
)
ATHLETE_TTL_S, ROSTER_TTL_S = 300, 600  # how long answers are kept
LOCK_TTL_S = (
    3  # a computation that takes longer than this, or whose process was killed, is no longer waited for
)
FORGOTTEN_OWNER_TTL_S = 30  # what was read before somebody was forgotten, and computed since, is not kept
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.002, 0.05  # between a waiting caller's looks
VARY = "Authorization, Cookie, X-API-Key, Accept"

CacheState = Literal["hit", "miss", "refresh", "off"]
Compute = Callable[[], Any]
log = structlog.get_logger("astral.caching")


@dataclass(frozen=True, slots=True)
class CacheKey:
    """What an answer depends on, hashed: the name of its key, and its ETag. `owner` is who it is about."""

    text: str
    owner: str = ""

    @classmethod
    def of(cls, name: str, question: dict[str, Any], scope: str, version: Any, day: Any) -> CacheKey:
        """`scope` is <owner>:<seen as what>; the owner, an athlete's or organization's id, is what `delete_cached_answers` takes."""
        depends_on = dumps([ANSWER_SCHEMA_VERSION, name, sorted(question.items()), scope, version, day])
        return cls(blake2b(depends_on, digest_size=16).hexdigest(), scope.partition(":")[0])

    @property
    def key(self) -> str:
        return str(cache.make_key(f"answer:{self.owner}:{self.text}"))

    @property
    def lock_key(self) -> str:
        return f"{self.key}:turn"

    @property
    def etag(self) -> str:
        return f'W/"{self.text}"'


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer's bytes, where they come from, and for how many seconds they have been kept."""

    body: bytes
    state: CacheState
    age_s: int = 0


class CacheUnreachable(Exception):
    """Redis gives no answer, or gave none a moment ago."""


class CircuitBreaker:
    """After a failure nobody asks Redis for `pause_s`; then one caller tries, and the rest go on without.

    A hung server so costs a few callers their patience (SOCKET_TIMEOUT), not each.
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
            self._open_until = now + self.pause_s  # this caller tries
            return True

    def trip(self, error: Exception) -> None:
        with self._lock:
            self._tripped, self._open_until = True, time.monotonic() + self.pause_s
        log.warning("cache_unreachable", error=type(error).__name__, pause_s=self.pause_s)

    def reset(self) -> None:
        self._tripped = False


breaker = CircuitBreaker(pause_s=2.0)


@contextmanager
def _redis() -> Iterator[Redis]:
    """The client, if it may be asked; raises Unreachable if not, and for whatever goes wrong while it is used."""
    if not breaker.allows():
        raise CacheUnreachable
    try:
        yield cast(Redis, cache.client.get_client(write=True))  # type: ignore[attr-defined]
    except (RedisError, OSError) as error:
        breaker.trip(error)
        raise CacheUnreachable from error
    breaker.reset()


def cached_response(
    request: Request, stamp: CacheKey, seconds: int, compute: Compute, *, refresh: bool
) -> HttpResponse:
    """The response to a question that may be asked: 304 before anything is computed, else kept or computed bytes.

    `compute` gives the whole JSON value; what it raises is the caller's, and nothing is kept.
    """
    headers = {"ETag": stamp.etag, "Cache-Control": "private, no-cache", "Vary": VARY}
    if not refresh and _matches_etag(request, stamp):
        return HttpResponse(status=304, headers=headers)
    kept = get_or_compute(stamp, seconds, compute, refresh=refresh)
    headers |= {"X-Cache": kept.state, "Age": str(kept.age_s)}
    return HttpResponse(kept.body, content_type="application/json", headers=headers)


def _matches_etag(request: Request, stamp: CacheKey) -> bool:
    """Weak comparison (RFC 9110 §13.1.2): the W/ does not count.

    `*` asks whether there is any answer at all, which nobody knows before it is computed: it matches nothing.
    """
    given = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    return f'"{stamp.text}"' in given


def get_or_compute(stamp: CacheKey, seconds: int, compute: Compute, *, refresh: bool = False) -> CachedAnswer:
    """The kept answer of this stamp, else computed and kept for `seconds`.

    `refresh` computes anew and keeps that. Of many callers at once, in any number of processes, one computes and
    the others wait for what it keeps.
    """
    try:
        found = None if refresh else _read_or_wait(stamp)
    except CacheUnreachable:
        return CachedAnswer(dumps(compute()), "off")
    if found:
        return found
    body = _compute_body(stamp, compute)
    return CachedAnswer(
        body, ("refresh" if refresh else "miss") if _store_body(stamp, seconds, body) else "off"
    )


def _read_or_wait(stamp: CacheKey) -> CachedAnswer | None:
    """What is kept, or what another caller keeps while this one waits; None: this caller is to compute it."""
    with _redis() as redis:
        if found := _unpack_body(_read_values(redis, stamp.key)[0]):
            return found
        # The turn, and a second look: it may have been computed since the first.
        steps: Any = redis.pipeline(transaction=False)
        mine, (raw,) = steps.set(stamp.lock_key, 1, nx=True, ex=LOCK_TTL_S).mget(stamp.key).execute()
    found = _unpack_body(raw)
    return found if found or mine else _wait_for_leader(stamp)


def _wait_for_leader(stamp: CacheKey) -> CachedAnswer | None:
    """What the caller whose turn it is keeps; None once that one has failed or takes too long."""
    give_up, pause_s = time.monotonic() + LOCK_TTL_S, FIRST_PAUSE_S
    while time.monotonic() < give_up:
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        with _redis() as redis:
            raw, turn = _read_values(redis, stamp.key, stamp.lock_key)
        found = _unpack_body(raw)
        if found or not turn:
            return found
    return None


def _compute_body(stamp: CacheKey, compute: Compute) -> bytes:
    try:
        return dumps(compute())
    except BaseException:
        with suppress(CacheUnreachable), _redis() as redis:
            redis.delete(stamp.lock_key)
        raise


def _store_body(stamp: CacheKey, seconds: int, body: bytes) -> bool:
    """Whether Redis took it. That it did not is no fault of the answer."""
    with suppress(CacheUnreachable), _redis() as redis:
        steps: Any = redis.pipeline(transaction=False)
        steps.set(stamp.key, _pack_body(body), ex=seconds).delete(stamp.lock_key).exists(
            _forgotten_key(stamp.owner)
        )
        if not steps.execute()[-1]:
            return True
        redis.delete(stamp.key)
    return False


def delete_cached_answers(owners: Sequence[str]) -> None:
    """Delete what is kept of these athletes and organizations, also what is being computed of them just now.

    For who deletes an account: stamps alone would leave the bytes until they expire. Where Redis is away they expire.
    """
    answers = tuple(str(cache.make_key(f"answer:{owner}:")).encode() for owner in owners)
    try:
        with _redis() as redis:
            for owner in owners:
                redis.set(_forgotten_key(owner), 1, ex=FORGOTTEN_OWNER_TTL_S)
            kept = [
                key
                for key in redis.scan_iter(f"{cache.make_key('answer:')}*", 1_000)
                if key.startswith(answers)
            ]
            if kept:
                redis.unlink(*kept)
    except CacheUnreachable:
        log.warning("answers_not_forgotten", expire_within_s=ROSTER_TTL_S)


def _forgotten_key(owner: str) -> str:
    """Says nothing of whom it is about."""
    return str(cache.make_key(f"forgotten:{blake2b(owner.encode(), digest_size=16).hexdigest()}"))


def _read_values(redis: Redis, *keys: str) -> list[bytes | None]:
    """Whatever is not a string reads as None with MGET, where GET would raise."""
    return cast("list[bytes | None]", redis.mget(keys))


def _pack_body(body: bytes) -> bytes:
    content = b"%d\n%s" % (time.time(), body)
    return b"%d %s" % (zlib.crc32(content), content)


def _unpack_body(raw: bytes | None) -> CachedAnswer | None:
    """None for whatever was not written here, whole: it is then computed and replaced."""
    checksum, _, content = (raw or b"").partition(b" ")
    if not content or checksum != b"%d" % zlib.crc32(content):
        return None
    kept_at, _, body = content.partition(b"\n")
    return CachedAnswer(body, "hit", max(0, int(time.time()) - int(kept_at)))
