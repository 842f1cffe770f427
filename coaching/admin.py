"""Admin of races, absences, plans and assessments. Saving bumps the athlete's data version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from athletes.models import Athlete
from athletes.search import normalize_search_text
from coaching.assessments.stored_facts import find_stored_median
from coaching.models import (
    Absence,
    Acknowledgement,
    Assessment,
    Comment,
    InsightWording,
    Plan,
    PlanInstance,
    PlanSession,
    Race,
)
from metrics.science.pace import hms


class AthleteRecordAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Base admin of rows of one athlete; the athlete cannot be changed."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    related_fields: ClassVar[tuple[str, ...]] = ("athlete__user",)  # loaded for the names in lists and titles
    autocomplete_fields: ClassVar = ("athlete",)
    search_fields: ClassVar = ("athlete__user__search_key__contains",)
    search_help_text = "The athlete's name or e-mail address."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.related_fields)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, normalize_search_text(search_term))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("athlete",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        bump_data_versions([obj.athlete_id])
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        bump_data_versions([obj.athlete_id])
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        bump_data_versions(queryset.values_list("athlete_id", flat=True))
        super().delete_queryset(request, queryset)


def bump_data_versions(athletes: Iterable[UUID]) -> None:
    Athlete.objects.filter(pk__in=athletes).bump_version()


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


@admin.register(Comment)
class CommentAdmin(AthleteRecordAdmin):
    """Staff may read and delete comments. Nobody writes in the name of another person."""

    fields = ("athlete", "activity", "day", "author", "text", "created_at", "edited_at")
    list_display = ("created_at", "athlete", "author")
    related_fields: ClassVar[tuple[str, ...]] = ("athlete__user", "author", "activity")
    list_filter: ClassVar = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PlanInstance)
class PlanInstanceAdmin(AthleteRecordAdmin):
    """Plans are assigned over the API; here an instance can be ended or deleted."""

    fields = ("athlete", "plan", "group", "start_date", "ended_as", "ended_on", "assigned_by", "created_at")
    readonly_fields = ("athlete", "plan", "group", "start_date", "assigned_by", "created_at")
    list_display = ("plan", "athlete", "start_date", "status", "group")
    list_filter: ClassVar = ("ended_as",)
    date_hierarchy = "start_date"
    related_fields: ClassVar[tuple[str, ...]] = ("plan", "group", "athlete__user")

    @admin.display(description="status")
    def status(self, instance: PlanInstance) -> str:
        """The status on the athlete's local day."""
        return instance.status_on(instance.athlete.local_date(timezone.now())).label

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


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


class PlanSessionForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        targets = [cleaned.get(name) for name in ("duration_s", "distance_m", "load")]
        if cleaned.get("sport") != PlanSession.REST and not any(target and target > 0 for target in targets):
            self.add_error(None, "Say how long or how far.")
        return cleaned


class PlanSessionInline(admin.TabularInline):  # type: ignore[type-arg]
    """Read-only once the plan is assigned."""

    model = PlanSession
    form = PlanSessionForm
    fields = (
        "week",
        "weekday",
        "position",
        "sport",
        "title",
        "duration_s",
        "distance_m",
        "load",
        "zone",
        "is_key",
    )
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_unassigned(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_unassigned(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_unassigned(obj) and super().has_delete_permission(request, obj)


def _is_unassigned(plan: Plan | None) -> bool:
    return plan is None or not plan.instances.exists()


@admin.register(Plan)
class PlanAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    fields = ("organization", "name", "description", "total_weeks", "archived_at")
    autocomplete_fields: ClassVar = ("organization",)
    inlines: ClassVar = (PlanSessionInline,)
    show_full_result_count = False
    list_display = ("name", "organization", "total_weeks")
    list_select_related: ClassVar = ("organization",)
    search_fields: ClassVar = ("name", "organization__name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return ("organization",) if _is_unassigned(obj) else ("organization", "total_weeks")

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        Athlete.objects.filter(plan_instances__plan=obj.pk).bump_version()
        obj.version += change
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_unassigned(obj) and super().has_delete_permission(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Plan]) -> None:
        """Delete only plans that are not assigned."""
        queryset.filter(instances__isnull=True).delete()
