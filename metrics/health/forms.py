"""Form of a morning: readings and how one feels, in the viewer's units. No field of its own is required."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from astral.http.forms import ButtonsField, EditForm, InputField, RatingField
from metrics.formatting import convert_weight, format_number, get_weight_unit
from metrics.health.serializers import COLUMN_BY_FIELD, MANUAL_SOURCE, RATINGS, HealthDayRequest
from metrics.models import HealthDay
from metrics.pain import PAIN_WORDS
from metrics.unit_input import parse_number, parse_time_parts, parse_weight

GOOD_WORDS = {1: "very bad", 2: "bad", 3: "normal", 4: "good", 5: "very good"}
MUCH_WORDS = {1: "none", 2: "a little", 3: "some", 4: "much", 5: "very much"}
ILL_CHOICES = (("", "–"), ("no", "No"), ("yes", "Yes"))
# The fields of the form that make each reading of the API.
READING_FIELDS = {
    "hrv_rmssd": ("hrv",),
    "resting_heart_rate": ("resting_hr",),
    "sleep_seconds": ("sleep_hours", "sleep_minutes"),
    "weight_kg": ("weight",),
}


class MorningForm(EditForm):
    """The morning of one day. What is emptied is deleted."""

    serializer_class = HealthDayRequest
    sleep_quality = RatingField("How did you sleep?", range(1, 6), GOOD_WORDS)
    fatigue = RatingField("Tired?", range(1, 6), MUCH_WORDS)
    soreness = RatingField("Sore?", range(1, 6), MUCH_WORDS)
    stress = RatingField("Stress?", range(1, 6), MUCH_WORDS)
    mood = RatingField("Mood?", range(1, 6), GOOD_WORDS)
    resting_hr = InputField("Resting heart rate, bpm", max_length=5, inputmode="decimal", autocomplete="off")
    hrv = InputField("HRV (rMSSD), ms", max_length=6, inputmode="decimal", autocomplete="off")
    sleep_hours = InputField("Hours of sleep", max_length=3, inputmode="numeric", autocomplete="off")
    sleep_minutes = InputField("and minutes", max_length=4, inputmode="numeric", autocomplete="off")
    weight = InputField(max_length=6, inputmode="decimal", autocomplete="off")
    pain_score = RatingField("Pain?", range(11), PAIN_WORDS)
    pain_where = InputField("Where does it hurt?", max_length=100, autocomplete="off")
    is_ill = ButtonsField("Ill?", ILL_CHOICES)

    def __init__(self, data: QueryDict | None = None, *, day: date, units: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.day, self.units = day, units
        self.fields["weight"].label = f"Weight, {get_weight_unit(units)}"

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and all(values[name] is None for name in values.keys() - {"date", "source"}):
            self.add_error(None, "Fill in at least one thing.")
        return values

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        said = {name: fields.get(name, "").strip() for name in self.fields}
        pain = said["pain_score"], said["pain_where"]
        return {
            "date": self.day.isoformat(),
            "source": MANUAL_SOURCE,
            **{name: self._parse_reading(name, said) for name in READING_FIELDS},
            **{name: said[name] or None for name in RATINGS},
            "pain": {"score": pain[0], "where": pain[1]} if any(pain) else None,
            "is_ill": {"yes": True, "no": False, "": None}.get(said["is_ill"], said["is_ill"]),
        }

    def _parse_reading(self, name: str, said: Mapping[str, str]) -> Any:
        """An untouched reading stays exact: its field shows it rounded."""
        fields = READING_FIELDS[name]
        texts = [said[field] for field in fields]
        if texts == [self.initial[field] for field in fields]:
            return getattr(self.context["stored"], COLUMN_BY_FIELD[name], None)
        if not any(texts):
            return None
        if name == "sleep_seconds":
            return parse_time_parts(*texts)
        return parse_weight(texts[0], self.units) if name == "weight_kg" else parse_number(texts[0])

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        if field == "pain.score":
            text = "Choose a number, or leave both empty."
        elif field == "sleep_seconds":
            text = "Use whole hours and minutes, up to 20 hours."
        elif field == "weight_kg":
            lowest, highest = (
                format_number(convert_weight(limit, self.units))
                for limit in (HealthDay.LIMITS["weight_kg"].lowest, HealthDay.LIMITS["weight_kg"].highest)
            )
            text = f"Use a number from {lowest} to {highest} {get_weight_unit(self.units)}, such as 61.5."
        elif field in READING_FIELDS:
            limits = HealthDay.LIMITS[COLUMN_BY_FIELD[field]]
            text = f"Use a number from {limits.lowest:g} to {limits.highest:g} {limits.unit}."
        return READING_FIELDS.get(field, (field.replace(".", "_"),))[0], text


def describe_morning(stored: HealthDay | None, units: str) -> Mapping[str, str]:
    """The stored morning as the texts of its form; of a new one, empty texts."""
    day = stored or HealthDay()
    minutes = None if day.sleep_s is None else round(day.sleep_s / 60)
    return {
        "hrv": _format(day.hrv_rmssd_ms),
        "resting_hr": _format(day.resting_hr_bpm),
        "sleep_hours": "" if minutes is None else str(minutes // 60),
        "sleep_minutes": "" if minutes is None else str(minutes % 60),
        "weight": _format(convert_weight(day.weight_kg, units)),
        **{name: _format(getattr(day, name)) for name in (*RATINGS, "pain_score")},
        "pain_where": day.pain_where,
        "is_ill": {True: "yes", False: "no", None: ""}[day.is_ill],
    }


def _format(value: float | None) -> str:
    return "" if value is None else f"{round(value, 1):g}"
