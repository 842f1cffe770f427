"""Admin of calendars: what is planned for athletes, and who changed it. Staff may only read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from coaching.models import (
    CalendarChange,
    CalendarSession,
)

from .athlete_records import AthleteRecordAdmin


class ReadOnlyRecordAdmin(AthleteRecordAdmin):
    """Rows that change with others: staff may only read them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CalendarSession)
class CalendarSessionAdmin(ReadOnlyRecordAdmin):
    fields = (
        "athlete",
        "day",
        "position",
        "sport",
        "title",
        "description",
        "duration_s",
        "distance_m",
        "load",
        "zone",
        "steps",
        "is_key",
        "instance",
        "organization",
        "is_adjusted",
        "is_skipped",
        "skip_reason",
        "is_removed",
        "as_planned",
        "version",
    )
    list_display = ("day", "athlete", "title", "sport", "is_adjusted", "is_skipped", "is_removed")
    list_filter: ClassVar = ("is_adjusted", "is_skipped", "is_removed")
    date_hierarchy = "day"
    related_fields: ClassVar[tuple[str, ...]] = ("athlete__user", "instance__plan", "organization")


@admin.register(CalendarChange)
class CalendarChangeAdmin(ReadOnlyRecordAdmin):
    fields = (
        "athlete",
        "kind",
        "state",
        "author",
        "author_name",
        "organization",
        "reason",
        "made_at",
        "decided_by",
        "decided_at",
        "undoes",
        "rows",
    )
    list_display = ("made_at", "athlete", "kind", "state", "author_name")
    list_filter: ClassVar = ("kind", "state")
    related_fields: ClassVar[tuple[str, ...]] = ("athlete__user", "author", "organization", "decided_by")
