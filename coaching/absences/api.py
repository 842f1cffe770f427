"""Absences: list, create, read, change, delete."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import ApiViewSet, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import Athlete, User
from coaching.absences.enter import enter_absence
from coaching.absences.filters import AbsenceFilter
from coaching.absences.serializers import AbsenceCreate, AbsenceSerializer, AbsenceUpdate, serialize_absence
from coaching.athlete_records import delete_record, update_record
from coaching.models import Absence
from coaching.models.querysets import AbsenceQuerySet


class AbsenceViewSet(ApiViewSet):
    """An athlete's absences; planned sessions in them do not count as missed."""

    tag = "absences"
    queryset = Absence.objects.none()
    serializer_class = AbsenceSerializer
    filterset_class = AbsenceFilter
    path_fields: ClassVar = {
        "user_id": IdField(User.prefix, help_text="The athlete, usr_…."),
        "absence_id": IdField(Absence.prefix, help_text="The absence, abs_…."),
    }

    def get_queryset(self) -> AbsenceQuerySet:
        return Absence.objects.filter(athlete=self._get_athlete())

    @extend_schema(responses=AbsenceSerializer(many=True), operation_id="absences_list")
    def list(self, request: Request, user_id: str) -> Response:
        """The athlete's absences, newest first."""
        page: Iterable[Absence] = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([serialize_absence(absence) for absence in page])

    @extend_schema(request=AbsenceCreate, responses={201: AbsenceSerializer}, operation_id="absences_create")
    def create(self, request: Request, user_id: str) -> Response:
        """Enter an absence; without `to_date` it lasts until one is set."""
        athlete = self._get_athlete()
        absence = Absence(athlete=athlete, **AbsenceCreate.parse(request.data))
        permit = get_permit(request)
        enter_absence(absence, permit.viewer, permit.row.right, timezone.now())
        return success(serialize_absence(absence), 201)

    @extend_schema(responses=AbsenceSerializer, operation_id="absences_retrieve")
    def retrieve(self, request: Request, user_id: str, absence_id: str) -> Response:
        """One absence."""
        return success(serialize_absence(self._get_absence()))

    @extend_schema(request=AbsenceUpdate, responses=AbsenceSerializer, operation_id="absences_update")
    def partial_update(self, request: Request, user_id: str, absence_id: str) -> Response:
        """Change an absence, or say when it ended."""
        absence = self._get_absence()
        return success(
            serialize_absence(update_record(absence, AbsenceUpdate.parse(request.data, absence=absence)))
        )

    @extend_schema(responses={204: None}, operation_id="absences_delete")
    def destroy(self, request: Request, user_id: str, absence_id: str) -> Response:
        """Delete an absence."""
        delete_record(self._get_absence())
        return Response(status=204)

    def _get_athlete(self) -> Athlete:
        return get_permit(self.request).athlete(parse_id(User.prefix, self.kwargs["user_id"], "user_id"))

    def _get_absence(self) -> Absence:
        identifier = parse_id(Absence.prefix, self.kwargs["absence_id"], "absence_id")
        return get_permit(self.request).get_or_forbidden(
            Absence.objects.filter(athlete=self._get_athlete(), pk=identifier).first()
        )
