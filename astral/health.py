"""GET /healthz: can this process work? A dead cache makes answers slower, a dead database makes none."""

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
    """200 `ok` or `degraded` (cache down), 503 `down` (database down), each part with its state."""
    database, kept = _database_answers(), _cache_answers()
    status = "down" if not database else "ok" if kept else "degraded"
    states = {"status": status, "database": _state_word(database), "cache": _state_word(kept)}
    return HttpResponse(dumps(states), status=200 if database else 503, content_type="application/json")


def _state_word(answers: bool) -> str:
    return "ok" if answers else "down"


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _cache_answers() -> bool:
    try:
        return bool(cache.client.get_client().ping())  # type: ignore[attr-defined]
    except (RedisError, ConnectionInterrupted, OSError):
        return False
