"""The calendar of an athlete, and the operations on its sessions."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.tables.columns import Table
from astral.http.views import ApiView, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import Athlete, User
from athletes.organizations.consent import load_visibilities
from athletes.rights import EVERYTHING, NOTHING, Category
from coaching.calendar.change_serializers import MadeChangeSerializer
from coaching.calendar.changes.requests import ChangeRequest
from coaching.calendar.changes.stored_rows import find_editable
from coaching.calendar.reader import load_calendar, load_entries
from coaching.calendar.request_serializers import (
    CalendarQuery,
    CalendarSessionCreate,
    CalendarSessionUpdate,
    CopyWeekRequest,
    MoveSessionRequest,
    ProposeQuery,
    RemoveQuery,
    ShiftRequest,
    SkipSessionRequest,
    UnskipSessionRequest,
)
from coaching.calendar.serializers import (
    CalendarDateSerializer,
    CalendarSerializer,
    CalendarSessionSerializer,
    serialize_calendar,
    serialize_entry,
)
from coaching.calendar.write_api import CalendarWriteViewSet
from coaching.models import CalendarChange, CalendarSession
from metrics.models import Activity

Kind = CalendarChange.Kind


class CalendarView(ApiView):
    tag = "calendar"
    query_serializer_class = CalendarQuery
    table = Table(CalendarDateSerializer, itemgetter("days"))
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        parameters=[CalendarQuery],
        responses=CalendarSerializer,
        operation_id="calendar_retrieve",
        summary="What is planned and done on each day",
    )
    def get(self, request: Request, user_id: str) -> Response:
        """Sessions, activities, races and absences of each local day, and the sums of each ISO week.

        `status` and `activity_id` follow the calendar as it is now. `compliance` judges each session as it
        stood on the evening before its day.
        """
        permit = get_permit(request)
        athlete = permit.athlete(parse_id(User.prefix, user_id, "user_id"))
        query, visibility = self.parse_query(), EVERYTHING
        if permit.viewer.pk != athlete.pk:
            visibility = load_visibilities(permit.viewer, [athlete.pk]).get(athlete.pk, NOTHING)
            permit.note_withheld(athlete.pk, visibility)
        calendar = load_calendar(athlete, query["from"], query["to"], timezone.now(), visibility)
        return success(serialize_calendar(calendar, visibility.withheld))


class CalendarSessionViewSet(CalendarWriteViewSet):
    """Planned sessions of one athlete."""

    queryset = CalendarSession.objects.none()
    serializer_class = CalendarSessionSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "DELETE":
            self.query_serializer_class = RemoveQuery
        super().initial(request, *args, **kwargs)

    @extend_schema(
        parameters=[ProposeQuery],
        request=CalendarSessionCreate,
        responses={201: MadeChangeSerializer, 202: MadeChangeSerializer},
        operation_id="calendar_sessions_create",
        summary="Add a single session",
    )
    def create(self, request: Request, user_id: str) -> Response:
        """Add a session on a day. It belongs to no plan."""
        athlete = self.get_athlete()
        values = CalendarSessionCreate.parse(request.data)
        reason = values.pop("reason", "")
        values["day"] = values["day"].isoformat()
        return self.change_calendar(athlete, ChangeRequest(Kind.ADD, values, reason=reason), 201)

    @extend_schema(
        responses=CalendarSessionSerializer,
        operation_id="calendar_sessions_retrieve",
        summary="One planned session",
    )
    def retrieve(self, request: Request, user_id: str, session_id: str) -> Response:
        """One session with its outcome."""
        athlete, permit = self.get_athlete(), get_permit(request)
        expected = CalendarSession.objects.expected().filter(athlete=athlete, pk=self.parse_session_id())
        session = permit.get_or_forbidden(expected.first())
        entries = load_entries(athlete, [session.pk], timezone.now(), self.load_visibility(athlete))
        if not entries:  # somebody deleted it a moment ago
            permit.get_or_forbidden(None)
        return success(serialize_entry(entries[0]))

    @extend_schema(
        parameters=[ProposeQuery],
        request=CalendarSessionUpdate,
        responses={200: MadeChangeSerializer, 202: MadeChangeSerializer},
        operation_id="calendar_sessions_update",
        summary="Change a session or its link",
    )
    def partial_update(self, request: Request, user_id: str, session_id: str) -> Response:
        """Change what a session asks for, or which activity it was.

        409 STALE_VERSION if somebody else changed it since; the answer has the session as it is now.
        """
        athlete = self.get_athlete()
        session = self.get_session(athlete)
        values = CalendarSessionUpdate.parse(request.data, session=session)
        if values.get("activity_id"):
            values["activity_id"] = str(self.get_activity(athlete, values["activity_id"]).pk)
        return self.change_session(athlete, Kind.CHANGE, values)

    @extend_schema(
        parameters=[RemoveQuery],
        responses={200: MadeChangeSerializer, 202: MadeChangeSerializer},
        operation_id="calendar_sessions_delete",
        summary="Delete a single session",
    )
    def destroy(self, request: Request, user_id: str, session_id: str) -> Response:
        """Delete a session that belongs to no plan. 400 PLAN_SESSION for others: skip them instead."""
        athlete = self.get_athlete()
        self.get_session(athlete)
        return self.change_session(athlete, Kind.REMOVE, dict(self.parse_query()))

    @extend_schema(
        parameters=[ProposeQuery],
        request=SkipSessionRequest,
        responses={200: MadeChangeSerializer, 202: MadeChangeSerializer},
        operation_id="calendar_sessions_skip",
        summary="Skip a session",
    )
    def skip(self, request: Request, user_id: str, session_id: str) -> Response:
        """Skip a session. From its day on, compliance still counts it."""
        athlete = self.get_athlete()
        self.get_session(athlete)
        values = SkipSessionRequest.parse(request.data)
        return self.change_session(athlete, Kind.SKIP, {"reason": ""} | values, keeps_reason=True)

    @extend_schema(
        parameters=[ProposeQuery],
        request=UnskipSessionRequest,
        responses={200: MadeChangeSerializer, 202: MadeChangeSerializer},
        operation_id="calendar_sessions_unskip",
        summary="Take a skip back",
    )
    def unskip(self, request: Request, user_id: str, session_id: str) -> Response:
        """Plan a skipped session again."""
        athlete = self.get_athlete()
        self.get_session(athlete)
        return self.change_session(athlete, Kind.UNSKIP, UnskipSessionRequest.parse(request.data))

    @extend_schema(
        parameters=[ProposeQuery],
        request=MoveSessionRequest,
        responses={200: MadeChangeSerializer, 202: MadeChangeSerializer},
        operation_id="calendar_sessions_move",
        summary="Move a session to another day",
    )
    def move(self, request: Request, user_id: str, session_id: str) -> Response:
        """Move a session. From its day on, compliance judges it as it stood before."""
        athlete = self.get_athlete()
        self.get_session(athlete)
        values = MoveSessionRequest.parse(request.data)
        values["day"] = values["day"].isoformat()
        return self.change_session(athlete, Kind.MOVE, values)

    def change_session(
        self,
        athlete: Athlete,
        kind: CalendarChange.Kind,
        values: dict[str, Any],
        *,
        keeps_reason: bool = False,
    ) -> Response:
        values.pop("propose", None)
        version, identifier = values.pop("version", None), self.parse_session_id()
        versions = None if version is None else {str(identifier): version}
        reason = values.get("reason", "") if keeps_reason else values.pop("reason", "")
        return self.change_calendar(athlete, ChangeRequest(kind, values, identifier, versions, reason))

    def parse_session_id(self) -> UUID:
        return parse_id(CalendarSession.prefix, self.kwargs["session_id"], "session_id")

    def get_session(self, athlete: Athlete) -> CalendarSession:
        """The session, if the caller may change it. Asked before the body is validated."""
        permit = get_permit(self.request)
        rows = find_editable(athlete, permit).expected()
        return permit.get_or_forbidden(rows.filter(pk=self.parse_session_id()).first())

    def get_activity(self, athlete: Athlete, identifier: UUID) -> Activity:
        """The athlete's activity, if the athlete shares activities."""
        permit = get_permit(self.request)
        sharing = Athlete.objects.reached_by(permit.viewer, permit.row.right, Category.ACTIVITIES)
        found = Activity.objects.among(sharing).filter(athlete=athlete, pk=identifier).first()
        return permit.get_or_forbidden(found)


