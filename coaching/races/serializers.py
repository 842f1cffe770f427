"""Serializers of races."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from astral.http.fields import ChoiceField, DayField, FiniteNumberField, IdField, StrictSerializer, TextField
from athletes.models import User
from athletes.request_fields import AthleteIdField
from coaching.assessments.forecast_serializers import ForecastFieldsSerializer, serialize_forecast
from coaching.models import Race
from coaching.science.forecast_efforts import GoalForecast
from metrics.science.pace import hms

RACE_TIME_PATTERN = r"[0-9]{1,3}:[0-5][0-9]:[0-5][0-9]"


@extend_schema_field({"type": "string", "pattern": f"^{RACE_TIME_PATTERN}$", "example": "3:05:00"})
class RaceTimeField(serializers.Field[float, Any, str, Any]):
    """A race time, H:MM:SS; the validated value is seconds."""

    default_error_messages = {
        "invalid": "Use a time such as 3:05:00.",
        "range": "Use a time from 0:00:01 to 240:00:00.",
    }

    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, str) or not re.fullmatch(RACE_TIME_PATTERN, data, re.ASCII):
            self.fail("invalid")
        hours, minutes, seconds = map(int, data.split(":"))
        total = 3600.0 * hours + 60 * minutes + seconds
        if not 1 <= total <= Race.LONGEST_S:
            self.fail("range")
        return total

    def to_representation(self, value: float) -> str:
        return hms(value) or ""


class RaceUpdate(StrictSerializer):
    """Changes to a race."""

    race_name = TextField(source="name", max_length=120, help_text="The name.")
    race_date = DayField(source="date", help_text="The local date.")
    distance = FiniteNumberField(
        source="distance_m", min_value=Race.SHORTEST_M, max_value=Race.FURTHEST_M, help_text="Metres."
    )
    goal_time = RaceTimeField(
        source="goal_time_s", required=False, allow_null=True, help_text="H:MM:SS aimed at."
    )
    result_time = RaceTimeField(
        source="result_time_s", required=False, allow_null=True, help_text="H:MM:SS, once run."
    )
    priority = ChoiceField(
        Race.Priority.choices,
        required=False,
        help_text="A: the season's aim, B: matters, C: trained through.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.required = False


class RaceEntry(RaceUpdate):
    """A new race of an athlete who is known from elsewhere, such as the address of a page."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("race_name", "race_date", "distance"):
            self.fields[name].required = True


class RaceCreate(RaceEntry):
    """A new race."""

    user_id = AthleteIdField(required=False)


class PredictedRangeSerializer(serializers.Serializer[Any]):
    fastest = serializers.CharField(help_text="H:MM:SS; the same as predicted_low.")
    slowest = serializers.CharField(help_text="H:MM:SS; the same as predicted_high.")
    fastest_s = serializers.FloatField(help_text="fastest in seconds.")
    slowest_s = serializers.FloatField(help_text="slowest in seconds.")


class RaceSerializer(ForecastFieldsSerializer):
    race_id = IdField(Race.prefix, help_text="The race, race_….")
    user_id = IdField(User.prefix, help_text="The athlete, usr_….")
    race_name = serializers.CharField(help_text="The name.")
    race_date = serializers.DateField(help_text="The local date.")
    distance = serializers.FloatField(help_text="Metres.")
    goal_time = serializers.CharField(allow_null=True, help_text="H:MM:SS aimed at.")
    goal_time_s = serializers.FloatField(allow_null=True, help_text="goal_time in seconds.")
    predicted_range = PredictedRangeSerializer(
        allow_null=True, help_text="Holds 80 % of the results of such runners; null without a forecast."
    )
    priority = serializers.ChoiceField(Race.Priority.choices, help_text="A, B or C.")
    result_time = serializers.CharField(allow_null=True, help_text="H:MM:SS; null until it is entered.")
    result_time_s = serializers.FloatField(allow_null=True, help_text="result_time in seconds.")
    days_to_race = serializers.IntegerField(
        help_text="From the athlete's local day; negative once it is over."
    )


def serialize_race(race: Race, today: date, forecast: GoalForecast) -> dict[str, Any]:
    content = serialize_forecast(forecast)
    return content | {
        "race_id": race.public_id,
        "user_id": User(id=race.athlete_id).public_id,
        "race_name": race.name,
        "race_date": race.date,
        "distance": race.distance_m,
        "goal_time": hms(race.goal_time_s),
        "goal_time_s": race.goal_time_s,
        "predicted_range": _serialize_range(content),
        "priority": race.priority,
        "result_time": hms(race.result_time_s),
        "result_time_s": race.result_time_s,
        "days_to_race": (race.date - today).days,
    }


def _serialize_range(content: dict[str, Any]) -> dict[str, Any] | None:
    if content["predicted_low"] is None:
        return None
    return {
        "fastest": content["predicted_low"],
        "slowest": content["predicted_high"],
        "fastest_s": content["predicted_low_s"],
        "slowest_s": content["predicted_high_s"],
    }
