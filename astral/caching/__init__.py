"""Cached answers in Redis.

Permission is checked before the cache is read. A key contains the versions of the data, so changed data gives
another key and nothing has to be deleted, even if Redis was down at that moment. Only deleting an account
deletes answers. Without Redis every answer is computed.

    key          what an answer depends on: its Redis key and its ETag
    store        get an answer, or compute and store it once; delete answers
    breaker      stop asking Redis for a moment after a failure
    response     the HTTP response: 304, cached or computed; not cached if something is withheld
"""

from astral.caching.key import CacheKey
from astral.caching.response import cached_response, compute_response
from astral.caching.store import (
    ATHLETE_TTL_S,
    ROSTER_TTL_S,
    CachedAnswer,
    delete_cached_answers,
    get_or_compute,
)

__all__ = [
    "ATHLETE_TTL_S",
    "ROSTER_TTL_S",
    "CacheKey",
    "CachedAnswer",
    "cached_response",
    "delete_cached_answers",
    "get_or_compute",
    "compute_response",
]
