"""Read-only staff pages of snapshots, and an action that measures athletes' activities again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

from athletes.models import Athlete
from metrics.admin.pages import ReadOnlyAdmin
from metrics.formatting import format_number, format_signed_number
from metrics.models import Snapshot
from metrics.remeasurement.tasks import queue_remeasure

SNAPSHOT_COLUMNS: tuple[str, ...] = tuple(field.name for field in Snapshot._meta.concrete_fields)
MAX_ATHLETES = 500  # in one action


class SnapshotFreshnessFilter(admin.SimpleListFilter):
    """Compares data versions only. The local day depends on each athlete's time zone."""

    title = "data"
    parameter_name = "data"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("current", "Up to date"), ("behind", "Newer data exists")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Snapshot]) -> QuerySet[Snapshot]:
        current = Q(data_version=F("athlete__data_version"))
        condition = {"current": current, "behind": ~current}.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """Snapshots are computed from other rows, so nobody edits them."""

    fields = SNAPSHOT_COLUMNS
    readonly_fields = SNAPSHOT_COLUMNS
    ordering = ("athlete",)
    list_display = (
        "athlete",
        "local_date",
        "load",
        "averages",
        "hrv",
        "resting_hr",
        "recovery_score",
        "vo2max",
        "vdot",
    )
    list_filter: ClassVar = (SnapshotFreshnessFilter,)

    @admin.display(description="load, week (usual)", ordering="current_week_load")
    def load(self, row: Snapshot) -> str:
        return f"{format_number(row.current_week_load)} ({format_number(row.four_week_avg_load)})"

    @admin.display(description="fitness / form", ordering="fitness")
    def averages(self, row: Snapshot) -> str:
        return f"{format_number(row.fitness, 1)} / {format_signed_number(row.form, 1)}"

    @admin.display(description="HRV, ms", ordering="hrv_avg_ms")
    def hrv(self, row: Snapshot) -> str:
        return format_number(row.hrv_avg_ms, 1)

    @admin.display(description="resting HR, bpm", ordering="resting_hr_bpm")
    def resting_hr(self, row: Snapshot) -> str:
        return format_number(row.resting_hr_bpm, 1)

    @admin.display(description="VO₂max", ordering="vo2max_ml_kg_min")
    def vo2max(self, row: Snapshot) -> str:
        return f"{format_number(row.vo2max_ml_kg_min, 1)} {row.vo2max_method}".rstrip()


@admin.action(description="Measure activities again, in the background", permissions=["change"])
@transaction.atomic
def measure_again(pages: Any, request: HttpRequest, queryset: QuerySet[Athlete]) -> None:
    athlete_ids = list(queryset.values_list("pk", flat=True)[: MAX_ATHLETES + 1])
    if len(athlete_ids) > MAX_ATHLETES:
        messages.error(
            request, f"Select at most {MAX_ATHLETES} athletes. For more, use `manage.py remeasure`."
        )
        return
    for athlete_id in athlete_ids:
        queue_remeasure(athlete_id, None)
    messages.success(
        request, f"Queued: the activities of {len(athlete_ids)} athletes will be measured again."
    )


# The app `athletes` does not know activities, so the action is added here.
_ATHLETES = admin.site.get_model_admin(Athlete)
_ATHLETES.actions = (*(_ATHLETES.actions or ()), measure_again)
