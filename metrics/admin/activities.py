"""Staff pages of activities, recordings and files. `metrics.activities.changes` makes every write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from metrics.activities.changes import create_manual_activity, delete_activity, update_activity
from metrics.activities.serializers import ActivityUpdate
from metrics.admin.pages import LargeTableAdmin, ReadOnlyAdmin, add_quota_error
from metrics.models import Activity, ActivityRecording, BinActivity, OriginalFile
from metrics.storage.quotas import check_activity_quota

MEASURED_FIELDS = (
    "started_at", "utc_offset_min", "duration_s", "distance_m", "moving_time_s", "elevation_gain_m",
    "elevation_loss_m", "avg_hr_bpm", "max_hr_bpm", "calories_kcal",
)  # fmt: skip
DESCRIPTIVE_FIELDS = (
    "athlete", "name", "activity_type", "sub_type", "is_race", "perceived_effort", "feel", "pain_score",
    "pain_where", "athlete_note", "gear", "is_commute",
)  # fmt: skip
ORIGIN_FIELDS = ("public_id", "source", "device", "file", "created_at", "updated_at")
HIDDEN_FIELDS = ("private_note",)  # staff see everything but what the athlete writes for nobody else
# Columns that are not named above are read-only. So a new column is never editable by mistake.
DERIVED_FIELDS = tuple(
    field.name
    for field in Activity._meta.concrete_fields
    if field.name
    not in {"id", "original", *HIDDEN_FIELDS, *DESCRIPTIVE_FIELDS, *MEASURED_FIELDS, *ORIGIN_FIELDS}
)


def format_file_link(original_id: UUID | None) -> str:
    """A link from the id only. The row of the file has megabytes."""
    if original_id is None:
        return "-"
    return format_html(
        '<a href="{}">File</a>', reverse("admin:metrics_originalfile_change", args=[original_id])
    )


class ActivityAdminForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        """Validate with the serializer of the API."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance._state.adding and "athlete" in cleaned:
            add_quota_error(self, partial(check_activity_quota, cleaned["athlete"].pk))
        columns = {name: str(field.source) for name, field in ActivityUpdate().fields.items()}
        values = {name: _to_request_value(cleaned.get(column)) for name, column in columns.items()}
        serializer = ActivityUpdate(
            data={name: value for name, value in values.items() if value not in (None, "")},
            context={"now": timezone.now(), "activity": self.instance},
        )
        if not serializer.is_valid():
            for name, errors in serializer.errors.items():
                self.add_error(columns[name], [str(error) for error in errors])
        return cleaned


def _to_request_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@admin.register(Activity)
class ActivityAdmin(LargeTableAdmin):
    form = ActivityAdminForm
    autocomplete_fields: ClassVar = ("athlete",)
    list_display = (
        "title",
        "athlete",
        "activity_type",
        "started_at",
        "km",
        "duration",
        "hr",
        "load",
        "source",
    )
    list_filter: ClassVar = (
        "activity_type",
        "source",
        "is_race",
        "started_at",
        ("training_load", admin.EmptyFieldListFilter),
    )

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """A search is sorted by start. The whole list is sorted by id, which has an index."""
        return ("-started_at", "-id") if request.GET.get("q") else self.ordering

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        entry = [(None, {"fields": DESCRIPTIVE_FIELDS}), ("Measured", {"fields": MEASURED_FIELDS})]
        record = [("Derived", {"fields": DERIVED_FIELDS}), ("Origin", {"fields": ORIGIN_FIELDS})]
        return [*entry, *record] if obj else entry

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The numbers of a recording and the athlete of an activity cannot be changed."""
        if obj is None:
            return ()
        recorded = MEASURED_FIELDS if obj.source == Activity.Source.FILE else ()
        return ("athlete", *recorded, *DERIVED_FIELDS, *ORIGIN_FIELDS)

    def save_model(self, request: HttpRequest, obj: Activity, form: Any, change: bool) -> None:
        if change:
            update_activity(obj, {name: form.cleaned_data[name] for name in form.changed_data})
        else:
            entry = {name: value for name, value in form.cleaned_data.items() if name != "athlete"}
            obj.local_date = create_manual_activity(obj.athlete, {"id": obj.pk, **entry}).local_date

    def delete_model(self, request: HttpRequest, obj: Activity) -> None:
        delete_activity(obj, BinActivity.DeletedBy.STAFF, timezone.now())

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: Iterable[Activity]) -> None:
        now = timezone.now()
        for activity in queryset:
            delete_activity(activity, BinActivity.DeletedBy.STAFF, now)

    def get_deleted_objects(self, objs: Sequence[Activity] | QuerySet[Activity], request: HttpRequest) -> Any:
        """Leave out Django's list of related rows, because it would load every stream."""
        allowed = self.has_delete_permission(request)
        return [str(row) for row in objs], {"activities": len(objs)}, set() if allowed else {"activity"}, []

    @admin.display(description="activity", ordering="name")
    def title(self, row: Activity) -> str:
        return row.name or row.get_activity_type_display()

    @admin.display(description="km", ordering="distance_m")
    def km(self, row: Activity) -> str:
        return "" if row.distance_m is None else f"{row.distance_m / 1000:.2f}"

    @admin.display(description="duration", ordering="duration_s")
    def duration(self, row: Activity) -> str:
        return str(timedelta(seconds=round(row.duration_s)))

    @admin.display(description="mean HR, bpm", ordering="avg_hr_bpm")
    def hr(self, row: Activity) -> str:
        return "" if row.avg_hr_bpm is None else f"{row.avg_hr_bpm:.0f}"

    @admin.display(description="load", ordering="training_load")
    def load(self, row: Activity) -> str:
        return "" if row.training_load is None else f"{row.training_load:.0f}"

    @admin.display(description="original file")
    def file(self, row: Activity) -> str:
        return format_file_link(row.original_id)


@admin.register(ActivityRecording)
class ActivityRecordingAdmin(ReadOnlyAdmin):
    """The recordings of activities that were recorded more than once. The page does not load samples."""

    fields = (
        "athlete", "activity_link", "counts", "is_chosen", "started_at", "duration_s", "device", "source",
        "channels", "has_own_distance", "file", "added_at", "added_by",
    )  # fmt: skip
    readonly_fields = fields
    list_display = ("started_at", "athlete", "device", "source", "counts", "added_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActivityRecording]:
        return super().get_queryset(request).defer("content", "laps", "pauses")

    @admin.display(description="activity")
    def activity_link(self, row: ActivityRecording) -> str:
        address = reverse("admin:metrics_activity_change", args=[row.activity_id])
        return format_html('<a href="{}">Activity</a>', address)

    @admin.display(description="original file")
    def file(self, row: ActivityRecording) -> str:
        return format_file_link(row.original_id)


@admin.register(OriginalFile)
class OriginalFileAdmin(ReadOnlyAdmin):
    """Name, time and athlete of an upload. The page does not load the bytes."""

    fields = ("filename", "athlete", "size", "sha256_hex", "received_at")
    readonly_fields = fields
    list_display = ("filename", "athlete", "size", "received_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OriginalFile]:
        return super().get_queryset(request).defer("content")

    @admin.display(description="size", ordering="size_bytes")
    def size(self, row: OriginalFile) -> str:
        return filesizeformat(row.size_bytes)

    @admin.display(description="SHA-256")
    def sha256_hex(self, row: OriginalFile) -> str:
        return bytes(row.sha256).hex()
