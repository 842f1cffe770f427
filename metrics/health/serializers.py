"""Health days in the API: request and response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from rest_framework import serializers

from astral.http.errors import FieldError, flatten_field_errors
from astral.http.fields import (
    ChoiceField,
    DayField,
    FiniteNumberField,
    StrictBooleanField,
    StrictSerializer,
    WholeNumberField,
)
from astral.http.list_field import ListField
from athletes.models import User
from athletes.request_fields import AthleteIdField
from metrics.activities.serializers import round_value
from metrics.health.days import HealthDayUpdate
from metrics.health.params import SourceField
from metrics.models import HealthDay
from metrics.pain import PainRequest, PainSerializer, serialize_pain, split_pain

MANUAL_SOURCE = "manual"  # what a person entered
MAX_DAYS_PER_REQUEST = 1_000
MAX_ERRORS_PER_ROW = 8

# API name of each reading, and its column.
COLUMN_BY_FIELD = {
    "hrv_rmssd": "hrv_rmssd_ms",
    "hrv_sdnn": "hrv_sdnn_ms",
    "resting_heart_rate": "resting_hr_bpm",
    "vo2_max": "vo2max_ml_kg_min",
    "sleep_seconds": "sleep_s",
    "weight_kg": "weight_kg",
}


RATINGS = ("sleep_quality", "soreness", "fatigue", "stress", "mood")  # their columns have the same names
# What a request can say of a day; at least one.
SAID_FIELDS = {*COLUMN_BY_FIELD, *RATINGS, "pain", "is_ill"}


def _reading_field(name: str, label: str) -> FiniteNumberField:
    limits = HealthDay.LIMITS[COLUMN_BY_FIELD[name]]
    return FiniteNumberField(
        required=False,
        allow_null=True,
        min_value=limits.lowest,
        max_value=limits.highest,
        help_text=f"{label}, {limits.unit}. Omitted: unchanged; null: deleted.",
    )


def _rating_field(meaning: str) -> WholeNumberField:
    return WholeNumberField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=5,
        help_text=f"From {meaning}. Omitted: unchanged; null: deleted.",
    )


class HealthDayRequest(StrictSerializer):
    """One row: the readings of a source on a local date. At least one reading."""

    max_unknown_names = MAX_ERRORS_PER_ROW  # there may be a thousand rows

    date = DayField(
        help_text="The athlete's local date, not after tomorrow; for a night, the day of waking up."
    )
    # DRF removes declared fields from the class, so this does not shadow Field.source.
    source = SourceField(  # type: ignore[assignment]
        help_text="The device, service or person, such as garmin, whoop or manual."
    )
    hrv_rmssd = _reading_field("hrv_rmssd", "Heart rate variability as rMSSD")
    hrv_sdnn = _reading_field("hrv_sdnn", "Heart rate variability as SDNN")
    resting_heart_rate = _reading_field("resting_heart_rate", "Resting heart rate")
    vo2_max = _reading_field("vo2_max", "VO2max, estimated by a device or measured in a laboratory")
    sleep_seconds = _reading_field("sleep_seconds", "Time asleep")
    weight_kg = _reading_field("weight_kg", "Body weight")
    sleep_quality = _rating_field("1 (very bad) to 5 (very good)")
    soreness = _rating_field("1 (none) to 5 (very sore)")
    fatigue = _rating_field("1 (none) to 5 (very tired)")
    stress = _rating_field("1 (none) to 5 (very much)")
    mood = _rating_field("1 (very bad) to 5 (very good)")
    pain = PainRequest(
        required=False, allow_null=True, help_text="Pain this day. Omitted: unchanged; null: deleted."
    )
    is_ill = StrictBooleanField(
        required=False, allow_null=True, help_text="Whether the athlete is ill. null: not said."
    )

    def validate_date(self, day: Any) -> Any:
        if day > self.context["latest"]:
            raise serializers.ValidationError("A health day cannot be after tomorrow.", "future")
        return day

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.keys() & SAID_FIELDS:
            raise serializers.ValidationError("Send at least one reading.", "no_reading")
        return attrs


@dataclass(frozen=True, slots=True)
class ValidatedDays:
    """The valid rows in order, and the errors of the others."""

    valid: tuple[HealthDayUpdate, ...]
    errors: tuple[FieldError, ...]


class HealthDaysField(ListField):
    """A list that collects valid rows and errors; the caller decides what to do with wrong rows."""

    child = HealthDayRequest()

    def run_validators(self, value: Any) -> None:
        """Nothing is left to validate: the length was checked first, and `value` is no list."""

    def run_child_validation(self, data: Any) -> Any:
        valid_rows: dict[tuple[date, str], tuple[int, HealthDayUpdate]] = {}
        errors: list[FieldError] = []
        for place, row in enumerate(data):
            try:
                day = build_day_update(self.child.run_validation(row))
            except serializers.ValidationError as error:
                errors += islice(flatten_field_errors(error.detail, f"days.{place}"), MAX_ERRORS_PER_ROW)
                continue
            earlier, _ = valid_rows.setdefault((day.date, day.source), (place, day))
            if earlier != place:
                message = f"The row days.{earlier} already has this date and source."
                errors.append(FieldError(f"days.{place}", "REPEATED", message))
        return ValidatedDays(tuple(day for _, day in valid_rows.values()), tuple(errors))


def build_day_update(row: Mapping[str, Any]) -> HealthDayUpdate:
    """The columns of a valid row."""
    said = split_pain({name: value for name, value in row.items() if name in SAID_FIELDS})
    readings = {COLUMN_BY_FIELD.get(name, name): value for name, value in said.items()}
    return HealthDayUpdate(row["date"], row["source"], readings)


class HealthDayListRequest(StrictSerializer):
    """Body of a PUT."""

    user_id = AthleteIdField(required=False)
    days = HealthDaysField(
        max_length=MAX_DAYS_PER_REQUEST,
        allow_empty=False,
        help_text=f"1 to {MAX_DAYS_PER_REQUEST:,} days of one athlete.",
    )
    on_error = ChoiceField(
        ("abort", "skip"),
        default="abort",
        help_text="abort: if one row is wrong, nothing is stored; skip: valid rows are stored.",
    )


class RowErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="The row and field, such as days.3.hrv_rmssd; rows count from 0.")
    code = serializers.CharField(help_text="A stable error code, such as MAX_VALUE.")
    message = serializers.CharField(help_text="One plain sentence.")


class StoredDaysSerializer(serializers.Serializer[Any]):
    stored = serializers.IntegerField(help_text="Days that are new or changed.")
    unchanged = serializers.IntegerField(help_text="Days already stored with the same readings.")
    errors = RowErrorSerializer(  # type: ignore[assignment]
        many=True, help_text="The errors of skipped rows."
    )


def _reading_answer_field(help_text: str) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, help_text=help_text)


def _rating_answer_field(meaning: str) -> serializers.IntegerField:
    return serializers.IntegerField(allow_null=True, help_text=f"From {meaning}; null: not said.")


class HealthDaySerializer(serializers.Serializer[Any]):
    user_id = serializers.CharField(help_text="The athlete, usr_….")
    date = serializers.DateField(help_text="The local date; for a night, the day of waking up.")
    source = serializers.CharField(help_text="The device, service or person that measured.")  # type: ignore[assignment]
    hrv_rmssd = _reading_answer_field("rMSSD, ms; null: not measured.")
    hrv_sdnn = _reading_answer_field("SDNN, ms; null: not measured.")
    resting_heart_rate = _reading_answer_field("bpm; null: not measured.")
    vo2_max = _reading_answer_field("mL/kg/min; null: not measured.")
    sleep_seconds = _reading_answer_field("Seconds asleep; null: not measured.")
    weight_kg = _reading_answer_field("kg; null: not measured.")
    sleep_quality = _rating_answer_field("1 (very bad) to 5 (very good)")
    soreness = _rating_answer_field("1 (none) to 5 (very sore)")
    fatigue = _rating_answer_field("1 (none) to 5 (very tired)")
    stress = _rating_answer_field("1 (none) to 5 (very much)")
    mood = _rating_answer_field("1 (very bad) to 5 (very good)")
    pain = PainSerializer(allow_null=True, help_text="null: not said.")
    is_ill = serializers.BooleanField(allow_null=True, help_text="null: not said.")


def serialize_health_day(day: HealthDay) -> dict[str, Any]:
    readings = {name: round_value(getattr(day, column)) for name, column in COLUMN_BY_FIELD.items()}
    return {
        "user_id": User(id=day.athlete_id).public_id,
        "date": day.date,
        "source": day.source,
        **readings,
        **{name: getattr(day, name) for name in RATINGS},
        "pain": serialize_pain(day),
        "is_ill": day.is_ill,
    }
