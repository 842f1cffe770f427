"""Activities in the API. Read serializers only document the schema; the answers are plain dicts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from rest_framework import serializers

from astral.http.fields import (
    ChoiceField,
    FiniteNumberField,
    FormBooleanField,
    InstantField,
    StrictSerializer,
    WholeNumberField,
)
from athletes.models import User
from athletes.request_fields import AthleteIdField
from metrics.activities.changes import MANUAL_TOTALS
from metrics.activities.descriptions import (
    DescriptionReader,
    DescriptionRequestBase,
    DescriptionSerializer,
    serialize_description,
)
from metrics.activities.load_explanation import LOAD_METHODS, QUALITIES
from metrics.models import Activity, BinActivity
from metrics.science.pace import average_pace, mmss

MAX_DURATION_S = 10 * 86_400
MAX_DISTANCE_M = 2_000_000
MAX_START_AHEAD = timedelta(days=1)

# Field that gets the error: (smaller column, larger column, message).
ORDERED_PAIRS = {
    "moving_time": ("moving_time_s", "duration_s", "Moving time cannot be longer than the duration."),
    "max_heart_rate": ("avg_hr_bpm", "max_hr_bpm", "The highest heart rate cannot be below the average."),
}
ORDERED_COLUMNS = ("moving_time_s", "duration_s", "avg_hr_bpm", "max_hr_bpm")


class ActivityRequestBase(DescriptionRequestBase):
    """Fields of an activity that a client can send."""

    activity_type = ChoiceField(Activity.Type.choices, help_text="Which sport.")
    started_at = InstantField(help_text="When it started: ISO 8601 with an offset, or Unix seconds.")
    utc_offset = WholeNumberField(
        source="utc_offset_min", required=False, allow_null=True, min_value=-840, max_value=840,
        help_text="Minutes east of UTC at the start; default: the athlete's time zone.",
    )  # fmt: skip
    duration = FiniteNumberField(
        source="duration_s", min_value=1, max_value=MAX_DURATION_S, help_text="Seconds."
    )
    distance = FiniteNumberField(
        source="distance_m",
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MAX_DISTANCE_M,
        help_text="Metres.",
    )
    moving_time = FiniteNumberField(
        source="moving_time_s",
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MAX_DURATION_S,
        help_text="Seconds.",
    )
    elevation_gain = FiniteNumberField(
        source="elevation_gain_m",
        required=False,
        allow_null=True,
        min_value=0,
        max_value=30_000,
        help_text="Metres.",
    )
    elevation_loss = FiniteNumberField(
        source="elevation_loss_m",
        required=False,
        allow_null=True,
        min_value=0,
        max_value=30_000,
        help_text="Metres.",
    )
    avg_heart_rate = FiniteNumberField(
        source="avg_hr_bpm", required=False, allow_null=True, min_value=30, max_value=230, help_text="bpm."
    )
    max_heart_rate = FiniteNumberField(
        source="max_hr_bpm", required=False, allow_null=True, min_value=30, max_value=230, help_text="bpm."
    )
    calories = FiniteNumberField(
        source="calories_kcal",
        required=False,
        allow_null=True,
        min_value=0,
        max_value=50_000,
        help_text="kcal.",
    )

    def validate_started_at(self, instant: datetime) -> datetime:
        now: datetime = self.context["now"]
        if instant > now + MAX_START_AHEAD:
            raise serializers.ValidationError("An activity cannot start in the future.", "future")
        return instant

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Sent values must be consistent with each other and with stored values."""
        before = self.context["activity"].recorded if "activity" in self.context else {}
        entry = {name: before.get(MANUAL_TOTALS[name]) for name in ORDERED_COLUMNS} | attrs
        for name, (smaller, larger, sentence) in ORDERED_PAIRS.items():
            low, high = entry[smaller], entry[larger]
            if low is not None and high is not None and low > high:
                raise serializers.ValidationError({name: [serializers.ErrorDetail(sentence, "inconsistent")]})
        return super().validate(attrs)


class ActivityCreate(ActivityRequestBase):
    """Body to create a manual entry."""

    user_id = AthleteIdField(required=False)


# Fields that cannot be changed for a recorded activity.
RECORDED_FIELDS = (
    "started_at", "utc_offset", "duration", "distance", "moving_time", "elevation_gain", "elevation_loss",
    "avg_heart_rate", "max_heart_rate", "calories",
)  # fmt: skip


