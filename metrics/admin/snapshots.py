"""Staff pages of snapshots, to look at, and having athletes' activities measured again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

from athletes.models import Athlete
from metrics.activities.remeasure_tasks import queue_remeasure
from metrics.admin.pages import ReadOnlyAdmin
from metrics.formatting import format_number, format_signed_number
from metrics.models import Snapshot

SNAPSHOT_COLUMNS: tuple[str, ...] = tuple(field.name for field in Snapshot._meta.concrete_fields)
MAX_ATHLETES = 500  # athletes at once


class SnapshotFreshnessFilter(admin.SimpleListFilter):
    """Against the data alone: which local day it is, only each athlete's clock can say."""

    title = "data"
    parameter_name = "data"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("current", "All of it is in"), ("behind", "More has come since")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Snapshot]) -> QuerySet[Snapshot]:
        current = Q(data_version=F("athlete__data_version"))
        asked = {"current": current, "behind": ~current}.get(self.value() or "")
        return queryset.filter(asked) if asked else queryset


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """Made of everything else: whoever is shown one is shown a new one where it is behind."""

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


@admin.action(description="Measure their activities again, in the background", permissions=["change"])
@transaction.atomic
def measure_again(pages: Any, request: HttpRequest, queryset: QuerySet[Athlete]) -> None:
    chosen = list(queryset.values_list("pk", flat=True)[: MAX_ATHLETES + 1])
    if len(chosen) > MAX_ATHLETES:
        messages.error(
            request, f"At most {MAX_ATHLETES} at once; for more of them there is `manage.py remeasure`."
        )
        return
    for athlete_id in chosen:
        queue_remeasure(athlete_id, None)
    messages.success(request, f"Queued: the activities of {len(chosen)} are measured again.")


# The athletes' own pages stand below and have not heard of activities.
_ATHLETES = admin.site.get_model_admin(Athlete)
_ATHLETES.actions = (*(_ATHLETES.actions or ()), measure_again)
