"""Thresholds page of an athlete: the current values and a form for new ones. One's own is in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from astral.dates.local_time import format_date
from astral.http.pages import errors_by_field, form_data, remove_empty_fields
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.serializers import HEALTH_THRESHOLD_KINDS, AthleteChanges
from athletes.accounts.updates import change_athlete
from athletes.models import Athlete, Threshold, User
from athletes.rights import Category
from metrics.formatting import format_number, format_pace, get_distance_unit
from metrics.unit_input import parse_number, parse_pace

PACE_KIND = Threshold.Kind.THRESHOLD_PACE
THRESHOLD_LABELS = {
    PACE_KIND: ("Threshold pace", ""),
    Threshold.Kind.LTHR: ("Heart rate at threshold", "bpm"),
    Threshold.Kind.HR_MAX: ("Maximum heart rate", "bpm"),
    Threshold.Kind.HR_REST: ("Resting heart rate", "bpm"),
    Threshold.Kind.VDOT: ("VDOT", ""),
    Threshold.Kind.MASS_KG: ("Body mass", "kg"),
}
SAVED_MESSAGE = "The measured values are saved. Recordings that are here already keep their numbers."


class ThresholdsForm(AthleteChanges):
    """The API's athlete form, thresholds only."""

    timezone = unit_system = sex = birth_date = None  # type: ignore[assignment]  # removes the fields


@dataclass(frozen=True, slots=True)
class ThresholdFormField:
    """A field of the form; `now` is the value that holds today, whose it is and since when."""

    name: str
    label: str
    current_text: str
    entered_text: str
    error: str


class ThresholdsPage(ProtectedPage):
    """Your own thresholds."""

    template_name = "metrics/thresholds.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render_thresholds(self.person.athlete)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.save_thresholds(self.person.athlete)

    def save_thresholds(self, athlete: Athlete) -> HttpResponse:
        fields, now = remove_empty_fields(form_data(self.request)), timezone.now()
        try:
            asked = ThresholdsForm.parse(_to_request_data(fields.dict(), self.page_user.units), now=now)
        except ValidationError as error:
            return self.render_thresholds(athlete, fields.dict(), errors_by_field(error.detail))
        if not THRESHOLD_LABELS.keys() & asked.keys():
            return self.render_thresholds(athlete, fields.dict(), {"form": "Fill in at least one value."})
        source = Threshold.Source.MANUAL if athlete.pk == self.person.pk else Threshold.Source.COACH
        change_athlete(athlete, {"source": source} | asked, now)
        messages.success(self.request, SAVED_MESSAGE)
        return redirect(self.request.path)

    def render_thresholds(
        self,
        athlete: Athlete,
        fields: Mapping[str, Any] | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        today, own = athlete.local_date(timezone.now()), athlete.pk == self.person.pk
        known = {row.kind: row for row in athlete.thresholds.valid_on(today)}
        hidden = set() if own or self._shares_health(athlete) else HEALTH_THRESHOLD_KINDS
        units, typed, faults = self.page_user.units, fields or {}, errors or {}
        usual = Threshold.Source.MANUAL if own else Threshold.Source.COACH
        return self.page(
            section="settings" if own else "roster",
            own=own,
            athlete=athlete,
            name=str(athlete.user),
            measured=[
                ThresholdFormField(
                    kind,
                    f"{label}, {_format_unit(kind, unit, units)}".removesuffix(", "),
                    "Not shared with your club."
                    if kind in hidden
                    else _describe_current(known.get(kind), units),
                    typed.get(kind, ""),
                    _describe_limits(kind, units) if kind in faults else "",
                )
                for kind, (label, unit) in THRESHOLD_LABELS.items()
            ],
            fields={"valid_from": today.isoformat(), "source": usual} | dict(typed),
            sources=Threshold.Source.choices,
            errors=faults,
        )

    def _shares_health(self, athlete: Athlete) -> bool:
        return Athlete.objects.visible_to(self.person, Category.HEALTH).filter(pk=athlete.pk).exists()


class AthleteThresholdsPage(ThresholdsPage):
    """The thresholds of an athlete you may record for."""

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:  # type: ignore[override]  # of the address
        return self.render_thresholds(self._get_athlete(user_id))

    def post(self, request: HttpRequest, user_id: str) -> HttpResponse:  # type: ignore[override]  # of the address
        return self.save_thresholds(self._get_athlete(user_id))

    def _get_athlete(self, user_id: str) -> Athlete:
        return self.permit.athlete(parse_id(User.prefix, user_id, "user_id"))


def _to_request_data(fields: Mapping[str, Any], units: str) -> dict[str, Any]:
    """As the API takes it; what was left empty stays as it is."""
    read = {name: parse_number(str(text)) for name, text in fields.items() if name in THRESHOLD_LABELS}
    if PACE_KIND in fields:
        read[PACE_KIND] = parse_pace(str(fields[PACE_KIND]), units)
    return {**fields, **read}


def _describe_current(row: Threshold | None, units: str) -> str:
    if row is None:
        return "Not known yet."
    told = _format_value(row.kind, row.value, units)
    return f"Now {told}, {row.get_source_display()}, since {format_date(row.valid_from)}."


def _format_value(kind: str, value: float, units: str) -> str:
    if kind == PACE_KIND:
        return format_pace(value, units)
    return format_number(
        value, 0 if float(value).is_integer() else 1, THRESHOLD_LABELS[Threshold.Kind(kind)][1]
    )


def _describe_limits(kind: str, units: str) -> str:
    lowest, highest = (_format_value(kind, limit, units) for limit in Threshold.LIMITS[kind])
    return f"Use {'a pace as M:SS' if kind == PACE_KIND else 'a number'} from {lowest} to {highest}."


def _format_unit(kind: str, unit: str, units: str) -> str:
    return f"M:SS per {get_distance_unit(units)}" if kind == PACE_KIND else unit
