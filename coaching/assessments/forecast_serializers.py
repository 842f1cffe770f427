"""The forecast of a race in answers of the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import IdField
from astral.ids import encode
from coaching.science.forecast_efforts import GoalForecast, RaceEffort
from metrics.activities.serializers import round_value
from metrics.models import Activity
from metrics.science.pace import hms

FORECAST_METHODS = (
    ("races", "races of the last 120 days"),
    ("efforts", "hard efforts in training"),
    ("races_and_efforts", "races, and training that was faster"),
    ("vdot", "the current VDOT"),
)

PREDICTION_REASONS = (
    ("", "there is one"),
    ("no_race_or_hard_effort", "no race, hard effort or VDOT"),
    ("distance_out_of_range", "shorter than 1.5 km or longer than 100 km"),
    ("race_is_over", "the race is over"),
    ("withheld", "activities are not shared"),
)


class RaceEffortSerializer(serializers.Serializer[Any]):
    activity_id = IdField(
        Activity.prefix, allow_null=True, help_text="The activity, act_…; null for a result that was entered."
    )
    date = serializers.DateField(help_text="The local date.")
    distance = serializers.FloatField(help_text="Metres.")
    time = serializers.CharField(help_text="H:MM:SS by the clock.")
    time_s = serializers.FloatField(help_text="time in seconds.")
    is_race = serializers.BooleanField(help_text="A race; else a best effort in training.")


class ForecastFieldsSerializer(serializers.Serializer[Any]):
    """The fields of a race that tell its forecast."""

    predicted_time = serializers.CharField(
        allow_null=True, help_text="H:MM:SS, the median of the forecast; null without one."
    )
    predicted_low = serializers.CharField(
        allow_null=True, help_text="H:MM:SS; 10 % of such runners are faster; null without a forecast."
    )
    predicted_high = serializers.CharField(
        allow_null=True, help_text="H:MM:SS; 10 % of such runners are slower; null without a forecast."
    )
    predicted_time_s = serializers.FloatField(allow_null=True, help_text="predicted_time in seconds.")
    predicted_low_s = serializers.FloatField(allow_null=True, help_text="predicted_low in seconds.")
    predicted_high_s = serializers.FloatField(allow_null=True, help_text="predicted_high in seconds.")
    prediction_reason = serializers.ChoiceField(
        PREDICTION_REASONS,
        help_text="Why there is none; distances are 1.5 to 100 km. Empty if there is one.",
    )
    forecast_method = serializers.ChoiceField(
        FORECAST_METHODS,
        allow_null=True,
        help_text="What the forecast rests on: races and efforts of the last 120 days, else the VDOT; null"
        " without a forecast.",
    )
    based_on = RaceEffortSerializer(many=True, help_text="The efforts it rests on; empty for the VDOT.")
    n_inputs = serializers.IntegerField(help_text="The number of these efforts.")


def serialize_forecast(forecast: GoalForecast) -> dict[str, Any]:
    return {
        "predicted_time": hms(forecast.median_s),
        "predicted_low": hms(forecast.low_s),
        "predicted_high": hms(forecast.high_s),
        "predicted_time_s": round_value(forecast.median_s),
        "predicted_low_s": round_value(forecast.low_s),
        "predicted_high_s": round_value(forecast.high_s),
        "prediction_reason": forecast.reason,
        "forecast_method": forecast.method or None,
        "based_on": [_serialize_effort(effort) for effort in forecast.based_on],
        "n_inputs": len(forecast.based_on),
    }


def _serialize_effort(effort: RaceEffort) -> dict[str, Any]:
    return {
        "activity_id": effort.activity_id and encode(Activity.prefix, effort.activity_id),
        "date": effort.date,
        "distance": round_value(effort.distance_m),
        "time": hms(effort.time_s),
        "time_s": round_value(effort.time_s),
        "is_race": effort.is_race,
    }
