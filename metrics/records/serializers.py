"""Serializers of the records of an athlete."""

from __future__ import annotations

from datetime import date
from typing import Any

from rest_framework import serializers

from astral.http.fields import DayField, IdField, StrictSerializer
from astral.ids import encode
from athletes.models import Athlete, User
from metrics.activities.serializers import round_value
from metrics.models import Activity
from metrics.records.records import DistanceRecord, RecordEffort
from metrics.science.pace import average_pace, mmss


class DayRangeRules(StrictSerializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs.get("from"), attrs.get("to")
        if first and last and last < first:
            raise serializers.ValidationError(
                {"to": [serializers.ErrorDetail("to must not be before from.", "range")]}
            )
        return attrs


# `from` is a word of Python, so it cannot be written as an attribute.
RecordsQuery: type[StrictSerializer] = type(
    "RecordsQuery",
    (DayRangeRules,),
    {
        "__doc__": "The days of `best_in_range`.",
        "from": DayField(required=False, help_text="First local day of the range, included; default: any."),
        "to": DayField(required=False, help_text="Last local day of the range, included; default: any."),
    },
)


class BeatenEffortSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="The local day.")
    duration = serializers.FloatField(help_text="Seconds by the clock.")


class RecordEffortSerializer(serializers.Serializer[Any]):
    activity_id = IdField(Activity.prefix, help_text="The run, act_….")
    date = serializers.DateField(help_text="The local day.")
    duration = serializers.FloatField(help_text="Seconds by the clock, with stops and pauses inside.")
    avg_pace = serializers.CharField(help_text="M:SS per km.")
    avg_pace_s_per_km = serializers.FloatField(help_text="Seconds per km.")
    previous = BeatenEffortSerializer(
        allow_null=True,
        help_text="The fastest effort that started before it; null for the first over this distance.",
    )


class DistanceRecordSerializer(serializers.Serializer[Any]):
    distance = serializers.FloatField(help_text="Metres.")
    best = RecordEffortSerializer(help_text="The fastest effort of all time; of equal ones the first.")
    best_in_range = RecordEffortSerializer(
        allow_null=True, help_text="The fastest effort of the range; null without one."
    )


class RecordsSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="The athlete, usr_….")
    from_date = serializers.DateField(allow_null=True, help_text="First day of the range; null: any.")
    to_date = serializers.DateField(allow_null=True, help_text="Last day of the range; null: any.")
    records = DistanceRecordSerializer(
        many=True, help_text="One for each standard distance that a run reached, shortest first."
    )


def serialize_records(
    athlete: Athlete, first: date | None, last: date | None, records: list[DistanceRecord]
) -> dict[str, Any]:
    return {
        "user_id": athlete.public_id,
        "from_date": first,
        "to_date": last,
        "records": [
            {
                "distance": record.distance_m,
                "best": _serialize_effort(record.best, record.distance_m),
                "best_in_range": record.in_range and _serialize_effort(record.in_range, record.distance_m),
            }
            for record in records
        ],
    }


def _serialize_effort(effort: RecordEffort, distance_m: float) -> dict[str, Any]:
    pace_s_per_km = average_pace(effort.duration_s, distance_m)
    return {
        "activity_id": encode(Activity.prefix, effort.activity_id),
        "date": effort.day,
        "duration": round_value(effort.duration_s, 1),
        "avg_pace": mmss(pace_s_per_km),
        "avg_pace_s_per_km": round_value(pace_s_per_km, 1),
        "previous": effort.beaten
        and {"date": effort.beaten.day, "duration": round_value(effort.beaten.duration_s, 1)},
    }
