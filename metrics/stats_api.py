"""The four statistics: one question about one athlete, permitted, perhaps answered already, else computed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from astral import caching
from astral.http.errors import NoData
from astral.http.views import Door
from athletes.access.permissions import permit
from athletes.models import Athlete
from athletes.rights import Viewer
from metrics import buckets
from metrics.answers import (
    ActivityStatsSerializer,
    FitnessStatsSerializer,
    RunningStatsSerializer,
    activity_stats_answer,
    fitness_stats_answer,
    running_stats_answer,
)
from metrics.health_answers import HealthMetricsSerializer, health_metrics_answer
from metrics.health_params import HealthMetricsParams, HealthQuestion
from metrics.health_series import health_series
from metrics.models import Activity
from metrics.params import (
    ActivityQuestion,
    ActivityStatsParams,
    FitnessStatsParams,
    RunningQuestion,
    RunningStatsParams,
)
from metrics.series import activity_series, run_totals

Answer = dict[str, Any]


class Statistics(Door):
    """Ask permission, then the cache, then the database. The answer is the same for everybody who may have it."""

    tag = "analytics"
    name: ClassVar[str]

    def answered(self, request: Request) -> HttpResponse:
        now = timezone.now()
        asked = self.asked(now=now)
        may = permit(request)
        athlete = may.athlete(asked.get("user_id"))
        stamp = caching.Stamp.of(
            self.name, _question(asked), _scope(may.viewer, athlete), athlete.data_version, athlete.local_date(now)
        )

        def compute() -> Answer:
            return {"status": "ok", "data": self.data(athlete, asked, now)}

        return caching.answer(request, stamp, caching.ATHLETE_S, compute, refresh=asked["refresh"])

    def data(self, athlete: Athlete, asked: Answer, now: datetime) -> Answer:
        """What the question comes to; raises NoData where it counts nothing."""
        raise TypeError(f"{type(self).__name__} answers no question")


def _question(asked: Answer) -> Answer:
    """What was asked, without whose numbers (the scope says that) and whether to keep them."""
    return {name: value for name, value in asked.items() if name not in ("user_id", "refresh")}


def _scope(viewer: Viewer, athlete: Athlete) -> str:
    """Whose numbers, seen as what: nobody is answered from what was kept for another kind of viewer."""
    role = "own" if viewer.pk == athlete.pk else "staff" if viewer.is_staff else "coach"
    return f"{athlete.pk}:{role}"


class FitnessStats(Statistics):
    name = "fitness_stats"
    question_class = FitnessStatsParams

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
    question_class = RunningStatsParams

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
        series = activity_series(athlete.pk, question.window(question.zone or athlete.zone), Activity.Type.RUN)
        if not series.activity_count:
            raise NoData
        return running_stats_answer(question, series)


class ActivityStats(Statistics):
    name = "activity_stats"
    question_class = ActivityStatsParams

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
        series = activity_series(athlete.pk, question.window(question.zone or athlete.zone), question.activity_type)
        if not series.activity_count:
            raise NoData
        return activity_stats_answer(series)


class HealthMetrics(Statistics):
    name = "health_metrics"
    question_class = HealthMetricsParams

    @extend_schema(
        parameters=[HealthMetricsParams],
        responses=HealthMetricsSerializer,
        operation_id="health_metrics",
        summary="HRV, resting heart rate and VO2max",
    )
    def get(self, request: Request) -> HttpResponse:
        """Heart rate variability, resting heart rate and VO2max by day, week or month, without gaps."""
        return self.answered(request)

    def data(self, athlete: Athlete, asked: Answer, now: datetime) -> Answer:
        question = HealthQuestion.of(asked)
        series = health_series(athlete.pk, question.first, question.last, question.granularity)
        if series.empty:
            raise NoData
        return health_metrics_answer(series)
