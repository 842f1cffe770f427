"""API for activities: list, read, create, change, delete, streams and upload."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import numpy as np
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.errors import NoData
from astral.http.fields import IdField
from astral.http.tables.columns import Table
from astral.http.views import success
from athletes.access.permissions import get_permit, parse_id
from athletes.access.request_bodies import parse_athlete_body
from athletes.access.viewsets import AthleteRowsViewSet
from metrics.activities import streams
from metrics.activities.actors import name_actor
from metrics.activities.changes import (
    create_manual_activity,
    delete_activity,
    update_activity,
)
from metrics.activities.descriptions import (
    DescriptionReader,
    check_description_rights,
    load_description_reader,
)
from metrics.activities.filters import ActivityFilter
from metrics.activities.route.privacy import hide_positions
from metrics.activities.serializers import (
    ActivityCreate,
    ActivitySerializer,
    ActivityUpdate,
    StreamSampleSerializer,
    StreamsSerializer,
    list_samples,
    serialize_activity,
)
from metrics.models import Activity, BinActivity
from metrics.newest_rows import NewestRows, NewestRowsPagination
from metrics.recording import Column


class ActivityViewSet(AthleteRowsViewSet):
    """Recorded and manually entered activities of the athletes you may see."""

    tag = "activities"
    queryset = Activity.objects.none()
    pagination_class = NewestRowsPagination
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    row_tables: ClassVar = {"streams": Table(StreamSampleSerializer, list_samples)}
    path_fields: ClassVar = {"activity_id": IdField(Activity.prefix, help_text="The activity, act_….")}

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (409,) if self.action == "create" else ()

    @extend_schema(responses=ActivitySerializer(many=True))
    def list(self, request: Request) -> Response:
        """Activities of every athlete you may see, newest first."""
        athlete_ids = self.list_athlete_ids()
        rows = NewestRows(self.filter_queryset(Activity.objects.all()), athlete_ids, "started_at")
        page: list[Activity] = self.paginate_queryset(rows) or []
        reader = self._load_reader(*(activity.athlete_id for activity in page))
        return self.get_paginated_response([serialize_activity(activity, reader) for activity in page])

    @extend_schema(responses=ActivitySerializer)
    def retrieve(self, request: Request, activity_id: str) -> Response:
        """One activity."""
        return self._answer(self._get_activity(activity_id))

    @extend_schema(request=ActivityCreate, responses={201: ActivitySerializer})
    def create(self, request: Request) -> Response:
        """Enter an activity by hand; it needs activity_type, started_at and duration.

        409 QUOTA_REACHED: the athlete has as many activities as this server stores.
        """
        permit, now = get_permit(request), timezone.now()
        athlete, entry = parse_athlete_body(permit, ActivityCreate, request.data, now=now)
        check_description_rights(permit, athlete.pk, entry)
        return self._answer(create_manual_activity(athlete, entry), 201)

    @extend_schema(request=ActivityUpdate, responses=ActivitySerializer, summary="Change an activity")
    def partial_update(self, request: Request, activity_id: str) -> Response:
        """Change what people say of it: name, sport, effort, feeling, notes, … Recorded values cannot change.

        Only the athlete may write `private_note`. Pain needs the athlete's consent to show health.
        """
        activity = self._get_activity(activity_id)
        changes = ActivityUpdate.parse(request.data, now=timezone.now(), activity=activity)
        check_description_rights(get_permit(request), activity.athlete_id, changes)
        return self._answer(update_activity(activity, changes))

    @extend_schema(responses={204: None}, summary="Delete an activity")
    def destroy(self, request: Request, activity_id: str) -> Response:
        """Move an activity with its streams and file to the bin. All statistics change at once.

        The bin keeps it for 30 days: `…/athletes/{user_id}/bin` lists it, `…/restore` brings it back.
        """
        activity = self._get_activity(activity_id)
        by = name_actor(get_permit(request).viewer, activity.athlete_id)
        delete_activity(activity, BinActivity.DeletedBy(by), timezone.now())
        return Response(status=204)

    @extend_schema(responses=StreamsSerializer)
    def streams(self, request: Request, activity_id: str) -> Response:
        """The samples of an activity, by column. 404 NO_DATA if it has none.

        For all but the athlete, positions near the start and the end are null: those within the
        `privacy_radius` of the athlete's settings.
        """
        activity = self._get_activity(activity_id)
        content = getattr(activity, "streams", None)
        if content is None:
            raise NoData
        samples = streams.decode(bytes(content.content))
        viewer = get_permit(request).viewer
        if activity.athlete_id != viewer.pk or viewer.acting:
            samples = hide_positions(samples, activity.athlete.privacy_radius_m)
        recorded = [name for name in streams.COLUMN_STEPS if samples.has(name)]
        answer = {name: _to_json_column(getattr(samples, name)) for name in recorded}
        return success({"activity_id": activity.public_id, "samples": len(samples), "columns": answer})

    def _answer(self, activity: Activity, status: int = 200) -> Response:
        return success(serialize_activity(activity, self._load_reader(activity.athlete_id)), status)

    def _load_reader(self, *athlete_ids: UUID) -> DescriptionReader:
        return load_description_reader(get_permit(self.request).viewer, athlete_ids)

    def _get_activity(self, text: str) -> Activity:
        identifier = parse_id(Activity.prefix, text, "activity_id")
        related = ("athlete", "streams") if self.action == "streams" else ("athlete",)
        return get_permit(self.request).get_object(Activity, identifier, *related)


def _to_json_column(column: Column) -> list[float | None]:
    """Convert a column for JSON: NaN becomes null, values are rounded to 7 digits."""
    return [None if np.isnan(value) else round(value, 7) for value in column.tolist()]