class ActivityUpdate(ActivityRequestBase):
    """PATCH: only sent fields change. The athlete and the recorded values cannot change."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.required = False

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        recorded = [name for name in RECORDED_FIELDS if name in self.initial_data]
        if recorded and self.context["activity"].source == Activity.Source.FILE:
            message = serializers.ErrorDetail(
                "This was recorded by a device and cannot be changed.", "recorded"
            )
            raise serializers.ValidationError({name: [message] for name in recorded})
        return super().validate(attrs)


class UploadRequest(StrictSerializer):
    """The multipart body of an upload."""

    file = serializers.FileField(help_text="FIT, GPX or TCX, plain or gzip, at most 25 MB.")
    user_id = AthleteIdField(required=False)
    activity_type = ChoiceField(
        Activity.Type.choices, required=False, help_text="Overrides the sport of the file."
    )
    accept_partial = FormBooleanField(
        default=False, help_text="1: store an incomplete recording as far as possible."
    )


class ZonesSerializer(serializers.Serializer[Any]):
    z1 = serializers.FloatField(help_text="Seconds in zone 1, easy.")
    z2 = serializers.FloatField(help_text="Seconds in zone 2, steady.")
    z3 = serializers.FloatField(help_text="Seconds in zone 3, threshold.")
    z4 = serializers.FloatField(help_text="Seconds in zone 4, VO2max.")
    z5 = serializers.FloatField(help_text="Seconds in zone 5, repetition.")


def _optional_number_field(help_text: str) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, help_text=help_text)


class ActivitySerializer(DescriptionSerializer):
    activity_id = serializers.CharField(help_text="act_….")
    user_id = serializers.CharField(help_text="The athlete, usr_….")
    name = serializers.CharField(help_text="A title; may be empty.")
    activity_type = serializers.ChoiceField(Activity.Type.choices, help_text="The sport.")
    sub_type = serializers.CharField(help_text="Trail, treadmill, …; may be empty.")
    is_race = serializers.BooleanField(help_text="Whether it was a race.")
    started_at = serializers.DateTimeField(help_text="ISO 8601 with Z.")
    utc_offset = serializers.IntegerField(
        allow_null=True, help_text="Minutes east of UTC at the start; null if unknown."
    )
    local_date = serializers.DateField(help_text="Local date of the start.")
    distance = _optional_number_field("Metres.")
    duration = serializers.FloatField(help_text="Timer time, seconds.")
    moving_time = _optional_number_field("Seconds.")
    elapsed_time = _optional_number_field("From start to end, seconds.")
    elevation_gain = _optional_number_field("Metres.")
    elevation_loss = _optional_number_field("Metres.")
    avg_pace = serializers.CharField(allow_null=True, help_text="M:SS per km; null without distance.")
    avg_pace_s_per_km = _optional_number_field("avg_pace in seconds.")
    avg_heart_rate = _optional_number_field("bpm.")
    max_heart_rate = _optional_number_field("bpm.")
    avg_cadence = _optional_number_field("Steps (revolutions, strokes) per minute.")
    calories = _optional_number_field("kcal.")
    training_load = _optional_number_field("Astral training load; 100 = an hour at threshold.")
    load_method = serializers.ChoiceField(
        tuple(LOAD_METHODS), allow_null=True, help_text="How the load was computed; null without one."
    )
    load_quality = serializers.ChoiceField(
        tuple(QUALITIES), allow_null=True, help_text="A (best) to E; null without a load."
    )
    pace_zones = ZonesSerializer(allow_null=True, help_text="Seconds in each zone; null without a threshold.")
    warnings = serializers.ListField(
        child=serializers.CharField(), help_text="Warnings about the data quality."
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of this name, not the option
        Activity.Source.choices, help_text="The origin of the activity."
    )
    device = serializers.CharField(help_text="The recording device; may be empty.")


class BinActivitySerializer(serializers.Serializer[Any]):
    activity_id = serializers.CharField(help_text="act_….")
    user_id = serializers.CharField(help_text="The athlete, usr_….")
    name = serializers.CharField(help_text="A title; may be empty.")
    activity_type = serializers.ChoiceField(Activity.Type.choices, help_text="The sport.")
    started_at = serializers.DateTimeField(help_text="ISO 8601 with Z.")
    local_date = serializers.DateField(help_text="Local date of the start.")
    distance = _optional_number_field("Metres.")
    duration = serializers.FloatField(help_text="Timer time, seconds.")
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of this name, not the option
        Activity.Source.choices, help_text="The origin of the activity."
    )
    deleted_at = serializers.DateTimeField(help_text="When it was deleted.")
    deleted_by = serializers.ChoiceField(BinActivity.DeletedBy.choices, help_text="Who deleted it.")
    kept_until = serializers.DateTimeField(help_text="When it is deleted for good.")


def serialize_bin_activity(in_bin: BinActivity) -> dict[str, Any]:
    return {
        "activity_id": in_bin.public_id,
        "user_id": User(id=in_bin.athlete_id).public_id,
        "name": in_bin.name,
        "activity_type": in_bin.activity_type,
        "started_at": in_bin.started_at,
        "local_date": in_bin.local_date,
        "distance": round_value(in_bin.distance_m),
        "duration": round_value(in_bin.duration_s),
        "source": in_bin.source,
        "deleted_at": in_bin.deleted_at,
        "deleted_by": in_bin.deleted_by,
        "kept_until": in_bin.kept_until,
    }


class StreamSampleSerializer(serializers.Serializer[Any]):
    """One sample, where the samples are sent as rows."""

    time_s = serializers.FloatField(help_text="Seconds since the start.")
    distance_m = _optional_number_field("Metres since the start.")
    latitude_deg = _optional_number_field("Degrees.")
    longitude_deg = _optional_number_field("Degrees.")
    altitude_m = _optional_number_field("Metres.")
    speed_mps = _optional_number_field("Metres per second.")
    heart_rate_bpm = _optional_number_field("bpm.")
    cadence_spm = _optional_number_field("Steps per minute.")
    power_w = _optional_number_field("Watt.")


def list_samples(streams: dict[str, Any]) -> Iterator[dict[str, float | None]]:
    """One row for each sample, with the columns that were recorded."""
    names = list(streams["columns"])
    return (
        dict(zip(names, sample, strict=True)) for sample in zip(*streams["columns"].values(), strict=True)
    )


class StreamsSerializer(serializers.Serializer[Any]):
    activity_id = serializers.CharField(help_text="act_….")
    samples = serializers.IntegerField(help_text="How many samples each column has.")
    columns = serializers.DictField(
        child=serializers.ListField(child=serializers.FloatField(allow_null=True)),
        help_text="time_s, distance_m, latitude_deg, longitude_deg, altitude_m, speed_mps, heart_rate_bpm, "
        "cadence_spm, power_w; only those recorded, null where a sample has no reading.",
    )


def round_value(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits) + 0  # never -0.0


def serialize_activity(activity: Activity, reader: DescriptionReader) -> dict[str, Any]:
    """An activity as this reader may see it."""
    pace_s_per_km = average_pace(activity.duration_s, activity.distance_m)
    zones = [activity.zone1_s, activity.zone2_s, activity.zone3_s, activity.zone4_s, activity.zone5_s]
    return {
        "activity_id": activity.public_id,
        "user_id": User(id=activity.athlete_id).public_id,
        "name": activity.name,
        "activity_type": activity.activity_type,
        "sub_type": activity.sub_type,
        "is_race": activity.is_race,
        "started_at": activity.started_at,
        "utc_offset": activity.utc_offset_min,
        "local_date": activity.local_date,
        "distance": round_value(activity.distance_m),
        "duration": round_value(activity.duration_s),
        "moving_time": round_value(activity.moving_time_s),
        "elapsed_time": round_value(activity.elapsed_s),
        "elevation_gain": round_value(activity.elevation_gain_m),
        "elevation_loss": round_value(activity.elevation_loss_m),
        "avg_pace": mmss(pace_s_per_km),
        "avg_pace_s_per_km": round_value(pace_s_per_km),
        "avg_heart_rate": round_value(activity.avg_hr_bpm, 1),
        "max_heart_rate": round_value(activity.max_hr_bpm, 1),
        "avg_cadence": round_value(activity.avg_cadence_spm, 1),
        "calories": round_value(activity.calories_kcal, 1),
        **serialize_description(activity, reader),
        "training_load": round_value(activity.training_load, 1),
        "load_method": activity.load_method or None,
        "load_quality": activity.load_quality or None,
        "pace_zones": None if zones[0] is None else serialize_zones(tuple(zone or 0.0 for zone in zones)),
        "warnings": activity.warnings,
        "source": activity.source,
        "device": activity.device,
    }


def serialize_zones(zones_s: tuple[float, ...]) -> dict[str, float]:
    return {f"z{number}": round(seconds, 2) for number, seconds in enumerate(zones_s, start=1)}
