"""Races: list, create, read, change, delete."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import success
from athletes.access.permissions import get_permit, parse_id
from athletes.access.request_bodies import parse_athlete_body
from athletes.access.viewsets import AthleteRowsViewSet
from coaching.athlete_records import create_record, delete_record, update_record
from coaching.models import Race
from coaching.models.querysets import RaceQuerySet
from coaching.races.filters import RaceFilter
from coaching.races.forecasts import load_race_forecasts
from coaching.races.serializers import (
    RaceCreate,
    RaceSerializer,
    RaceUpdate,
    serialize_race,
)


class RaceViewSet(AthleteRowsViewSet):
    """Races of the athletes you may see, with forecasts."""

    tag = "races"
    queryset = Race.objects.none()
    serializer_class = RaceSerializer
    filterset_class = RaceFilter
    path_fields: ClassVar = {"race_id": IdField(Race.prefix, help_text="The race, race_….")}

    def get_queryset(self) -> RaceQuerySet:
        return Race.objects.for_athletes(self.list_athlete_ids()).select_related("athlete")

    @extend_schema(responses=RaceSerializer(many=True), operation_id="races_list")
    def list(self, request: Request) -> Response:
        """Races of every athlete you may see, by date."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._serialize_races(page or [], timezone.now()))

    @extend_schema(request=RaceCreate, responses={201: RaceSerializer}, operation_id="races_create")
    def create(self, request: Request) -> Response:
        """Enter a race; it needs race_name, race_date and distance."""
        athlete, fields = parse_athlete_body(get_permit(request), RaceCreate, request.data)
        return success(
            self._serialize_races([create_record(Race(athlete=athlete, **fields))], timezone.now())[0], 201
        )

    @extend_schema(responses=RaceSerializer, operation_id="races_retrieve")
    def retrieve(self, request: Request, race_id: str) -> Response:
        """One race."""
        return success(self._serialize_races([self._get_race()], timezone.now())[0])

    @extend_schema(request=RaceUpdate, responses=RaceSerializer, operation_id="races_update")
    def partial_update(self, request: Request, race_id: str) -> Response:
        """Change a race, or enter its result."""
        race = self._get_race()
        return success(
            self._serialize_races([update_record(race, RaceUpdate.parse(request.data))], timezone.now())[0]
        )

    @extend_schema(responses={204: None}, operation_id="races_delete")
    def destroy(self, request: Request, race_id: str) -> Response:
        """Delete a race."""
        delete_record(self._get_race())
        return Response(status=204)

    def _get_race(self) -> Race:
        identifier = parse_id(Race.prefix, self.kwargs["race_id"], "race_id")
        return get_permit(self.request).get_object(Race, identifier, "athlete")

    def _serialize_races(self, races: Sequence[Race], now: datetime) -> Sequence[dict[str, Any]]:
        forecasts = load_race_forecasts(get_permit(self.request).viewer, races, now)
        return [serialize_race(race, race.athlete.local_date(now), forecasts[race.pk]) for race in races]
