"""API of the records of an athlete."""

from __future__ import annotations

from operator import itemgetter
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.tables.columns import Table
from astral.http.views import ApiView, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import User
from metrics.records.records import load_records
from metrics.records.serializers import (
    DistanceRecordSerializer,
    RecordsQuery,
    RecordsSerializer,
    serialize_records,
)


class RecordsView(ApiView):
    tag = "athletes"
    query_serializer_class = RecordsQuery
    table = Table(DistanceRecordSerializer, itemgetter("records"))
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        parameters=[RecordsQuery],
        responses=RecordsSerializer,
        operation_id="athletes_records_retrieve",
        summary="Records over standard distances",
    )
    def get(self, request: Request, user_id: str) -> Response:
        """The fastest effort of all runs over each standard distance, of all time and of a range of days.

        Efforts are parts of runs, races and training alike, by the clock. Rides and walks do not count.
        """
        query = self.parse_query()
        athlete = get_permit(request).athlete(parse_id(User.prefix, user_id, "user_id"))
        first, last = query.get("from"), query.get("to")
        return success(serialize_records(athlete, first, last, load_records(athlete, first, last)))
