"""API of the durability of an athlete's long runs."""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from astral.http.fields import IdField
from astral.http.tables.columns import Table
from athletes.access.permissions import parse_id
from athletes.models import Athlete, User
from metrics.performance.long_runs import load_long_runs
from metrics.performance.params import DurabilityQuery, choose_span
from metrics.performance.serializers import (
    DurabilitySerializer,
    LongRunSerializer,
    serialize_durability_answer,
)
from metrics.statistics.view import StatisticsView

DURABILITY_FORMULA = 1  # raise it when the answer is computed in another way


class DurabilityView(StatisticsView):
    name = "durability"
    formula = DURABILITY_FORMULA
    table = Table(LongRunSerializer, itemgetter("runs"))
    query_serializer_class = DurabilityQuery
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        parameters=[DurabilityQuery],
        responses=DurabilitySerializer,
        operation_id="athletes_durability_retrieve",
        summary="Durability of long runs",
    )
    def get(self, request: Request, user_id: str) -> HttpResponse:
        """How far speed and heart rate come apart in the course of runs of at least 90 minutes."""
        return self.respond(request, parse_id(User.prefix, user_id, "user_id"))

    def compute_data(self, athlete: Athlete, params: dict[str, Any], now: datetime) -> dict[str, Any]:
        span = choose_span(params, athlete.local_date(now))
        return serialize_durability_answer(athlete, load_long_runs(athlete, span), DURABILITY_FORMULA)
