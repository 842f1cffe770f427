"""GET /healthz: whether the database and the cache answer."""

from __future__ import annotations

from typing import Literal

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from astral.database.errors import was_disk_full_lately
from astral.http.renderers import dumps


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ok" or "degraded" (cache down), 503 "down" (database down or full), with the state of each part.

    The database is "full" for a minute after a request of this process met a full disk.
    """
    database, cache_state = _check_database(), "ok" if _is_cache_up() else "down"
    status = "down" if database != "ok" else "ok" if cache_state == "ok" else "degraded"
    states = {"status": status, "database": database, "cache": cache_state}
    code = 200 if database == "ok" else 503
    return HttpResponse(dumps(states), status=code, content_type="application/json")


def _check_database() -> Literal["ok", "down", "full"]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "down"
    return "full" if was_disk_full_lately() else "ok"


def _is_cache_up() -> bool:
    try:
        return bool(cache.client.get_client().ping())  # type: ignore[attr-defined]
    except (RedisError, ConnectionInterrupted, OSError):
        return False
