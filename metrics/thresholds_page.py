"""Thresholds page of an athlete: the current values and a form for new ones. Your own are in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from astral.dates.local_time import format_date
from astral.http.forms import InputField, SelectField, SerializerForm, capitalize_labels
from astral.http.pages import FormPage
from athletes.access.protected_page import OneAthletePage
from athletes.accounts.serializers import HEALTH_THRESHOLD_KINDS, ThresholdChanges
from athletes.accounts.updates import change_athlete
from athletes.models import Athlete, Threshold
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
HIDDEN_MESSAGE = "Not shared with your club."
SAVED_MESSAGE = "The measured values are saved. Recordings that are here already keep their numbers."


class ThresholdsForm(SerializerForm):
    """New thresholds. An empty field does not change its threshold. `hints`: today's value of each kind."""

    is_saved_once = False  # one value a day and kind: sent twice, it changes the row once
    serializer_class = ThresholdChanges
    ignores_empty = True
    valid_from = InputField("Measured on", type="date", hint="The values are valid from this day.")
    source = SelectField("Source", capitalize_labels(Threshold.Source.choices))

    def __init__(
        self, data: QueryDict | None, *, units: str, hints: Mapping[str, str], initial: Mapping[str, str]
    ) -> None:
        super().__init__(data, initial=initial)
        self.units = units
        inputs = {
            kind.value: InputField(
                _label_kind(kind, units), hint=hints[kind], max_length=10, autocomplete="off"
            )
            for kind in THRESHOLD_LABELS
        }
        self.fields = inputs | self.fields

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and not THRESHOLD_LABELS.keys() & values.keys():
            self.add_error(None, "Fill in at least one value.")
        return values

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        request_data: dict[str, Any] = dict(fields)
        for kind in THRESHOLD_LABELS.keys() & fields.keys():
            text = fields[kind]
            request_data[kind] = parse_pace(text, self.units) if kind == PACE_KIND else parse_number(text)
        return request_data

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        return field, _describe_limits(field, self.units) if field in THRESHOLD_LABELS else text


class AthleteThresholdsPage(OneAthletePage, FormPage):
    """The thresholds of an athlete for whom the viewer may record."""

    template_name = "metrics/thresholds.html"
    own_section = "settings"

    def build_form(self, data: QueryDict | None = None) -> ThresholdsForm:
        initial = {"valid_from": self.today.isoformat(), "source": self._source}
        hints = self._describe_thresholds()
        return ThresholdsForm(data, units=self.page_user.units, hints=hints, initial=initial)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        change_athlete(self.athlete, {"source": self._source} | values, timezone.now())
        messages.success(self.request, SAVED_MESSAGE)
        return redirect(self.request.path)

    @property
    def _source(self) -> str:
        return Threshold.Source.MANUAL if self.own else Threshold.Source.COACH

    def _describe_thresholds(self) -> dict[str, str]:
        """The text about today's value, for each kind."""
        known = {row.kind: row for row in self.athlete.thresholds.valid_on(self.today)}
        hidden = set() if self.own or self._shares_health() else HEALTH_THRESHOLD_KINDS
        return {
            kind: HIDDEN_MESSAGE
            if kind in hidden
            else _describe_current(known.get(kind), self.page_user.units)
            for kind in THRESHOLD_LABELS
        }

    def _shares_health(self) -> bool:
        visible = Athlete.objects.visible_to(self.person, Category.HEALTH)
        return visible.filter(pk=self.athlete.pk).exists()


class ThresholdsPage(AthleteThresholdsPage):
    """Your own thresholds."""

    def load_target(self) -> None:
        self.athlete = self.person.athlete


def _describe_current(row: Threshold | None, units: str) -> str:
    if row is None:
        return "Not known yet."
    value = _format_value(row.kind, row.value, units)
    return f"Now {value}, {row.get_source_display()}, since {format_date(row.valid_from)}."


def _format_value(kind: str, value: float, units: str) -> str:
    if kind == PACE_KIND:
        return format_pace(value, units)
    return format_number(
        value, 0 if float(value).is_integer() else 1, THRESHOLD_LABELS[Threshold.Kind(kind)][1]
    )


def _describe_limits(kind: str, units: str) -> str:
    lowest, highest = (_format_value(kind, limit, units) for limit in Threshold.LIMITS[kind])
    return f"Use {'a pace as M:SS' if kind == PACE_KIND else 'a number'} from {lowest} to {highest}."


def _label_kind(kind: Threshold.Kind, units: str) -> str:
    label, unit = THRESHOLD_LABELS[kind]
    unit = f"M:SS per {get_distance_unit(units)}" if kind == PACE_KIND else unit
    return f"{label}, {unit}".removesuffix(", ")
