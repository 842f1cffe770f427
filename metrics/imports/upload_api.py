"""API to upload one recording. A refused one is kept as an import, so that its owner can see why."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.errors import ApiError
from astral.http.parsers import UploadParser
from astral.http.views import ApiView, success
from athletes.access.permissions import get_permit
from athletes.access.request_bodies import parse_athlete_body
from metrics.activities.actors import name_actor
from metrics.activities.descriptions import load_description_reader
from metrics.activities.ingest import Upload, ingest_file
from metrics.activities.recordings.serializers import UploadedActivitiesSerializer, serialize_ingest_result
from metrics.activities.serializers import MAX_START_AHEAD, UploadRequest
from metrics.files.errors import FileError
from metrics.imports.makers import build_import_options
from metrics.imports.refused_uploads import keep_refused_upload


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
        the same sport. A refused file is kept for 30 days as an import, with the reason. 409 QUOTA_REACHED:
        the athlete has as many activities or files as this server stores.
        """
        permit, now = get_permit(request), timezone.now()
        athlete, params = parse_athlete_body(permit, UploadRequest, request.data)
        file = cast("UploadedFile[bytes]", params["file"])
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise ApiError("FILE_TOO_LARGE", "The file is larger than 25 MB.", 413, field="file")
        upload = Upload(
            file.read(),
            file.name or "",
            params.get("activity_type"),
            params["accept_partial"],
            not_after=now + MAX_START_AHEAD,
            added_by=name_actor(permit.viewer, athlete.pk),
        )
        try:
            ingested = ingest_file(athlete, upload)
        except FileError as error:
            options = build_import_options(permit, athlete, accept_partial=upload.accept_partial)
            keep_refused_upload(athlete, upload, error, options, now)
            raise _build_api_error(error) from error
        reader = load_description_reader(permit.viewer, [athlete.pk])
        return success(serialize_ingest_result(ingested, reader), 201 if ingested.stored_count else 200)


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
