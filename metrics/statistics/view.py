"""Base view of the statistics: check permission, then use the cache, then the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from astral import caching
from astral.http.views import ApiView
from athletes.access.data_versions import prefer_current_replica
from athletes.access.permissions import get_permit
from athletes.accounts.limits.use_limits import count_refresh
from athletes.models import Athlete
from athletes.rights import EVERYTHING, Viewer, Visibility
from metrics.snapshots.current import SNAPSHOT_FORMULA

JsonDict = dict[str, Any]


class StatisticsView(ApiView):
    """Check permission, then use the cache, then the database."""

    tag = "analytics"
    further_statuses = (429,)
    name: ClassVar[str]
    formula: ClassVar[Any] = 0  # with another value older answers are not found; beside that of snapshots
    visibility: Visibility  # of the athlete, for this viewer

    def respond(self, request: Request, athlete_id: UUID | None = None) -> HttpResponse:
        """`athlete_id`: of the address; without one, the parameter `user_id` counts."""
        now = timezone.now()
        params = self.parse_query(now=now)
        permit = get_permit(request)
        athlete, self.visibility = permit.athlete_and_visibility(athlete_id or params.get("user_id"))
        if params["refresh"]:
            count_refresh(permit.viewer, now)
        cache_key = caching.CacheKey(
            name=self.name,
            question=_cache_parameters(params),
            owner=athlete.pk,
            scope=_find_viewer_role(permit.viewer, athlete),
            version=(athlete.data_version, SNAPSHOT_FORMULA, self.formula),
            day=athlete.local_date(now),
        )

        def compute() -> JsonDict:
            return {"status": "ok", "data": self.compute_data(athlete, params, now)}

        if self.visibility != EVERYTHING:
            return caching.compute_response(request, compute, refresh=params["refresh"])
        return caching.cached_response(
            request,
            cache_key,
            caching.ATHLETE_TTL_S,
            prefer_current_replica(compute, permit.viewer, athlete),
            refresh=params["refresh"],
        )

    def compute_data(self, athlete: Athlete, params: JsonDict, now: datetime) -> JsonDict:
        """Compute the answer; raises NoData without activities or readings."""
        raise TypeError(f"{type(self).__name__} does not implement compute_data")


def _cache_parameters(params: JsonDict) -> JsonDict:
    """Query parameters for the cache key, without user_id (the key's owner) and refresh."""
    return {name: value for name, value in params.items() if name not in ("user_id", "refresh")}


def _find_viewer_role(viewer: Viewer, athlete: Athlete) -> str:
    """The cache scope: different kinds of viewers never share an answer."""
    return "own" if viewer.pk == athlete.pk else "staff" if viewer.is_staff else "coach"
