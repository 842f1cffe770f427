"""Admin of assessments, acknowledgements and wordings."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from coaching.models import (
    Acknowledgement,
    Assessment,
    InsightWording,
)

from .athlete_records import AthleteRecordAdmin


@admin.register(Acknowledgement)
class AcknowledgementAdmin(AthleteRecordAdmin):
    fields = ("athlete", "organization", "coach", "code", "severity", "since", "until", "reason")
    readonly_fields = fields
    list_display = ("code", "athlete", "organization", "coach", "until")
    list_filter: ClassVar = ("severity",)
    related_fields: ClassVar[tuple[str, ...]] = ("organization", "coach", "athlete__user")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class UrgencyFilter(admin.SimpleListFilter):
    title = "urgency"
    parameter_name = "urgency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("urgent", "Urgent: a critical signal"),
            ("watch", "To watch: a warning"),
            ("calm", "Neither"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Assessment]) -> QuerySet[Assessment]:
        condition = {
            "urgent": Q(critical__gt=0),
            "watch": Q(critical=0, warning__gt=0),
            "calm": Q(critical=0, warning=0),
        }.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


@admin.register(Assessment)
class AssessmentAdmin(AthleteRecordAdmin):
    """Read-only: assessments are computed."""

    fields = (
        "athlete", "local_date", "data_version", "computed_at", "priority",
        "critical", "warning", "info", "positive", "signals",
        "plans", "races", "data_quality_score", "data_quality_parts",
    )  # fmt: skip
    readonly_fields = fields
    ordering = ("athlete",)
    list_display = ("athlete", "local_date", "priority", "critical", "warning", "info", "data_quality_score")
    list_filter: ClassVar = (UrgencyFilter,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(InsightWording)
class InsightWordingAdmin(AthleteRecordAdmin):
    """Texts of a model, also refused ones. Delete a bad one to ask the model again."""

    fields = ("athlete", "text", "model", "refused", "question", "attempts", "created_at")
    readonly_fields = fields
    ordering = ("-pk",)
    list_display = ("athlete", "model", "refused", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
