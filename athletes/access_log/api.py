"""API: who looked at your data."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.pagination import StrictPagination
from astral.http.tables.columns import Table
from astral.http.views import ApiView
from athletes.access.permissions import get_permit, parse_id
from athletes.access_log.entries import serialize_entries
from athletes.access_log.serializers import AccessLogEntrySerializer, AccessLogQuery
from athletes.models import AccessLogEntry, User


class AccessLogView(ApiView):
    """The access log of one athlete."""

    tag = "athletes"
    pagination_class = StrictPagination
    table = Table(AccessLogEntrySerializer)
    query_serializer_class = AccessLogQuery
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        parameters=[AccessLogQuery],
        responses=AccessLogEntrySerializer(many=True),
        operation_id="athletes_access_log_list",
        summary="Who looked at your data",
    )
    def get(self, request: Request, user_id: str) -> Response:
        """Looks of others at your data, newest first, also refused ones. Only for yourself.

        A look is listed a moment after it happened, and kept for 13 months.
        """
        athlete = get_permit(request).athlete(parse_id(User.prefix, user_id, "user_id"))
        query, entries = self.parse_query(), AccessLogEntry.objects.about(athlete.pk)
        if "category" in query:
            entries = entries.filter(categories__contains=[query["category"]])
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(entries, request, self)
        return paginator.get_paginated_response(serialize_entries(athlete.pk, page))
