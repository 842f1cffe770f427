"""Staff pages of health days. `metrics.health.days` makes every write."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from astral.http.fields import FIRST_DAY
from metrics.admin.pages import LargeTableAdmin, add_quota_error
from metrics.health.days import HealthDayUpdate, delete_health_days, get_latest_day, store_health_days
from metrics.models import HealthDay
from metrics.storage.quotas import check_health_day_quota


class HealthDayForm(forms.ModelForm):  # type: ignore[type-arg]
    """The model checks the limits of the readings."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance._state.adding and "athlete" in cleaned:
            add_quota_error(self, partial(check_health_day_quota, cleaned["athlete"].pk, 1))
        day = cleaned.get("date")
        if day and not FIRST_DAY <= day <= get_latest_day(timezone.now()):
            self.add_error("date", "Use a date from 1970 to tomorrow.")
        if all(cleaned.get(name) in (None, "") for name in HealthDay.VALUES) and not self.errors:
            self.add_error(None, "Enter at least one reading.")
        return cleaned


@admin.register(HealthDay)
class HealthDayAdmin(LargeTableAdmin):
    form = HealthDayForm
    autocomplete_fields: ClassVar = ("athlete",)
    fields = ("athlete", "date", "source", *HealthDay.VALUES)
    list_display = ("date", "athlete", "source", "hrv_rmssd_ms", "hrv_sdnn_ms", "resting_hr_bpm", "sleep_s")
    list_display_links = ("date",)
    list_filter: ClassVar = ("date",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The athlete and the source of a stored day cannot be changed."""
        return ("athlete", "date", "source") if obj else ()

    def save_model(self, request: HttpRequest, obj: HealthDay, form: Any, change: bool) -> None:
        readings = {name: getattr(obj, name) for name in HealthDay.VALUES}
        store_health_days(obj.athlete_id, [HealthDayUpdate(obj.date, obj.source, readings)])
        obj.pk = HealthDay.objects.get(athlete_id=obj.athlete_id, date=obj.date, source=obj.source).pk

    def delete_model(self, request: HttpRequest, obj: HealthDay) -> None:
        delete_health_days(HealthDay.objects.filter(athlete_id=obj.athlete_id, pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        delete_health_days(queryset)
