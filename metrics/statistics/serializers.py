"""Statistics in the API: serializers for the schema, and functions that build the same dicts."""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import Any

from rest_framework import serializers

from metrics.activities.serializers import ZonesSerializer, round_value
from metrics.buckets import format_zone
from metrics.science.pace import mmss
from metrics.statistics.params import BUCKET_BY_GRANULARITY, HIGHLIGHT_METRICS, RunningStatsSelection
from metrics.statistics.series import PeriodSums, RunTotals

SUM_DIGITS = 2  # of all sums: centimetres, hundredths of a second


class FitnessStatsSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(help_text="How many local days.")
    from_date = serializers.DateField(help_text="The first of these days.")
    to_date = serializers.DateField(help_text="The last of these days: the athlete's today.")
    total_activities = serializers.IntegerField(help_text="Runs.")
    total_distance = serializers.FloatField(help_text="Metres.")
    total_duration = serializers.FloatField(help_text="Seconds.")
    avg_pace = serializers.CharField(allow_null=True, help_text="M:SS per km; null without distance.")
    avg_pace_s_per_km = serializers.FloatField(allow_null=True, help_text="avg_pace in seconds.")
    avg_heart_rate = serializers.FloatField(
        required=False, help_text="bpm, weighted by duration; the key is absent when no run has heart rate."
    )
    total_training_load = serializers.FloatField(help_text="Astral training load.")
    total_elevation_gain = serializers.FloatField(help_text="Metres.")


class HighlightSerializer(serializers.Serializer[Any]):
    period_start = serializers.DateField(help_text="First day of the largest point.")
    value = serializers.FloatField(help_text="In the unit of metric_type: metres, seconds or load.")


class PeriodSumsSerializer(serializers.Serializer[Any]):
    distance = serializers.FloatField(help_text="Metres.")
    duration = serializers.FloatField(help_text="Seconds.")
    training_load = serializers.FloatField(help_text="Astral training load.")
    activity_count = serializers.IntegerField(help_text="How many activities.")
    pace_zones = ZonesSerializer(help_text="Seconds in each zone.")


class RunningPointSerializer(PeriodSumsSerializer):
    period_start = serializers.DateField(help_text="First day of the period; weeks begin on Monday.")


class RunningStatsSerializer(serializers.Serializer[Any]):
    granularity = serializers.ChoiceField(tuple(BUCKET_BY_GRANULARITY), help_text="The requested view.")
    bucket = serializers.ChoiceField(("day", "week", "month"), help_text="The period of one point.")
    metric_type = serializers.ChoiceField(
        HIGHLIGHT_METRICS, help_text="The metric that decides the highlight."
    )
    timezone = serializers.CharField(help_text="IANA name, or UTC+09:00 style for an offset.")
    highlight = HighlightSerializer(allow_null=True, help_text="The largest point; null when all are 0.")
    totals = PeriodSumsSerializer(help_text="The sums of the points.")
    points = RunningPointSerializer(many=True, help_text="One per period, oldest first, no gaps.")
    zones_coverage = serializers.FloatField(
        allow_null=True, help_text="Share (0–1) of the running time that has zones; null without runs."
    )


class ActivitySumsSerializer(PeriodSumsSerializer):
    calories = serializers.FloatField(help_text="kcal.")


class ActivityPointSerializer(ActivitySumsSerializer):
    period_start = serializers.DateField(help_text="First day of the period.")


class ActivityStatsSerializer(serializers.Serializer[Any]):
    granularity = serializers.ChoiceField(("day", "month"), help_text="The requested granularity.")
    bucket = serializers.ChoiceField(("day", "month"), help_text="The period of one point.")
    timezone = serializers.CharField(help_text="IANA name.")
    totals = ActivitySumsSerializer(help_text="The sums of the points.")
    points = ActivityPointSerializer(many=True, help_text="One per period, oldest first, no gaps.")


def serialize_fitness_stats(days: int, first: date, last: date, totals: RunTotals) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "days": days,
        "from_date": first,
        "to_date": last,
        "total_activities": totals.activity_count,
        "total_distance": round(totals.distance_m, 2),
        "total_duration": round(totals.duration_s, 2),
        "avg_pace": mmss(totals.pace_s_per_km),
        "avg_pace_s_per_km": round_value(totals.pace_s_per_km),
        "total_training_load": round(totals.training_load, 1),
        "total_elevation_gain": round(totals.elevation_gain_m, 1),
    }
    if totals.avg_hr_bpm is not None:
        answer["avg_heart_rate"] = round(totals.avg_hr_bpm, 1)
    return answer


def serialize_running_stats(selection: RunningStatsSelection, series: PeriodSums) -> dict[str, Any]:
    points = _serialize_points(series)
    largest = max(points, key=itemgetter(selection.metric_type))
    value = largest[selection.metric_type]
    coverage = series.zones_coverage
    return {
        "granularity": selection.granularity,
        "bucket": series.window.bucket,
        "metric_type": selection.metric_type,
        "timezone": format_zone(series.window.zone),
        "highlight": {"period_start": largest["period_start"], "value": value} if value else None,
        "totals": _serialize_totals(series),
        "points": points,
        "zones_coverage": None if coverage is None else round(coverage, 4),
    }


def serialize_activity_stats(series: PeriodSums) -> dict[str, Any]:
    return {
        "granularity": series.window.bucket,
        "bucket": series.window.bucket,
        "timezone": format_zone(series.window.zone),
        "totals": _serialize_totals(series, calories=True),
        "points": _serialize_points(series, calories=True),
    }


def _serialize_points(series: PeriodSums, *, calories: bool = False) -> list[dict[str, Any]]:
    """Build the points. One rounding of the whole table is much faster than one per number."""
    rows = series.table.round(SUM_DIGITS).tolist()
    return [
        _serialize_point(period, row, calories)
        for period, row in zip(series.window.periods, rows, strict=True)
    ]


def _serialize_totals(series: PeriodSums, *, calories: bool = False) -> dict[str, Any]:
    totals = _serialize_point(None, series.totals.round(SUM_DIGITS).tolist(), calories)
    del totals["period_start"]
    return totals


def _serialize_point(period: date | None, row: list[float], calories: bool) -> dict[str, Any]:
    """Convert a row of SUM_COLUMNS to API names."""
    count, metres, seconds, load, kcal, z1, z2, z3, z4, z5, *_ = row
    point = {
        "period_start": period,
        "distance": metres,
        "duration": seconds,
        "training_load": load,
        "activity_count": int(count),
        "pace_zones": {"z1": z1, "z2": z2, "z3": z3, "z4": z4, "z5": z5},
    }
    if calories:
        point["calories"] = kcal
    return point
