"""The view that the four statistics share: permission first, then the cache, then the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from astral import caching
from astral.http.views import ApiView
from athletes.access.permissions import get_permit
from athletes.models import Athlete
from athletes.rights import Viewer

JsonDict = dict[str, Any]


class StatisticsView(ApiView):
    """Ask permission, then the cache, then the database. The answer is the same for everybody who may have it."""

    tag = "analytics"
    name: ClassVar[str]

    def respond(self, request: Request) -> HttpResponse:
        now = timezone.now()
        asked = self.parse_query(now=now)
        may = get_permit(request)
        athlete = may.athlete(asked.get("user_id"))
        key = caching.CacheKey(
            name=self.name,
            question=_cache_parameters(asked),
            owner=athlete.pk,
            scope=_find_viewer_role(may.viewer, athlete),
            version=athlete.data_version,
            day=athlete.local_date(now),
        )

        def compute() -> JsonDict:
            return {"status": "ok", "data": self.compute_data(athlete, asked, now)}

        return caching.cached_response(request, key, caching.ATHLETE_TTL_S, compute, refresh=asked["refresh"])

    def compute_data(self, athlete: Athlete, asked: JsonDict, now: datetime) -> JsonDict:
        """What the question comes to; raises NoData where it counts nothing."""
        raise TypeError(f"{type(self).__name__} answers no question")


def _cache_parameters(asked: JsonDict) -> JsonDict:
    """What was asked, without whose numbers (the scope says that) and whether to keep them."""
    return {name: value for name, value in asked.items() if name not in ("user_id", "refresh")}


def _find_viewer_role(viewer: Viewer, athlete: Athlete) -> str:
    """Each kind of viewer has cached answers of its own."""
    return "own" if viewer.pk == athlete.pk else "staff" if viewer.is_staff else "coach"
