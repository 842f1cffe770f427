"""GET /healthz: whether the database and the cache answer."""

from __future__ import annotations

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from astral.http.renderers import dumps


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ok" or "degraded" (cache down), 503 "down" (database down), with the state of each part."""
    database_up, cache_up = _is_database_up(), _is_cache_up()
    status = "down" if not database_up else "ok" if cache_up else "degraded"
    states = {"status": status, "database": _format_state(database_up), "cache": _format_state(cache_up)}
    return HttpResponse(dumps(states), status=200 if database_up else 503, content_type="application/json")


def _format_state(is_up: bool) -> str:
    return "ok" if is_up else "down"


def _is_database_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _is_cache_up() -> bool:
    try:
        return bool(cache.client.get_client().ping())  # type: ignore[attr-defined]
    except (RedisError, ConnectionInterrupted, OSError):
        return False
