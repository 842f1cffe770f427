"""The history of a calendar: list changes, undo them, decide about proposals."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.views import success
from athletes.access.permissions import get_permit, parse_id
from coaching.calendar.change_serializers import (
    CalendarChangeSerializer,
    MadeChangeSerializer,
    serialize_change,
)
from coaching.calendar.changes.make_change import accept_proposal, decline_proposal
from coaching.calendar.changes.requests import ChangeRequest
from coaching.calendar.changes.selection import StaleSessionError
from coaching.calendar.filters import CalendarChangeFilter
from coaching.calendar.request_serializers import ProposeQuery
from coaching.calendar.write_api import CalendarWriteViewSet
from coaching.models import CalendarChange
from coaching.models.querysets import CalendarChangeQuerySet


class CalendarChangeViewSet(CalendarWriteViewSet):
    """Changes of one athlete's calendar."""

    queryset = CalendarChange.objects.none()
    serializer_class = CalendarChangeSerializer
    filterset_class = CalendarChangeFilter

    def get_queryset(self) -> CalendarChangeQuerySet:
        return CalendarChange.objects.filter(athlete=self.get_athlete()).select_related("author")

    def parameters(self) -> Iterable[str]:
        return () if self.action in ("accept", "decline") else super().parameters()

    @extend_schema(
        responses=CalendarChangeSerializer(many=True),
        operation_id="calendar_changes_list",
        summary="Changes of the calendar",
    )
    def list(self, request: Request, user_id: str) -> Response:
        """The changes of the calendar, newest first: their authors, and each session before and after."""
        shows_activities = self.load_visibility(self.get_athlete()).activities
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([serialize_change(row, shows_activities) for row in page])

    @extend_schema(
        parameters=[ProposeQuery],
        request=None,
        responses={200: MadeChangeSerializer, 202: MadeChangeSerializer},
        operation_id="calendar_changes_undo",
        summary="Undo a change",
    )
    def undo(self, request: Request, user_id: str, change_id: str) -> Response:
        """Bring the sessions back as they were before. It is a change too, so it can be undone.

        409 CHANGED_SINCE, with the sessions, if one of them changed after it. What compliance judges stays.
        """
        athlete, values = self.get_athlete(), {"change_id": str(self.parse_change_id())}
        return self.change_calendar(athlete, ChangeRequest(CalendarChange.Kind.UNDO, values))

    @extend_schema(
        request=None,
        responses=MadeChangeSerializer,
        operation_id="calendar_changes_accept",
        summary="Accept a proposal",
    )
    def accept(self, request: Request, user_id: str, change_id: str) -> Response:
        """Make a proposed change. 409 STALE_VERSION if a session changed after it was proposed."""
        athlete, now = self.get_athlete(), timezone.now()
        try:
            made = accept_proposal(athlete, self.parse_change_id(), get_permit(request), now)
        except StaleSessionError as error:
            raise self.complete_error(athlete, error, now) from None
        return self.answer(athlete, made, now)

    @extend_schema(
        request=None,
        responses=CalendarChangeSerializer,
        operation_id="calendar_changes_decline",
        summary="Decline a proposal",
    )
    def decline(self, request: Request, user_id: str, change_id: str) -> Response:
        """Decline a proposed change; the calendar stays as it is."""
        athlete = self.get_athlete()
        change = decline_proposal(athlete, self.parse_change_id(), get_permit(request), timezone.now())
        return success(serialize_change(change, self.load_visibility(athlete).activities))

    def parse_change_id(self) -> UUID:
        return parse_id(CalendarChange.prefix, self.kwargs["change_id"], "change_id")
