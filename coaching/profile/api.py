"""athlete_profile: everything about one athlete in one call."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from astral import caching
from astral.http.views import ApiView
from athletes.access.data_versions import prefer_current_replica
from athletes.access.permissions import get_permit
from athletes.access.viewer_units import get_viewer_units
from athletes.accounts.limits.use_limits import count_refresh
from coaching.profile.profile import load_athlete_profile
from coaching.profile.serializers import ProfileQuery, ProfileSerializer, serialize_profile


class AthleteProfileView(ApiView):
    tag = "analytics"
    further_statuses = (429,)
    query_serializer_class = ProfileQuery

    @extend_schema(
        parameters=[ProfileQuery],
        responses=ProfileSerializer,
        operation_id="athlete_profile",
        summary="Everything about one athlete",
    )
    def get(self, request: Request) -> HttpResponse:
        """Today's numbers, goals, plans, and signals with their reasons."""
        now, permit = timezone.now(), get_permit(request)
        query = self.parse_query()
        athlete, withholds = permit.athlete_and_withholding(query["user_id"])
        if query["refresh"]:
            count_refresh(permit.viewer, now)
        key = caching.CacheKey(
            name="athlete_profile",
            question={},
            owner=athlete.pk,
            scope=permit.viewer.cache_scope,
            version=athlete.data_version,
            day=athlete.local_date(now),
        )

        def compute() -> dict[str, Any]:
            return {
                "status": "ok",
                "data": serialize_profile(
                    load_athlete_profile(permit.viewer, athlete, now), get_viewer_units(permit.viewer)
                ),
            }

        if withholds:
            return caching.compute_response(request, compute, refresh=query["refresh"])
        return caching.cached_response(
            request,
            key,
            caching.ATHLETE_TTL_S,
            prefer_current_replica(compute, permit.viewer, athlete),
            refresh=query["refresh"],
        )
