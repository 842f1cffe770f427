"""HTTP responses from the cache."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b

from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from astral.caching.key import CacheKey
from astral.caching.store import CachedAnswer, Compute, get_or_compute
from astral.http.middleware.private_answers import VARY
from astral.http.renderers import dumps

ReadAnswer = Callable[[CachedAnswer], None]
# A quote inside of a text is escaped, so this is never a part of a text.
_TIME_OF_READING = re.compile(rb'"as_of":"[^"]*"')


def cached_response(
    request: Request,
    key: CacheKey,
    ttl_s: int,
    compute: Compute,
    *,
    refresh: bool,
    etag_of_content: bool = False,
    read_answer: ReadAnswer | None = None,
    reads_unchanged: bool = False,
) -> HttpResponse:
    """304 if the caller has this answer already, else the cached or computed answer.

    Check the permission before this call. `compute` returns the whole JSON value. If it raises, the
    caller gets its exception and nothing is stored. `etag_of_content`: the ETag does not change with the
    version of the data, only with what the answer shows. `read_answer` gets the answer; with
    `reads_unchanged` also that of a 304, which otherwise needs no answer.
    """
    if not (etag_of_content or refresh or reads_unchanged) and _matches_etag(request, key.etag):
        return _build_unchanged(key.etag)
    answer = get_or_compute(key, ttl_s, compute, refresh=refresh)
    if read_answer:
        read_answer(answer)
    etag = _hash_content(answer.body) if etag_of_content else key.etag
    if not refresh and _matches_etag(request, etag):
        return _build_unchanged(etag)
    return _build_response(answer, etag)


def compute_response(
    request: Request, compute: Compute, *, refresh: bool, read_answer: ReadAnswer | None = None
) -> HttpResponse:
    """The answer for a viewer from whom something about its owner is withheld.

    It is computed for each call, and its ETag is a hash of what it shows. A version, the age of a stored
    answer or the time of its reading would tell when withheld data changes.
    """
    answer = CachedAnswer(dumps(compute()), "off")
    if read_answer:
        read_answer(answer)
    etag = _hash_content(answer.body)
    if not refresh and _matches_etag(request, etag):
        return _build_unchanged(etag)
    return _build_response(answer, etag)


def _build_unchanged(etag: str) -> HttpResponse:
    return HttpResponse(status=304, headers=_build_headers(etag))


def _build_response(answer: CachedAnswer, etag: str) -> HttpResponse:
    headers = _build_headers(etag) | {"X-Cache": answer.state, "Age": str(answer.age_s)}
    return HttpResponse(answer.body, content_type="application/json", headers=headers)


def _build_headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": ", ".join(VARY)}


def _hash_content(body: bytes) -> str:
    """The ETag of an answer: a hash of its body without the time of reading."""
    return f'W/"{blake2b(_TIME_OF_READING.sub(b"", body), digest_size=16).hexdigest()}"'


def _matches_etag(request: Request, etag: str) -> bool:
    """Weak comparison (RFC 9110 §13.1.2): a leading W/ is ignored.

    `*` asks whether any answer exists. That is unknown before it is computed, so `*` matches nothing.
    """
    etags = parse_etags(request.headers.get("If-None-Match", ""))
    return etag.removeprefix("W/") in {known.removeprefix("W/") for known in etags}
