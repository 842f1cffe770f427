"""Download a session as a FIT workout."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from astral.http.errors import ApiError
from astral.http.fields import IdField
from astral.http.views import ApiView
from athletes.access.permissions import get_permit, parse_id
from athletes.models import User
from coaching.calendar.pages.change_texts import load_last_changes
from coaching.calendar.watch.workout import build_calendar_workout
from coaching.models import CalendarSession
from coaching.steps.session_workout import format_workout_notes
from coaching.training_log.thresholds_and_sync import ThresholdHistory, load_thresholds

CONTENT_TYPE = "application/vnd.ant.fit"


class SessionWorkoutView(ApiView):
    """One planned session for a watch."""

    tag = "calendar"
    enveloped = False
    path_fields: ClassVar = {
        "user_id": IdField(User.prefix, help_text="The athlete, usr_…."),
        "session_id": IdField(CalendarSession.prefix, help_text="The session, ses_…."),
    }

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "X-Workout-Notes",
                str,
                OpenApiParameter.HEADER,
                description="What a watch cannot express, in words; absent if there is nothing.",
                response=[200],
            )
        ],
        responses={(200, CONTENT_TYPE): bytes},
        operation_id="calendar_sessions_workout",
        summary="A session as a FIT workout",
    )
    def get(self, request: Request, user_id: str, session_id: str) -> HttpResponse:
        """The session as a FIT file, which watches run step by step.

        The paces of zones are those of the athlete's threshold pace on the day of the session. 404 NO_DATA
        for a day of rest.
        """
        permit, now = get_permit(request), timezone.now()
        athlete = permit.athlete(parse_id(User.prefix, user_id, "user_id"))
        identifier = parse_id(CalendarSession.prefix, session_id, "session_id")
        found = CalendarSession.objects.expected().filter(athlete=athlete, pk=identifier).first()
        session = permit.get_or_forbidden(found)
        thresholds = load_thresholds([athlete], now).get(athlete.pk, ThresholdHistory())
        changes = load_last_changes(athlete, session.pk)
        changed_at = changes[0].made_at if changes else None
        workout = build_calendar_workout(session, thresholds.threshold_speed_on(session.day), changed_at)
        if workout is None:
            raise ApiError("NO_DATA", "A day of rest has no workout.", 404)
        headers = {
            "Content-Disposition": f'attachment; filename="astral-{session.day}-{session.public_id}.fit"',
            "Cache-Control": "private, no-store",
        }
        if workout.notes:
            headers["X-Workout-Notes"] = format_workout_notes(workout.notes)
        return HttpResponse(workout.data, content_type=CONTENT_TYPE, headers=headers)
