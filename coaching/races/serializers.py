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
from coaching.models import Race
from coaching.science.race_prediction import Prediction, predict_race_time
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
    """A whole race, of an athlete known already."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("race_name", "race_date", "distance"):
            self.fields[name].required = True


class RaceCreate(RaceEntry):
    """A new race."""

    user_id = AthleteIdField(required=False)


class PredictedRangeSerializer(serializers.Serializer[Any]):
    fastest = serializers.CharField(help_text="H:MM:SS.")
    slowest = serializers.CharField(help_text="H:MM:SS; for a marathon 5 % slower.")


class RaceSerializer(serializers.Serializer[Any]):
    race_id = IdField(Race.prefix, help_text="The race, race_….")
    user_id = IdField(User.prefix, help_text="Whose race, usr_….")
    race_name = serializers.CharField(help_text="The name.")
    race_date = serializers.DateField(help_text="The local date.")
    distance = serializers.FloatField(help_text="Metres.")
    goal_time = serializers.CharField(allow_null=True, help_text="H:MM:SS aimed at.")
    predicted_time = serializers.CharField(
        allow_null=True, help_text="H:MM:SS of today's VDOT; null without one."
    )
    predicted_range = PredictedRangeSerializer(allow_null=True, help_text="The likely range of the time.")
    prediction_reason = serializers.CharField(
        help_text="Why there is none: no_vdot, distance_out_of_range, race_is_over, withheld; else empty."
    )
    priority = serializers.ChoiceField(Race.Priority.choices, help_text="A, B or C.")
    result_time = serializers.CharField(allow_null=True, help_text="H:MM:SS; null until it is entered.")
    days_to_race = serializers.IntegerField(
        help_text="From the athlete's local day; negative once it is over."
    )


def serialize_race(race: Race, today: date, vdot: float | None, withheld: bool = False) -> dict[str, Any]:
    """`withheld`: the viewer may not see the activities behind the VDOT."""
    prediction = _predict_race(race, today, vdot, withheld)
    fastest, slowest = prediction.range_s or (None, None)
    return {
        "race_id": race.public_id,
        "user_id": User(id=race.athlete_id).public_id,
        "race_name": race.name,
        "race_date": race.date,
        "distance": race.distance_m,
        "goal_time": hms(race.goal_time_s),
        "predicted_time": hms(prediction.time_s),
        "predicted_range": None if fastest is None else {"fastest": hms(fastest), "slowest": hms(slowest)},
        "prediction_reason": prediction.reason,
        "priority": race.priority,
        "result_time": hms(race.result_time_s),
        "days_to_race": (race.date - today).days,
    }


def _predict_race(race: Race, today: date, vdot: float | None, withheld: bool) -> Prediction:
    if race.date < today or race.result_time_s is not None:
        return Prediction(None, None, "race_is_over")
    return Prediction(None, None, "withheld") if withheld else predict_race_time(vdot, race.distance_m)
