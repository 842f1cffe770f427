"""Signing in, and the athlete's own settings and thresholds."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import ApiView, ApiViewSet, success
from astral.zip_stream import stream_zip
from athletes.access.permissions import get_permit, parse_id
from athletes.accounts.serializers import (
    AthleteChanges,
    AthleteSerializer,
    DeleteAccountRequest,
    serialize_athlete,
)
from athletes.accounts.sign_in import confirm_password
from athletes.accounts.updates import change_athlete
from athletes.models import Athlete, User
from athletes.personal_data.account_deletion import delete_account
from athletes.personal_data.archive import build_personal_archive


class AthleteViewSet(ApiViewSet):
    """An athlete's settings and thresholds, under the visibility rule."""

    tag = "athletes"
    serializer_class = AthleteSerializer
    queryset = Athlete.objects.none()
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(responses=AthleteSerializer, summary="An athlete's settings and measured values")
    def retrieve(self, request: Request, user_id: str) -> Response:
        """Settings, the values valid today, and every measured value with its source and day."""
        identifier = parse_id(User.prefix, user_id, "user_id")
        athlete = self._get_athlete(request, identifier)
        return success(serialize_athlete(athlete, athlete.withheld, timezone.now()))

    @extend_schema(
        request=AthleteChanges, responses=AthleteSerializer, summary="Change settings or measured values"
    )
    def partial_update(self, request: Request, user_id: str) -> Response:
        """Change settings, or store measured values from `valid_from` on. Stored activities keep their numbers."""
        identifier = parse_id(User.prefix, user_id, "user_id")
        athlete = self._get_athlete(request, identifier)
        now = timezone.now()
        changes = AthleteChanges.parse(request.data, now=now)
        if changes:
            own = athlete.pk == request.user.pk
            change_athlete(athlete, {"source": "manual" if own else "coach"} | changes, now)
        return success(serialize_athlete(athlete, athlete.withheld, now))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, user_id: str) -> Response:
        """Delete your account and everything stored about you, at once and for good.

        The body is `{"password": "…"}`, where the account has a password. 400 HEAD_COACH: hand over the organizations
        that you lead first; one in which nobody else is goes along.
        """
        identifier = parse_id(User.prefix, user_id, "user_id")
        permitted = get_permit(request)
        permitted.athlete(identifier)
        confirm_password(
            request._request, permitted.person, DeleteAccountRequest.parse(request.data).get("password")
        )
        delete_account(permitted.person, timezone.now())
        return Response(status=204)

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (429,) if self.action == "destroy" else ()

    def _get_athlete(self, request: Request, identifier: UUID) -> Any:
        permitted = get_permit(request)
        return permitted.get_object(
            lambda seen: seen.select_related("user").with_withheld_categories(permitted.viewer), identifier
        )


class PersonalDataExportView(ApiView):
    """Everything that is stored about you."""

    tag = "athletes"
    enveloped = False
    path_fields: ClassVar = AthleteViewSet.path_fields

    @extend_schema(responses={(200, "application/zip"): bytes}, operation_id="athletes_export")
    def get(self, request: Request, user_id: str) -> StreamingHttpResponse:
        """Download everything stored about you: a ZIP of JSON and of the files as you sent them, explained within."""
        permitted = get_permit(request)
        permitted.athlete(parse_id(User.prefix, user_id, "user_id"))
        person, now = permitted.person, timezone.now()
        headers = {
            "Content-Disposition": f'attachment; filename="astral-{now:%Y-%m-%d}.zip"',
            "Cache-Control": "private, no-store",
        }
        return StreamingHttpResponse(
            stream_zip(build_personal_archive(person, now), now),
            content_type="application/zip",
            headers=headers,
        )
