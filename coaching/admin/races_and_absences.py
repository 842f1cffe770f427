"""Admin of races and absences."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from coaching.assessments.stored_facts import find_stored_median
from coaching.models import (
    Absence,
    Race,
)
from metrics.science.pace import hms

from .athlete_records import AthleteRecordAdmin


@admin.register(Race)
class RaceAdmin(AthleteRecordAdmin):
    fields = (
        "athlete",
        "name",
        "date",
        "distance_m",
        "priority",
        "goal_time_s",
        "result_time_s",
        "predicted",
    )
    list_display = ("name", "athlete", "date", "distance_m", "priority", "predicted")
    list_filter: ClassVar = ("priority",)
    date_hierarchy = "date"
    related_fields: ClassVar[tuple[str, ...]] = ("athlete__user", "athlete__assessment")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "predicted")

    @admin.display(description="predicted")
    def predicted(self, race: Race) -> str:
        """The median from the stored assessment, which may be from yesterday."""
        assessment = getattr(race.athlete, "assessment", None) if race.athlete_id else None
        return hms(find_stored_median(assessment, race.pk)) or "–"


@admin.register(Absence)
class AbsenceAdmin(AthleteRecordAdmin):
    fields = ("athlete", "kind", "first_day", "last_day")
    list_display = ("kind", "athlete", "first_day", "last_day")
    list_filter: ClassVar = ("kind",)
