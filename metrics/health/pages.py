"""Pages of health days: the list, and the pages to enter, change and delete a morning.

Only what a person entered (source `manual`) can be changed here. What a device measured stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from astral.dates.local_time import format_date
from astral.http.fields import DayField
from astral.http.pages import ConfirmedActionPage, FormPage
from astral.http.pagination import PageQuery
from athletes.access.protected_page import OneAthletePage
from athletes.organizations.edit_rights import can_record
from athletes.rights import Category
from metrics.formatting import format_hours, format_number, format_weight
from metrics.health.days import delete_health_days, get_latest_day, store_health_days
from metrics.health.forms import GOOD_WORDS, MUCH_WORDS, MorningForm, describe_morning
from metrics.health.serializers import MANUAL_SOURCE, build_day_update
from metrics.models import HealthDay

TODAY = "today"  # in an address: the athlete's local date


@dataclass(frozen=True, slots=True)
class HealthDayRow:
    """A day of one source as text. `edit_url` is empty for what a device measured."""

    on: date
    source: str
    hrv: str
    resting_hr: str
    sleep: str
    weight: str
    said: str
    comments_url: str
    edit_url: str


class HealthDaysPage(OneAthletePage):
    template_name = "metrics/health/health_days.html"
    query_serializer_class = PageQuery

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        paging = self.parse_query()
        size, page = paging["page_size"], paging["page"]
        start = (page - 1) * size
        days = HealthDay.objects.filter(athlete=self.athlete).order_by("-date", "source")
        total, shown = days.count(), list(days[start : start + size])
        return self.page(
            rows=[self._build_row(day) for day in shown],
            first=start + 1,
            last=start + len(shown),
            total=total,
            previous=f"?page={page - 1}&page_size={size}" if page > 1 else "",
            following=f"?page={page + 1}&page_size={size}" if start + size < total else "",
            may_record=can_record(self.person, self.athlete, Category.HEALTH),
        )

    def _build_row(self, day: HealthDay) -> HealthDayRow:
        is_manual = day.source == MANUAL_SOURCE
        address = [self.athlete.public_id, day.date.isoformat()]
        return HealthDayRow(
            day.date,
            "entered" if is_manual else day.source.replace("_", " "),
            format_number(day.hrv_rmssd_ms, 0, "ms"),
            format_number(day.resting_hr_bpm, 0, "bpm"),
            format_hours(day.sleep_s),
            format_weight(day.weight_kg, self.page_user.units),
            ", ".join(_describe_words(day)),
            reverse("day-comments-page", args=address),
            reverse("health-day-page", args=address) if is_manual else "",
        )


class HealthDayPageBase(OneAthletePage):
    """Base of the pages about what a person entered for one day."""

    day: date
    stored: HealthDay | None

    def load_target(self) -> None:
        super().load_target()
        text = self.kwargs["date"]
        self.day = self.today if text == TODAY else DayField().run_validation(text)
        if self.day > get_latest_day(timezone.now()):
            raise ValidationError({"date": ["This day has not come yet."]})
        days = HealthDay.objects.filter(athlete=self.athlete, source=MANUAL_SOURCE, date=self.day)
        self.stored = days.first()

    def context(self) -> dict[str, Any]:
        address = [self.athlete.public_id, self.day.isoformat()]
        return super().context() | {
            "day": self.day,
            "is_today": self.day == self.today,
            "stored": self.stored,
            "comments_url": reverse("day-comments-page", args=address),
            "save_url": reverse("health-day-page", args=address),
            "delete_url": reverse("health-day-delete-page", args=address),
        }


class HealthDayPage(HealthDayPageBase, FormPage):
    """Enter a morning, or change it."""

    template_name = "metrics/health/health_day.html"

    def build_form(self, data: QueryDict | None = None) -> MorningForm:
        return MorningForm(
            data,
            day=self.day,
            units=self.page_user.units,
            initial=describe_morning(self.stored, self.page_user.units),
            context={"latest": get_latest_day(timezone.now()), "stored": self.stored},
        )

    def save(self, values: dict[str, Any]) -> HttpResponse:
        store_health_days(self.athlete.pk, [build_day_update(values)])
        messages.success(self.request, f"Stored for {format_date(self.day)}.")
        return redirect("health-days-page", self.athlete.public_id)


class HealthDayDeletePage(HealthDayPageBase, ConfirmedActionPage):
    template_name = "metrics/health/delete.html"

    def load_target(self) -> None:
        super().load_target()
        if self.stored is None:
            raise Http404

    def apply_change(self, values: dict[str, Any]) -> str:
        days = HealthDay.objects.filter(athlete=self.athlete, source=MANUAL_SOURCE, date=self.day)
        delete_health_days(days)
        return f"What was entered for {format_date(self.day)} is deleted."

    def build_return_url(self) -> str:
        return reverse("health-days-page", args=[self.athlete.public_id])


def _describe_words(day: HealthDay) -> Sequence[str]:
    """How one felt, in words: sleep good, a little sore, pain 3 (left knee), ill."""
    rated = (
        ("sleep", day.sleep_quality, GOOD_WORDS),
        ("tired", day.fatigue, MUCH_WORDS),
        ("sore", day.soreness, MUCH_WORDS),
        ("stress", day.stress, MUCH_WORDS),
        ("mood", day.mood, GOOD_WORDS),
    )
    texts = [f"{name}: {words[score]}" for name, score, words in rated if score is not None]
    if day.pain_score is not None:
        texts.append(f"pain: {day.pain_score} of 10" + (f" ({day.pain_where})" if day.pain_where else ""))
    return [*texts, "ill"] if day.is_ill else texts
