"""API for activities: list, read, create, change, delete, streams and upload."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

import numpy as np
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.errors import ApiError, NoData
from astral.http.fields import IdField
from astral.http.parsers import UploadParser
from astral.http.views import ApiView, success
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
from metrics.activities.filters import ActivityFilter
from metrics.activities.ingest import Upload, ingest_file
from metrics.activities.recordings.serializers import UploadedActivitiesSerializer, serialize_ingest_result
from metrics.activities.serializers import (
    MAX_START_AHEAD,
    ActivityCreate,
    ActivitySerializer,
    ActivityUpdate,
    StreamsSerializer,
    UploadRequest,
    serialize_activity,
)
from metrics.files.errors import FileError
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
    path_fields: ClassVar = {"activity_id": IdField(Activity.prefix, help_text="The activity, act_….")}

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (409,) if self.action == "create" else ()

    @extend_schema(responses=ActivitySerializer(many=True))
    def list(self, request: Request) -> Response:
        """Activities of every athlete you may see, newest first."""
        athlete_ids = self.list_athlete_ids()
        rows = NewestRows(self.filter_queryset(Activity.objects.all()), athlete_ids, "started_at")
        page: Iterable[Activity] = self.paginate_queryset(rows) or []  # type: ignore[arg-type]
        return self.get_paginated_response([serialize_activity(activity) for activity in page])

    @extend_schema(responses=ActivitySerializer)
    def retrieve(self, request: Request, activity_id: str) -> Response:
        """One activity."""
        return success(serialize_activity(self._get_activity(activity_id)))

    @extend_schema(request=ActivityCreate, responses={201: ActivitySerializer})
    def create(self, request: Request) -> Response:
        """Enter an activity by hand; it needs activity_type, started_at and duration.

        409 QUOTA_REACHED: the athlete has as many activities as this server stores.
        """
        permit, now = get_permit(request), timezone.now()
        athlete, entry = parse_athlete_body(permit, ActivityCreate, request.data, now=now)
        return success(serialize_activity(create_manual_activity(athlete, entry)), 201)

    @extend_schema(request=ActivityUpdate, responses=ActivitySerializer, summary="Change an activity")
    def partial_update(self, request: Request, activity_id: str) -> Response:
        """Change the name, sport, race flag or perceived effort. Recorded values cannot change."""
        activity = self._get_activity(activity_id)
        changes = ActivityUpdate.parse(request.data, now=timezone.now(), activity=activity)
        return success(serialize_activity(update_activity(activity, changes)))

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
        """The samples of an activity, by column. 404 NO_DATA if it has none."""
        activity = self._get_activity(activity_id)
        content = getattr(activity, "streams", None)
        if content is None:
            raise NoData
        samples = streams.decode(bytes(content.content))
        recorded = [name for name in streams.COLUMN_STEPS if samples.has(name)]
        answer = {name: _to_json_column(getattr(samples, name)) for name in recorded}
        return success({"activity_id": activity.public_id, "samples": len(samples), "columns": answer})

    def _get_activity(self, text: str) -> Activity:
        identifier = parse_id(Activity.prefix, text, "activity_id")
        related = ("athlete", "streams") if self.action == "streams" else ("athlete",)
        return get_permit(self.request).get_object(Activity, identifier, *related)


def _to_json_column(column: Column) -> list[float | None]:
    """Convert a column for JSON: NaN becomes null, values are rounded to 7 digits."""
    return [None if np.isnan(value) else round(value, 7) for value in column.tolist()]


class ActivityUploadView(ApiView):
    """Upload of recordings."""

    tag = "activities"
    further_statuses = (409,)
    parser_classes = (UploadParser,)

    @extend_schema(
        request={"multipart/form-data": UploadRequest},
        responses={201: UploadedActivitiesSerializer, 200: UploadedActivitiesSerializer},
        operation_id="activities_upload",
        summary="Upload a recording",
    )
    def post(self, request: Request) -> Response:
        """Upload a FIT, GPX or TCX file, plain or gzip. 201: stored.

        200: already stored before, or another recording of a stored activity. Such a recording is kept with
        the activity, and `outcomes` says so. Recordings are of one activity if they overlap in time and have
        the same sport. 409 QUOTA_REACHED: the athlete has as many activities or files as this server stores.
        """
        permit = get_permit(request)
        athlete, params = parse_athlete_body(permit, UploadRequest, request.data)
        file = cast("UploadedFile[bytes]", params["file"])
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise ApiError("FILE_TOO_LARGE", "The file is larger than 25 MB.", 413, field="file")
        upload = Upload(
            file.read(),
            file.name or "",
            params.get("activity_type"),
            params["accept_partial"],
            not_after=timezone.now() + MAX_START_AHEAD,
            added_by=name_actor(permit.viewer, athlete.pk),
        )
        try:
            ingested = ingest_file(athlete, upload)
        except FileError as error:
            raise _build_api_error(error) from error
        return success(serialize_ingest_result(ingested), 201 if ingested.stored_count else 200)


def _build_api_error(error: FileError) -> ApiError:
    status = 413 if error.code == "FILE_TOO_LARGE" else 400
    details: dict[str, Any] = {"field": "file"}
    if error.readable is not None:
        details["readable"] = {
            "records": error.readable.records,
            "seconds": error.readable.seconds,
            "metres": error.readable.metres,
        }
    return ApiError(error.code, error.message, status, **details)
