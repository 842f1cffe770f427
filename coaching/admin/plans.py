"""Admin of plans and of plans that athletes follow."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from athletes.models import Athlete
from coaching.models import (
    Plan,
    PlanInstance,
    PlanSession,
)

from .athlete_records import AthleteRecordAdmin


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
        Athlete.objects.filter(plan_instances__plan=obj.pk).bump_versions()
        obj.version += change
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_unassigned(obj) and super().has_delete_permission(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Plan]) -> None:
        """Delete only plans that are not assigned."""
        queryset.filter(instances__isnull=True).delete()
