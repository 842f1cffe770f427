"""HTTP responses from the cache."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from astral.caching.key import CacheKey
from astral.caching.store import Compute, get_or_compute
from astral.http.middleware.private_answers import VARY


def cached_response(
    request: Request, key: CacheKey, ttl_s: int, compute: Compute, *, refresh: bool
) -> HttpResponse:
    """304 if the caller has this answer already, else the cached or computed answer.

    Check the permission before this call. `compute` returns the whole JSON value. If it raises, the
    caller gets its exception and nothing is stored.
    """
    headers = {"ETag": key.etag, "Cache-Control": "private, no-cache", "Vary": ", ".join(VARY)}
    if not refresh and _matches_etag(request, key):
        return HttpResponse(status=304, headers=headers)
    answer = get_or_compute(key, ttl_s, compute, refresh=refresh)
    headers |= {"X-Cache": answer.state, "Age": str(answer.age_s)}
    return HttpResponse(answer.body, content_type="application/json", headers=headers)


def _matches_etag(request: Request, key: CacheKey) -> bool:
    """Weak comparison (RFC 9110 §13.1.2): a leading W/ is ignored.

    `*` asks whether any answer exists. That is unknown before it is computed, so `*` matches nothing.
    """
    etags = parse_etags(request.headers.get("If-None-Match", ""))
    return key.etag.removeprefix("W/") in {etag.removeprefix("W/") for etag in etags}
