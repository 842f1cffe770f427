"""health_metrics: HRV, resting heart rate and VO2max over a range."""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from astral.http.errors import NoData
from astral.http.tables.columns import Table
from athletes.models import Athlete
from metrics.health.params import HealthMetricsQuery, HealthMetricsSelection
from metrics.health.series import load_health_series
from metrics.health.stats_serializers import (
    HealthMetricsSerializer,
    HealthPointSerializer,
    serialize_health_metrics,
)
from metrics.statistics.view import JsonDict, StatisticsView


class HealthMetricsView(StatisticsView):
    name = "health_metrics"
    query_serializer_class = HealthMetricsQuery
    table = Table(HealthPointSerializer, itemgetter("points"))

    @extend_schema(
        parameters=[HealthMetricsQuery],
        responses=HealthMetricsSerializer,
        operation_id="health_metrics",
        summary="HRV, resting heart rate and VO2max",
    )
    def get(self, request: Request) -> HttpResponse:
        """Heart rate variability, resting heart rate and VO2max by day, week or month, without gaps."""
        return self.respond(request)

    def compute_data(self, athlete: Athlete, params: JsonDict, now: datetime) -> JsonDict:
        selection = HealthMetricsSelection.from_query(params)
        series = load_health_series(athlete.pk, selection.first, selection.last, selection.granularity)
        if series.is_empty:
            raise NoData
        return serialize_health_metrics(series)
