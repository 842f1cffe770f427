"""The repetitions of an activity in the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from metrics.activities.intervals.session_steps import ActivityIntervals
from metrics.activities.serializers import round_value
from metrics.models import Activity
from metrics.science.intervals.repetitions import INTERVALS_FORMULA, Repetition
from metrics.science.intervals.steps import SessionPart, StepMatch, TargetBand
from metrics.science.pace import average_pace, mmss


class TargetBandSerializer(serializers.Serializer[Any]):
    pace = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="Slowest and fastest, M:SS per km; or null."
    )
    pace_s_per_km = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="pace in seconds; or null."
    )
    heart_rate = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Lowest and highest, bpm; or null."
    )


class DoneStepSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Which step of the session, from 1, repeats counted out.")
    duration = serializers.FloatField(allow_null=True, help_text="Planned seconds.")
    distance = serializers.FloatField(allow_null=True, help_text="Planned metres.")
    target = TargetBandSerializer(allow_null=True, help_text="null: no pace and no heart rate is planned.")
    text = serializers.CharField(help_text="Words of the step; may be empty.")


class RepetitionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="From 1.")
    start = serializers.FloatField(help_text="Seconds since the start of the activity, by the clock.")
    duration = serializers.FloatField(help_text="Seconds by the clock.")
    distance = serializers.FloatField(help_text="Metres.")
    avg_pace = serializers.CharField(allow_null=True, help_text="M:SS per km.")
    avg_pace_s_per_km = serializers.FloatField(allow_null=True, help_text="avg_pace in seconds.")
    avg_heart_rate = serializers.FloatField(allow_null=True, help_text="bpm.")
    max_heart_rate = serializers.FloatField(allow_null=True, help_text="bpm.")
    rest = serializers.FloatField(
        allow_null=True, help_text="Seconds until the next one; null after the last."
    )
    step = DoneStepSerializer(allow_null=True, help_text="The step that it was.")
    compliance = serializers.FloatField(allow_null=True, help_text="Done, in per cent of the planned length.")
    time_in_target = serializers.FloatField(allow_null=True, help_text="Seconds in the target of the step.")
    in_target = serializers.BooleanField(
        allow_null=True, help_text="Whether its average is in the target; null without a target."
    )


class IntervalsSerializer(serializers.Serializer[Any]):
    activity_id = serializers.CharField(help_text="act_….")
    formula = serializers.IntegerField(help_text="Rises when the same run may give other repetitions.")
    method = serializers.ChoiceField(
        ["steps", "laps", "speed"],
        allow_null=True,
        help_text="What tells where repetitions begin and end; null: none are clear.",
    )
    session_id = serializers.CharField(
        allow_null=True, help_text="The session whose steps were matched, ses_…; null with other methods."
    )
    repetitions = RepetitionSerializer(many=True, help_text="In order.")
    missed_steps = DoneStepSerializer(many=True, help_text="Steps of work that were not found.")


def serialize_intervals(activity: Activity, intervals: ActivityIntervals) -> dict[str, Any]:
    found, session = intervals.found, intervals.session
    is_matched = found is not None and found.method == "steps"
    rows = found.repetitions if found else ()
    return {
        "activity_id": activity.public_id,
        "formula": INTERVALS_FORMULA,
        "method": found.method if found else None,
        "session_id": session.session_id if session and is_matched else None,
        "repetitions": [_serialize_repetition(number, one) for number, one in enumerate(rows, start=1)],
        "missed_steps": [_serialize_step(match) for match in (found.missed if found else ())],
    }


def _serialize_repetition(number: int, one: Repetition) -> Mapping[str, Any]:
    pace_s_per_km = average_pace(one.duration_s, one.distance_m)
    return {
        "number": number,
        "start": round_value(one.start_s),
        "duration": round_value(one.duration_s),
        "distance": round_value(one.distance_m),
        "avg_pace": mmss(pace_s_per_km),
        "avg_pace_s_per_km": round_value(pace_s_per_km),
        "avg_heart_rate": round_value(one.avg_hr_bpm, 1),
        "max_heart_rate": round_value(one.max_hr_bpm, 1),
        "rest": round_value(one.rest_s),
        "step": _serialize_step(one.match) if one.match else None,
        "compliance": round_value(one.compliance, 1),
        "time_in_target": round_value(one.in_target_s),
        "in_target": one.in_target,
    }


def _serialize_step(match: StepMatch) -> dict[str, Any]:
    part: SessionPart = match.part
    return {
        "number": match.place + 1,
        "duration": part.duration_s,
        "distance": part.distance_m,
        "target": None if part.band is None else _serialize_band(part.band),
        "text": part.text,
    }


def _serialize_band(band: TargetBand) -> dict[str, Any]:
    paces = [1000 / mps for mps in (band.low, band.high)] if band.quantity == "pace" else None
    return {
        "pace": paces and [mmss(pace_s_per_km) for pace_s_per_km in paces],
        "pace_s_per_km": paces and [round_value(pace_s_per_km) for pace_s_per_km in paces],
        "heart_rate": None if paces else [band.low, band.high],
    }
