"""API: an athlete's settings and thresholds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import ApiViewSet, success
from athletes.access.permissions import get_permit, parse_id
from athletes.accounts.serializers import AthleteChanges, AthleteSerializer, serialize_athlete
from athletes.accounts.updates import change_athlete
from athletes.models import Athlete, User
from athletes.rights import Visibility


class AthleteViewSet(ApiViewSet):
    """An athlete's settings and thresholds. `athletes.personal_data.api` adds DELETE to it."""

    tag = "athletes"
    serializer_class = AthleteSerializer
    queryset = Athlete.objects.none()
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(responses=AthleteSerializer, summary="An athlete's settings and thresholds")
    def retrieve(self, request: Request, user_id: str) -> Response:
        """Settings, the threshold values valid today, and all thresholds with source and first day."""
        athlete = self._get_athlete(request, parse_id(User.prefix, user_id, "user_id"))
        return self._answer(athlete, timezone.now())

    @extend_schema(
        request=AthleteChanges, responses=AthleteSerializer, summary="Change settings or thresholds"
    )
    def partial_update(self, request: Request, user_id: str) -> Response:
        """Change settings, or store thresholds from `valid_from` on. Stored activities keep their numbers.

        Only the athlete may change the settings: timezone, unit_system, sex, birth_date and
        privacy_radius.
        """
        permit = get_permit(request)
        athlete = self._get_athlete(request, parse_id(User.prefix, user_id, "user_id"))
        now = timezone.now()
        changes = AthleteChanges.parse(request.data, now=now)
        for right in permit.field_rights(changes):
            if not Athlete.objects.reached_by(permit.viewer, right).filter(pk=athlete.pk).exists():
                raise PermissionDenied
        if changes:
            source = "manual" if athlete.pk == request.user.pk else "coach"
            change_athlete(athlete, {"source": source} | changes, now)
        return self._answer(athlete, now)

    def _answer(self, athlete: Any, now: datetime) -> Response:
        own, visibility = athlete.pk == self.request.user.pk, Visibility.without(athlete.withheld)
        return success(serialize_athlete(athlete, visibility, now, own=own))

    def _get_athlete(self, request: Request, identifier: UUID) -> Any:
        return get_permit(request).athlete_with_withheld_categories(identifier)
