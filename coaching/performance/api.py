"""API of the performance of an athlete."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from astral.http.fields import IdField
from athletes.access.permissions import parse_id
from athletes.models import Athlete, User
from coaching.performance.performance import PERFORMANCE_FORMULA, load_performance
from coaching.performance.serializers import PerformanceSerializer, serialize_performance
from coaching.science.forecast_coefficients import COEFFICIENTS
from metrics.performance.params import PerformanceQuery, choose_compared_span, choose_period
from metrics.statistics.view import StatisticsView


class PerformanceView(StatisticsView):
    name = "performance"
    formula = (PERFORMANCE_FORMULA, COEFFICIENTS)
    query_serializer_class = PerformanceQuery
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        parameters=[PerformanceQuery],
        responses=PerformanceSerializer,
        operation_id="athletes_performance_retrieve",
        summary="What an athlete can run",
    )
    def get(self, request: Request, user_id: str) -> HttpResponse:
        """The pace-duration curve of a span, also against another one, with critical speed and D′.

        Beside it stand forecasts over the usual distances and of the next race as of today, and the running
        time in pace zones by week. What a value rests on, or why there is none, is with it.
        """
        return self.respond(request, parse_id(User.prefix, user_id, "user_id"))

    def compute_data(self, athlete: Athlete, params: dict[str, Any], now: datetime) -> dict[str, Any]:
        span = choose_period(params, athlete.local_date(now))
        found = load_performance(athlete, now, self.visibility, span, choose_compared_span(params))
        return serialize_performance(athlete, found, self.visibility)
