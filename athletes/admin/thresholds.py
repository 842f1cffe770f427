"""Staff pages: thresholds, also as rows on the athlete's page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from athletes.admin.pages import FixedFieldsForm, VersionedAdmin
from athletes.models import Threshold

SHOWN_THRESHOLDS = 30


class ThresholdForm(FixedFieldsForm):
    fixed_fields = ("athlete",)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, value = cleaned.get("kind"), cleaned.get("value")
        if kind is not None and value is not None:
            lowest, highest = Threshold.LIMITS[kind]
            if not lowest <= value <= highest:
                self.add_error(
                    "value", f"For {Threshold.Kind(kind).label}: between {lowest:g} and {highest:g}."
                )
        return cleaned


class NewestThresholdsInline(admin.TabularInline):  # type: ignore[type-arg]
    """Only the newest thresholds: a watch that sends one every day would make the form too long."""

    model = Threshold
    form = ThresholdForm
    fields = ("kind", "value", "source", "valid_from", "recorded_at")
    readonly_fields = ("recorded_at",)
    ordering = ("-valid_from", "kind")
    extra = 0
    verbose_name_plural = f"newest {SHOWN_THRESHOLDS} thresholds"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Threshold]:
        newest = Threshold.objects.filter(athlete=OuterRef("athlete")).order_by("-valid_from", "kind")
        rows: QuerySet[Threshold] = super().get_queryset(request)
        return rows.filter(pk__in=Subquery(newest.values("pk")[:SHOWN_THRESHOLDS]))


@admin.register(Threshold)
class ThresholdAdmin(VersionedAdmin):
    owner = "athlete_id"
    form = ThresholdForm
    fields = ("athlete", "kind", "value", "source", "valid_from", "recorded_at")
    readonly_fields = ("recorded_at",)
    autocomplete_fields: ClassVar = ("athlete",)
    list_display = ("athlete", "kind", "value", "source", "valid_from", "recorded_at")
    list_select_related: ClassVar = ("athlete__user",)
    list_filter: ClassVar = ("kind", "source")
    search_fields: ClassVar = ("athlete__user__search_key__contains",)
    search_help_text = "The athlete's name or e-mail address."
    ordering = ("-id",)
