"""API views of fitness_stats, running_stats and activity_stats."""

from __future__ import annotations

from datetime import datetime, timedelta
from operator import itemgetter

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from astral.http.errors import NoData
from astral.http.tables.columns import Table
from athletes.models import Athlete
from metrics import buckets
from metrics.models import Activity
from metrics.statistics.params import (
    ActivityStatsQuery,
    ActivityStatsSelection,
    FitnessStatsQuery,
    RunningStatsQuery,
    RunningStatsSelection,
)
from metrics.statistics.serializers import (
    ActivityPointSerializer,
    ActivityStatsSerializer,
    FitnessStatsSerializer,
    RunningPointSerializer,
    RunningStatsSerializer,
    serialize_activity_stats,
    serialize_fitness_stats,
    serialize_running_stats,
)
from metrics.statistics.series import load_period_sums, load_run_totals
from metrics.statistics.view import JsonDict, StatisticsView


class FitnessStatsView(StatisticsView):
    name = "fitness_stats"
    query_serializer_class = FitnessStatsQuery

    @extend_schema(
        parameters=[FitnessStatsQuery],
        responses=FitnessStatsSerializer,
        operation_id="fitness_stats",
        summary="The runs of the last days",
    )
    def get(self, request: Request) -> HttpResponse:
        """Totals of the runs of the last N local days."""
        return self.respond(request)

    def compute_data(self, athlete: Athlete, params: JsonDict, now: datetime) -> JsonDict:
        last = athlete.local_date(now)
        first = last - timedelta(days=params["days"] - 1)
        totals = load_run_totals(athlete.pk, buckets.build_days_window("month", first, last, athlete.zone))
        if not totals.activity_count:
            raise NoData
        return serialize_fitness_stats(params["days"], first, last, totals)


class RunningStatsView(StatisticsView):
    name = "running_stats"
    query_serializer_class = RunningStatsQuery
    table = Table(RunningPointSerializer, itemgetter("points"))

    @extend_schema(
        parameters=[RunningStatsQuery],
        responses=RunningStatsSerializer,
        operation_id="running_stats",
        summary="Runs by day, week or month",
    )
    def get(self, request: Request) -> HttpResponse:
        """Runs of a range by local day, ISO week or month, in any time zone, without gaps."""
        return self.respond(request)

    def compute_data(self, athlete: Athlete, params: JsonDict, now: datetime) -> JsonDict:
        selection = RunningStatsSelection.from_query(params)
        series = load_period_sums(
            athlete.pk, selection.build_window(selection.zone or athlete.zone), Activity.Type.RUN
        )
        if not series.activity_count:
            raise NoData
        return serialize_running_stats(selection, series)


class ActivityStatsView(StatisticsView):
    name = "activity_stats"
    query_serializer_class = ActivityStatsQuery
    table = Table(ActivityPointSerializer, itemgetter("points"))

    @extend_schema(
        parameters=[ActivityStatsQuery],
        responses=ActivityStatsSerializer,
        operation_id="activity_stats",
        summary="Activities by day or month",
    )
    def get(self, request: Request) -> HttpResponse:
        """Activities of all kinds, or of one, by local day or month, in any time zone, without gaps."""
        return self.respond(request)

    def compute_data(self, athlete: Athlete, params: JsonDict, now: datetime) -> JsonDict:
        selection = ActivityStatsSelection.from_query(params)
        series = load_period_sums(
            athlete.pk, selection.build_window(selection.zone or athlete.zone), selection.activity_type
        )
        if not series.activity_count:
            raise NoData
        return serialize_activity_stats(series)
