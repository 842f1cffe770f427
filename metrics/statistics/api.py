"""The four statistics: one question about one athlete, permitted, perhaps answered already, else computed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from astral.http.errors import NoData
from athletes.models import Athlete
from metrics import buckets
from metrics.models import Activity
from metrics.statistics.params import (
    ActivityQuestion,
    ActivityStatsParams,
    FitnessStatsParams,
    RunningQuestion,
    RunningStatsParams,
)
from metrics.statistics.serializers import (
    ActivityStatsSerializer,
    FitnessStatsSerializer,
    RunningStatsSerializer,
    activity_stats_answer,
    fitness_stats_answer,
    running_stats_answer,
)
from metrics.statistics.series import activity_series, run_totals
from metrics.statistics.view import Answer, Statistics


class FitnessStats(Statistics):
    name = "fitness_stats"
    query_serializer_class = FitnessStatsParams

    @extend_schema(
        parameters=[FitnessStatsParams],
        responses=FitnessStatsSerializer,
        operation_id="fitness_stats",
        summary="The runs of the last days",
    )
    def get(self, request: Request) -> HttpResponse:
        """The runs of the last N local days in one row."""
        return self.answered(request)

    def data(self, athlete: Athlete, asked: Answer, now: datetime) -> Answer:
        last = athlete.local_date(now)
        first = last - timedelta(days=asked["days"] - 1)
        totals = run_totals(athlete.pk, buckets.days_window("month", first, last, athlete.zone))
        if not totals.activity_count:
            raise NoData
        return fitness_stats_answer(asked["days"], first, last, totals)


class RunningStats(Statistics):
    name = "running_stats"
    query_serializer_class = RunningStatsParams

    @extend_schema(
        parameters=[RunningStatsParams],
        responses=RunningStatsSerializer,
        operation_id="running_stats",
        summary="Runs by day, week or month",
    )
    def get(self, request: Request) -> HttpResponse:
        """Runs of a range by local day, ISO week or month, in any time zone, without gaps."""
        return self.answered(request)

    def data(self, athlete: Athlete, asked: Answer, now: datetime) -> Answer:
        question = RunningQuestion.of(asked)
        series = activity_series(
            athlete.pk, question.window(question.zone or athlete.zone), Activity.Type.RUN
        )
        if not series.activity_count:
            raise NoData
        return running_stats_answer(question, series)


class ActivityStats(Statistics):
    name = "activity_stats"
    query_serializer_class = ActivityStatsParams

    @extend_schema(
        parameters=[ActivityStatsParams],
        responses=ActivityStatsSerializer,
        operation_id="activity_stats",
        summary="Activities by day or month",
    )
    def get(self, request: Request) -> HttpResponse:
        """Activities of all kinds, or of one, by local day or month, in any time zone, without gaps."""
        return self.answered(request)

    def data(self, athlete: Athlete, asked: Answer, now: datetime) -> Answer:
        question = ActivityQuestion.of(asked)
        series = activity_series(
            athlete.pk, question.window(question.zone or athlete.zone), question.activity_type
        )
        if not series.activity_count:
            raise NoData
        return activity_stats_answer(series)
