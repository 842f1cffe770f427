"""Curves, critical speed and durability in the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from astral.http.fields import IdField
from astral.ids import encode
from athletes.models import Athlete, User
from metrics.activities.serializers import round_value
from metrics.models import Activity
from metrics.performance.curves import BestSpeed, DaySpan
from metrics.performance.long_runs import LongRun, LongRuns
from metrics.science.critical_speed import CriticalSpeed, Estimate
from metrics.science.pace import mmss, pace

SPEED_DIGITS, RATIO_DIGITS = 3, 4
SPEED_REASONS = (
    ("", "there is a value"),
    ("too_few_efforts", "fewer than three efforts of 2 to 20 minutes of clearly different length"),
    ("poor_fit", "the efforts do not lie on a line"),
    ("implausible_speed", "the line gives a speed outside 1.5 to 7 m/s"),
    ("implausible_d_prime", "the line gives a D′ outside 30 to 500 m"),
)
DURABILITY_REASONS = (
    ("", "there is a value"),
    ("no_heart_rate", "less than 90 % of the time has heart rate"),
    ("no_grade", "the altitudes are unknown or not trusted"),
    ("too_short", "under 16 km"),
    ("too_hilly", "too little level running"),
)


class DaySpanSerializer(serializers.Serializer[Any]):
    from_date = serializers.DateField(allow_null=True, help_text="First local day; null: all time.")
    to_date = serializers.DateField(help_text="Last local day.")


class BestSpeedSerializer(serializers.Serializer[Any]):
    duration = serializers.IntegerField(help_text="Seconds by the clock.")
    speed = serializers.FloatField(help_text="Best mean speed, m/s.")
    avg_pace = serializers.CharField(help_text="M:SS per km.")
    avg_pace_s_per_km = serializers.FloatField(help_text="avg_pace in seconds.")
    activity_id = IdField(Activity.prefix, help_text="The run, act_….")
    date = serializers.DateField(help_text="Its local day.")


class EstimateSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(help_text="In m/s, or metres.")
    low = serializers.FloatField(help_text="Lower end of the 95 % interval.")
    high = serializers.FloatField(help_text="Upper end of the 95 % interval.")


class CriticalSpeedSerializer(serializers.Serializer[Any]):
    critical_speed = EstimateSerializer(allow_null=True, help_text="m/s; null without a good line.")
    d_prime = EstimateSerializer(allow_null=True, help_text="D′ in metres; null without a good line.")
    r_squared = serializers.FloatField(allow_null=True, help_text="Of the line; null with too few efforts.")
    critical_speed_reason = serializers.ChoiceField(
        SPEED_REASONS, allow_blank=True, help_text="Why there is no value; empty with one."
    )
    efforts = BestSpeedSerializer(many=True, help_text="The efforts of the last 90 days of the span.")


class LongRunSerializer(serializers.Serializer[Any]):
    activity_id = IdField(Activity.prefix, help_text="The run, act_….")
    date = serializers.DateField(help_text="Its local day.")
    distance = serializers.FloatField(allow_null=True, help_text="Metres.")
    moving_time = serializers.FloatField(allow_null=True, help_text="Seconds.")
    decoupling = serializers.FloatField(
        allow_null=True,
        help_text="Efficiency at 5-15 km divided by that of the last 5 km: 1.05 is a fall by 5 %.",
    )
    onset = serializers.FloatField(
        allow_null=True,
        help_text="Metres at which decoupling first stays at 1.025 or more; null: it does not.",
    )
    efficiency = serializers.FloatField(
        allow_null=True, help_text="Graded metres for each heart beat at 5-15 km."
    )
    durability_reason = serializers.ChoiceField(
        DURABILITY_REASONS, allow_blank=True, help_text="Why there is no value; empty with one."
    )


class DurabilitySerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="The athlete, usr_….")
    span = DaySpanSerializer(help_text="The days of the runs.")
    formula = serializers.IntegerField(
        help_text="Version of the formulas. Another one may give other values."
    )
    median_decoupling = serializers.FloatField(
        allow_null=True, help_text="Of the runs below that have one; null without any."
    )
    runs = LongRunSerializer(many=True, help_text="Runs of at least 90 minutes, newest first, at most 200.")


def serialize_span(span: DaySpan) -> dict[str, Any]:
    return {"from_date": span.first, "to_date": span.last}


def serialize_best_speeds(points: Sequence[BestSpeed]) -> list[dict[str, Any]]:
    return [_serialize_best_speed(point) for point in points]


def _serialize_best_speed(point: BestSpeed) -> dict[str, Any]:
    pace_s_per_km = pace(point.speed_mps)
    return {
        "duration": point.duration_s,
        "speed": round_value(point.speed_mps, SPEED_DIGITS),
        "avg_pace": mmss(pace_s_per_km),
        "avg_pace_s_per_km": round_value(pace_s_per_km),
        "activity_id": encode(Activity.prefix, point.activity_id),
        "date": point.day,
    }


def serialize_critical_speed(found: CriticalSpeed, efforts: Sequence[BestSpeed]) -> dict[str, Any]:
    return {
        "critical_speed": _serialize_estimate(found.speed_mps, SPEED_DIGITS),
        "d_prime": _serialize_estimate(found.d_prime_m, 1),
        "r_squared": round_value(found.r_squared, RATIO_DIGITS),
        "critical_speed_reason": found.reason,
        "efforts": serialize_best_speeds(efforts),
    }


def _serialize_estimate(estimate: Estimate | None, digits: int) -> dict[str, Any] | None:
    return estimate and {name: round_value(value, digits) for name, value in estimate._asdict().items()}


def serialize_durability_answer(athlete: Athlete, found: LongRuns, formula: int) -> dict[str, Any]:
    return {
        "user_id": athlete.public_id,
        "span": serialize_span(found.span),
        "formula": formula,
        "median_decoupling": round_value(found.median_decoupling, RATIO_DIGITS),
        "runs": [_serialize_long_run(run) for run in found.runs],
    }


def _serialize_long_run(run: LongRun) -> dict[str, Any]:
    return {
        "activity_id": encode(Activity.prefix, run.activity_id),
        "date": run.day,
        "distance": round_value(run.distance_m, 1),
        "moving_time": round_value(run.moving_s, 1),
        "decoupling": round_value(run.durability.decoupling, RATIO_DIGITS),
        "onset": round_value(run.durability.onset_m, 0),
        "efficiency": round_value(run.durability.efficiency_m, RATIO_DIGITS),
        "durability_reason": run.durability.reason,
    }
