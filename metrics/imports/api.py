"""API for imports: send an archive, watch it, cancel it, try again, undo it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

import django_filters
from django.conf import settings
from django.http import QueryDict, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.field_names import check_field_names
from astral.http.fields import ChoiceField, IdField
from astral.http.filters import SerializerFieldFilter
from astral.http.parsers import MAX_FORM_FIELD_BYTES, LargeUploadParser
from astral.http.views import ApiViewSet, success
from athletes.access.permissions import get_permit, parse_id
from athletes.access.request_bodies import parse_athlete_body, read_body_id
from athletes.access.viewsets import AthleteRowsViewSet
from athletes.accounts.limits.use_limits import IMPORTS, count_use
from athletes.filter_fields import athlete_id_field
from athletes.models import User
from metrics.imports.control import (
    cancel_import,
    name_unknown_sport,
    request_undo,
    retry_refused_files,
    start_import,
)
from metrics.imports.counts import WAITING, load_import_counts
from metrics.imports.create import create_import
from metrics.imports.makers import build_import_options, find_import, take_over_import
from metrics.imports.report_csv import build_report_response
from metrics.imports.serializers import (
    ImportFileSerializer,
    ImportFilesQuery,
    ImportRequest,
    ImportSerializer,
    ImportUpdate,
    RetryRequest,
    load_stored_activities,
    serialize_import,
    serialize_import_file,
)
from metrics.models import Import, ImportFile

IMPORT_ID = IdField(Import.prefix, help_text="The import, imp_….")


class ImportFilter(django_filters.FilterSet):  # type: ignore[misc]
    user_id = SerializerFieldFilter(athlete_id_field(), field_name="athlete_id")
    status = SerializerFieldFilter(ChoiceField(Import.Status.choices, help_text="Only in this state."))

    class Meta:
        model = Import
        fields: tuple[str, ...] = ()


def answer_import(parent: Import, status: int = 200) -> Response:
    return success(serialize_import(parent, load_import_counts([parent])[parent.pk]), status)


class ImportListViewSet(AthleteRowsViewSet):
    """Imports that you made or that are about you."""

    tag = "imports"
    queryset = Import.objects.none()
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    parser_classes = (LargeUploadParser,)
    max_body_bytes: ClassVar[int] = settings.IMPORT_MAX_BYTES + MAX_FORM_FIELD_BYTES

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (409, 429) if self.action == "create" else ()

    @extend_schema(responses=ImportSerializer(many=True), operation_id="imports_list", summary="Imports")
    def list(self, request: Request) -> Response:
        """Imports of your own data, and those that you made for others; newest first."""
        rows = Import.objects.made_or_owned_by(get_permit(request).viewer)
        visible = rows.filter(athlete__in=self.list_athlete_ids())
        page: Iterable[Import] = self.paginate_queryset(self.filter_queryset(visible)) or []
        counts = load_import_counts(page)
        return self.get_paginated_response([serialize_import(row, counts[row.pk]) for row in page])

    @extend_schema(
        request={"multipart/form-data": ImportRequest},
        responses={202: ImportSerializer},
        operation_id="imports_create",
        summary="Import a whole history",
    )
    def create(self, request: Request) -> Response:
        """Send an archive of Strava, Garmin, Apple Health or Astral, a ZIP or several files of any kind.

        What it is, its content says. The work runs in the background: GET the import to watch it. The same
        archive again goes on where it stopped. Health data is stored only if you may record it. 409
        TOO_MANY_IMPORTS: five imports of this athlete are not done yet. 429 LIMIT_REACHED: too many today.
        503 BUSY: other large files are arriving.
        """
        permit, now = get_permit(request), timezone.now()
        athlete, params = parse_athlete_body(
            permit, ImportRequest, build_form_values(cast(QueryDict, request.data))
        )
        scope = permit.viewer.cache_scope
        count_use(scope.user_id or scope.organization_id or athlete.pk, IMPORTS, now)
        options = build_import_options(
            permit,
            athlete,
            is_dry_run=params["dry_run"],
            accept_partial=params["accept_partial"],
            activity_type_if_unknown=params.get("activity_type_if_unknown", ""),
        )
        return answer_import(create_import(athlete, params["file"], options), 202)

    def check_fields(self, fields: QueryDict) -> None:
        """Ask for the right before the files are read. Raises 403."""
        get_permit(self.request).athlete(read_body_id(fields, "user_id", User.prefix))


def build_form_values(data: QueryDict) -> dict[str, Any]:
    """The values of a form in which only `file` may come several times."""
    others = QueryDict(mutable=True)
    for name, values in data.lists():
        if name != "file":
            others.setlist(name, values)
    check_field_names(others, ImportRequest._declared_fields)
    return {**others.dict(), **({"file": data.getlist("file")} if "file" in data else {})}


class ImportViewSet(ApiViewSet):
    """One import: its report, and what can be done with it."""

    tag = "imports"
    queryset = ImportFile.objects.none()
    serializer_class = ImportSerializer
    path_fields: ClassVar = {"import_id": IMPORT_ID}

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (409,) if self.action in ("destroy", "start", "retry", "undo") else ()

    @extend_schema(responses=ImportSerializer, operation_id="imports_retrieve", summary="One import")
    def retrieve(self, request: Request, import_id: str) -> Response:
        """How far an import is, what it contains and what happened."""
        return answer_import(self._find_import(import_id))

    @extend_schema(
        request=ImportUpdate,
        responses=ImportSerializer,
        operation_id="imports_update",
        summary="Name the sport of recordings without one",
    )
    def partial_update(self, request: Request, import_id: str) -> Response:
        """Set the sport of all its recordings that name none: of those stored, in the background, too."""
        parent = self._find_import(import_id)
        sport = ImportUpdate.parse(request.data)["activity_type_if_unknown"]
        return answer_import(name_unknown_sport(parent, sport))

    @extend_schema(responses={204: None}, operation_id="imports_cancel", summary="Cancel an import")
    def destroy(self, request: Request, import_id: str) -> Response:
        """Stop between two files. What is stored stays; `undo` takes it back. 409 ALREADY_DONE."""
        cancel_import(self._find_import(import_id), timezone.now())
        return Response(status=204)

    @extend_schema(
        request=None,
        responses={202: ImportSerializer},
        operation_id="imports_start",
        summary="Start an import",
    )
    def start(self, request: Request, import_id: str) -> Response:
        """Make a dry run real, or let an import go on that was cancelled or has failed.

        409 ARCHIVE_GONE: what was sent is deleted, a day after the end. Send it again.
        """
        parent = self._find_import(import_id)
        take_over_import(get_permit(request), parent)
        return answer_import(start_import(parent), 202)

    @extend_schema(
        request=RetryRequest,
        responses={202: ImportSerializer},
        operation_id="imports_retry",
        summary="Try the refused files again",
    )
    def retry(self, request: Request, import_id: str) -> Response:
        """Read the refused files once more. Their bytes are kept for 30 days. 409 NOTHING_TO_RETRY."""
        parent = self._find_import(import_id)
        take_over_import(get_permit(request), parent)
        accept_partial = RetryRequest.parse(request.data or {}).get("accept_partial")
        return answer_import(retry_refused_files(parent, accept_partial), 202)

    @extend_schema(
        request=None,
        responses={202: ImportSerializer},
        operation_id="imports_undo",
        summary="Undo an import",
    )
    def undo(self, request: Request, import_id: str) -> Response:
        """Take back what this import alone brought, in the background.

        Activities go to the bin. What was edited since, or came with another import, too, stays; the files
        say so in `undo` and `undo_reason`.
        """
        return answer_import(request_undo(self._find_import(import_id)), 202)

    @extend_schema(
        parameters=[ImportFilesQuery],
        responses=ImportFileSerializer(many=True),
        operation_id="imports_files_list",
        summary="The files of an import",
    )
    def list(self, request: Request, import_id: str) -> Response:
        """The report: what happened to each file, in the order of the archive."""
        rows = ImportFile.objects.filter(parent=self._find_import(import_id)).without_content()
        query = ImportFilesQuery.parse(
            {name: value for name, value in request.query_params.items() if name in ("status", "kind")}
        )
        if "status" in query:
            rows = rows.filter(status="" if query["status"] == WAITING else query["status"])
        if "kind" in query:
            rows = rows.filter(kind=query["kind"])
        page: Iterable[ImportFile] = self.paginate_queryset(rows.order_by("position")) or []
        activities = load_stored_activities(page)
        return self.get_paginated_response(
            [serialize_import_file(file, activities.get(file.pk, ())) for file in page]
        )

    own_media_type = "text/csv"

    @extend_schema(
        responses={(200, "text/csv"): str}, operation_id="imports_files_csv", summary="The report as CSV"
    )
    def report(self, request: Request, import_id: str) -> StreamingHttpResponse:
        """The files of an import, a line each, for a spreadsheet."""
        return build_report_response(self._find_import(import_id), timezone.now())

    def parameters(self) -> Iterable[str]:
        return [*super().parameters(), *(ImportFilesQuery._declared_fields if self.action == "list" else ())]

    def _find_import(self, text: str) -> Import:
        return find_import(get_permit(self.request), parse_id(Import.prefix, text, "import_id"))