class CalendarWeeksViewSet(CalendarWriteViewSet):
    """Changes of many sessions at once."""

    queryset = CalendarSession.objects.none()
    serializer_class = MadeChangeSerializer

    @extend_schema(
        parameters=[ProposeQuery],
        request=ShiftRequest,
        responses={200: MadeChangeSerializer, 202: MadeChangeSerializer},
        operation_id="calendar_shift",
        summary="Move all sessions from a day on",
    )
    def shift(self, request: Request, user_id: str) -> Response:
        """Move all sessions from a day on by some days; only those that you may change."""
        athlete, body = self.get_athlete(), ShiftRequest.parse(request.data)
        instance = body.get("plan_instance_id")
        values = {
            "from": body["from"].isoformat(),
            "days": body["days"],
            "instance_id": str(instance) if instance else None,
        }
        return self.change_calendar(athlete, ChangeRequest(Kind.SHIFT, values, reason=body.get("reason", "")))

    @extend_schema(
        parameters=[ProposeQuery],
        request=CopyWeekRequest,
        responses={200: MadeChangeSerializer, 202: MadeChangeSerializer},
        operation_id="calendar_copy_week",
        summary="Copy a week",
    )
    def copy_week(self, request: Request, user_id: str) -> Response:
        """Copy the sessions of a week to another one, as single sessions."""
        athlete, body = self.get_athlete(), CopyWeekRequest.parse(request.data)
        values = {name: body[name].isoformat() for name in ("from", "to")}
        reason = body.get("reason", "")
        return self.change_calendar(athlete, ChangeRequest(Kind.COPY_WEEK, values, reason=reason))
