"""Staff pages of imports: what was brought, what happened to each file, and why something was refused."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from astral.logs import log_event
from metrics.admin.pages import ReadOnlyAdmin
from metrics.imports.counts import load_import_counts
from metrics.models import Import, ImportFile

FILES_PERMISSION = "metrics.view_importfile"


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("title", "athlete", "kind", "status", "files", "size", "added_by", "created_at")
    list_filter: ClassVar = ("status", "kind", "undo_state", "is_dry_run", "added_by", "created_at")
    list_select_related: ClassVar = ("athlete__user",)
    fields = (
        "title", "athlete", "made_by", "added_by", "kind", "status", "message", "code", "counts", "report",
        "is_dry_run", "accept_partial", "may_write_health", "activity_type_if_unknown", "undo_state", "size",
        "created_at", "started_at", "finished_at", "worked_s",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description="import", ordering="filename")
    def title(self, row: Import) -> str:
        return str(row)

    @admin.display(description="files")
    def files(self, row: Import) -> str:
        return f"{row.done_count:,} of {row.file_count:,}"

    @admin.display(description="size", ordering="size_bytes")
    def size(self, row: Import) -> str:
        return filesizeformat(row.size_bytes)

    @admin.display(description="outcomes")
    def counts(self, row: Import) -> str:
        outcomes = load_import_counts([row])[row.pk].outcomes
        return ", ".join(f"{name}: {number:,}" for name, number in sorted(outcomes.items())) or "-"

    @admin.display(description="report")
    def report(self, row: Import) -> str:
        address = reverse("admin:metrics_importfile_changelist")
        return format_html('<a href="{}?parent__id__exact={}">Files of this import</a>', address, row.pk)


@admin.register(ImportFile)
class ImportFileAdmin(ReadOnlyAdmin):
    """The bytes are not loaded. Those of a refused file can be downloaded, to find out what is wrong."""

    list_display = ("name", "athlete", "kind", "status", "code", "short_reason", "done_at")
    list_filter: ClassVar = ("status", "kind", "code", "done_at")
    fields = (
        "name", "athlete", "import_link", "kind", "status", "code", "reason", "days_stored", "size",
        "refused_file", "undo_outcome", "undo_reason", "done_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportFile]:
        return super().get_queryset(request).defer("content")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "parent__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(self.download_file)
        return [path("<uuid:pk>/file", download, name="metrics_importfile_file"), *super().get_urls()]

    def download_file(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        """The bytes of a refused file."""
        if not request.user.has_perm(FILES_PERMISSION):
            raise PermissionDenied
        row = ImportFile.objects.filter(pk=pk, kept_bytes__gt=0).first()
        if row is None or row.content is None:
            raise Http404
        log_event("refused_file_read", person=request.user.pk, athlete=row.athlete_id)
        data, name = BytesIO(zlib.decompress(row.content)), row.name.rsplit("/", 1)[-1]
        return FileResponse(data, as_attachment=True, filename=name, content_type="application/octet-stream")

    @admin.display(description="reason")
    def short_reason(self, row: ImportFile) -> str:
        return row.reason if len(row.reason) <= 80 else f"{row.reason[:79]}…"

    @admin.display(description="size", ordering="size_bytes")
    def size(self, row: ImportFile) -> str:
        return filesizeformat(row.size_bytes)

    @admin.display(description="import")
    def import_link(self, row: ImportFile) -> str:
        address = reverse("admin:metrics_import_change", args=[row.parent_id])
        return format_html('<a href="{}">Import</a>', address)

    @admin.display(description="refused file")
    def refused_file(self, row: ImportFile) -> str:
        if not row.kept_bytes:
            return "-"
        address = reverse("admin:metrics_importfile_file", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, filesizeformat(row.kept_bytes))
