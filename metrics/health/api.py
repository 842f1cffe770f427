"""API for health days: list and store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.errors import ApiError, FieldError, summarize_field_errors
from astral.http.views import success
from athletes.access.permissions import get_permit
from athletes.access.request_bodies import parse_athlete_body
from athletes.access.viewsets import AthleteRowsViewSet
from metrics.health.days import get_latest_day, store_health_days
from metrics.health.params import HealthDayFilter
from metrics.health.serializers import (
    HealthDayListRequest,
    HealthDaySerializer,
    StoredDaysSerializer,
    serialize_health_day,
)
from metrics.models import HealthDay
from metrics.newest_rows import NewestRows, NewestRowsPagination


class HealthDayViewSet(AthleteRowsViewSet):
    """Health readings of the athletes you may see, by local date and source."""

    tag = "health"
    queryset = HealthDay.objects.none()
    pagination_class = NewestRowsPagination
    serializer_class = HealthDaySerializer
    filterset_class = HealthDayFilter
    max_json_bytes = 2_000_000

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (409,) if self.action == "update" else ()

    @extend_schema(
        responses=HealthDaySerializer(many=True),
        operation_id="health_days_list",
        summary="Health days of athletes you may see",
    )
    def list(self, request: Request) -> Response:
        """Health days of every athlete you may see, newest first."""
        athlete_ids = self.list_athlete_ids()
        rows = NewestRows(self.filter_queryset(HealthDay.objects.all()), athlete_ids, "date")
        page: Iterable[HealthDay] = self.paginate_queryset(rows) or []
        return self.get_paginated_response([serialize_health_day(day) for day in page])

    @extend_schema(
        request=HealthDayListRequest,
        responses=StoredDaysSerializer,
        operation_id="health_days_store",
        summary="Store health days",
    )
    def update(self, request: Request) -> Response:
        """Store up to 1,000 days of one athlete. Date and source identify a day.

        Each metric comes from one source: the one with the newest reading; on a tie, the one with the most in
        the last 130 days. health_metrics uses the source with the most readings in the range. A few days
        stored as `manual` beside a watch are listed, but they change the numbers only if `manual` is the
        chosen source.

        A sent reading replaces the stored one, null deletes it, an omitted one stays. Wrong rows are listed
        in `details.errors` (400 VALIDATION_ERROR, nothing stored); with `on_error` skip they are listed in
        `errors`. 409 QUOTA_REACHED: the athlete has as many days as this server stores; nothing is stored.
        """
        athlete, params = parse_athlete_body(
            get_permit(request), HealthDayListRequest, request.data, latest=get_latest_day(timezone.now())
        )
        days = params["days"]
        if days.errors and params["on_error"] == "abort":
            raise _build_rows_error(days.errors)
        stored = store_health_days(athlete.pk, days.valid)
        return success(asdict(stored) | {"errors": [asdict(error) for error in days.errors]})


def _build_rows_error(errors: tuple[FieldError, ...]) -> ApiError:
    return ApiError(
        "VALIDATION_ERROR",
        f"Nothing is stored: {summarize_field_errors(errors)}",
        errors=[asdict(error) for error in errors],
    )
