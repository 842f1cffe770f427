"""Answers worth keeping: asked for after the permission, stamped with the version of the data, optional to lose.

A kept answer is never deleted. Its key is a stamp of the question, the viewer's scope, the data version and the
athlete's local day; when any of them changes, the old answer is simply not asked for any more, also where Redis was
down at that moment. Redis may be gone, hung or full of rubbish: then the answer is computed.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal, cast
from uuid import uuid4

import structlog
from django.core.cache import cache
from django.http import HttpResponse
from django_redis.exceptions import ConnectionInterrupted
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request

from astral.rendering import dumps

SCHEMA = 1  # raised whenever an answer changes its shape: what older processes kept is then not found
HEADER = b"astral 1"
ATHLETE_S, ROSTER_S = 300, 600  # how long answers are kept
TURN_S = 10  # a computation that takes longer than this is no longer waited for
FIRST_LOOK_S, LONGEST_LOOK_S = 0.002, 0.05
UNREACHABLE = (RedisError, ConnectionInterrupted, OSError)
VARY = "Authorization, Cookie, X-API-Key, Accept"

State = Literal["hit", "miss", "refresh", "off"]
Compute = Callable[[], Any]
log = structlog.get_logger("astral.caching")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an answer depends on, hashed: the name of its key, and its ETag."""

    text: str

    @classmethod
    def of(cls, name: str, question: dict[str, Any], scope: str, version: Any, day: Any) -> Stamp:
        depends_on = dumps([SCHEMA, name, sorted(question.items()), scope, version, day])
        return cls(blake2b(depends_on, digest_size=16).hexdigest())

    @property
    def key(self) -> str:
        return str(cache.make_key(f"answer:{self.text}"))

    @property
    def turn_key(self) -> str:
        return f"{self.key}:turn"

    @property
    def etag(self) -> str:
        return f'W/"{self.text}"'


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer's bytes, where they come from, and for how many seconds they have been kept."""

    body: bytes
    state: State
    age_s: int = 0


class Breaker:
    """After a failure nobody asks Redis for a while: a hung server costs one caller its patience, not each."""

    def __init__(self, pause_s: float) -> None:
        self.pause_s = pause_s
        self.open_until = 0.0

    def allows(self) -> bool:
        return time.monotonic() >= self.open_until

    def trip(self, error: Exception) -> None:
        self.open_until = time.monotonic() + self.pause_s
        log.warning("cache_unreachable", error=type(error).__name__, pause_s=self.pause_s)


breaker = Breaker(pause_s=2.0)


def answer(request: Request, stamp: Stamp, seconds: int, compute: Compute, *, refresh: bool) -> HttpResponse:
    """The response to a question that may be asked: 304 before anything is computed, else kept or computed bytes.

    `compute` gives the whole JSON value; what it raises is the caller's, and nothing is kept.
    """
    headers = {"ETag": stamp.etag, "Cache-Control": "private, no-cache", "Vary": VARY}
    if not refresh and _matches(request, stamp):
        return HttpResponse(status=304, headers=headers)
    kept = keep(stamp, seconds, compute, refresh=refresh)
    headers |= {"X-Cache": kept.state, "Age": str(kept.age_s)}
    return HttpResponse(kept.body, content_type="application/json", headers=headers)


def _matches(request: Request, stamp: Stamp) -> bool:
    """Weak comparison (RFC 9110 §13.1.2): the W/ does not count."""
    given = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    return "*" in given or f'"{stamp.text}"' in given


def keep(stamp: Stamp, seconds: int, compute: Compute, *, refresh: bool = False) -> Kept:
    """The kept answer of this stamp, else computed and kept for `seconds`.

    `refresh` computes anew and keeps that. Of many callers at once, in any number of processes, one computes and
    the others wait for what it keeps.
    """
    turn = uuid4().hex.encode()
    if not breaker.allows():
        return Kept(dumps(compute()), "off")
    try:
        found = None if refresh else _read(stamp) or _await_turn(stamp, turn)
    except UNREACHABLE as error:
        breaker.trip(error)
        return Kept(dumps(compute()), "off")
    return found or _compute(stamp, seconds, compute, turn, "refresh" if refresh else "miss")


def _await_turn(stamp: Stamp, turn: bytes) -> Kept | None:
    """None once it is this caller's turn to compute; else what another caller has computed meanwhile."""
    give_up, look = time.monotonic() + TURN_S, FIRST_LOOK_S
    while not _redis().set(stamp.turn_key, turn, nx=True, ex=TURN_S) and time.monotonic() < give_up:
        time.sleep(look)
        look = min(2 * look, LONGEST_LOOK_S)
        if found := _read(stamp):
            return found
    return _read(stamp)  # kept between the first look and the turn


def _compute(stamp: Stamp, seconds: int, compute: Compute, turn: bytes, state: State) -> Kept:
    try:
        body = dumps(compute())
    except BaseException:
        _write(lambda redis: _end_turn(redis, stamp, turn))
        raise
    kept = _write(lambda redis: redis.set(stamp.key, _packed(body), ex=seconds) and _end_turn(redis, stamp, turn))
    return Kept(body, state if kept else "off")


def _end_turn(redis: Redis, stamp: Stamp, turn: bytes) -> bool:
    if redis.get(stamp.turn_key) == turn:
        redis.delete(stamp.turn_key)
    return True


def _write(step: Callable[[Redis], Any]) -> bool:
    """Whether Redis took it. That it did not is no fault of the answer."""
    try:
        step(_redis())
    except UNREACHABLE as error:
        breaker.trip(error)
        return False
    return True


def _redis() -> Redis:
    return cast(Redis, cache.client.get_client(write=True))  # type: ignore[attr-defined]


def _read(stamp: Stamp) -> Kept | None:
    raw = cast("bytes | None", _redis().get(stamp.key))
    return _unpacked(raw) if raw else None


def _packed(body: bytes) -> bytes:
    return b"%s %d %d\n%s" % (HEADER, time.time(), zlib.crc32(body), body)


def _unpacked(raw: bytes) -> Kept | None:
    """None for whatever was not written by this version, whole: it is then computed and replaced."""
    head, _, body = raw.partition(b"\n")
    words = head.removeprefix(HEADER).split()
    if not head.startswith(HEADER) or len(words) != 2 or words[1] != b"%d" % zlib.crc32(body):
        return None
    return Kept(body, "hit", max(0, int(time.time()) - int(words[0])))
