"""Statistics as the API says them: serializers that document, and the plain dicts of the same keys."""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import Any

from rest_framework import serializers

from metrics.activities.serializers import ZonesSerializer
from metrics.buckets import zone_label
from metrics.science.pace import mmss
from metrics.statistics.params import METRICS, VIEWS, RunningQuestion
from metrics.statistics.series import RunTotals, Series

DIGITS = 2  # of every sum: centimetres, hundredths of a second


class FitnessStatsSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(help_text="How many local days.")
    from_date = serializers.DateField(help_text="The first of them.")
    to_date = serializers.DateField(help_text="The last: today, where the athlete is.")
    total_activities = serializers.IntegerField(help_text="Runs.")
    total_distance = serializers.FloatField(help_text="Metres.")
    total_duration = serializers.FloatField(help_text="Seconds.")
    avg_pace = serializers.CharField(allow_null=True, help_text="M:SS per km; null without distance.")
    avg_heart_rate = serializers.FloatField(
        required=False, help_text="bpm, weighted by duration; the key is absent when no run has heart rate."
    )
    total_training_load = serializers.FloatField(help_text="Astral training load.")
    total_elevation_gain = serializers.FloatField(help_text="Metres.")


class HighlightSerializer(serializers.Serializer[Any]):
    period_start = serializers.DateField(help_text="Of the largest point.")
    value = serializers.FloatField(help_text="In the unit of metric_type: metres, seconds or load.")


class SumsSerializer(serializers.Serializer[Any]):
    distance = serializers.FloatField(help_text="Metres.")
    duration = serializers.FloatField(help_text="Seconds.")
    training_load = serializers.FloatField(help_text="Astral training load.")
    activity_count = serializers.IntegerField(help_text="How many activities.")
    pace_zones = ZonesSerializer(help_text="Seconds in each zone.")


class PointSerializer(SumsSerializer):
    period_start = serializers.DateField(help_text="First day of the period; weeks begin on Monday.")


class RunningStatsSerializer(serializers.Serializer[Any]):
    granularity = serializers.ChoiceField(tuple(VIEWS), help_text="The view that was asked for.")
    bucket = serializers.ChoiceField(("day", "week", "month"), help_text="What one point stands for.")
    metric_type = serializers.ChoiceField(METRICS, help_text="What the highlight is chosen by.")
    timezone = serializers.CharField(help_text="IANA name, or UTC+09:00 style for an offset.")
    highlight = HighlightSerializer(allow_null=True, help_text="The largest point; null when all are 0.")
    totals = SumsSerializer(help_text="The sums of the points.")
    points = PointSerializer(many=True, help_text="One per period, oldest first, no gaps.")
    zones_coverage = serializers.FloatField(
        allow_null=True, help_text="Share (0–1) of the running time that has zones; null without any."
    )


class ActivitySumsSerializer(SumsSerializer):
    calories = serializers.FloatField(help_text="kcal.")


class ActivityPointSerializer(ActivitySumsSerializer):
    period_start = serializers.DateField(help_text="First day of the period.")


class ActivityStatsSerializer(serializers.Serializer[Any]):
    granularity = serializers.ChoiceField(("day", "month"), help_text="What was asked for.")
    bucket = serializers.ChoiceField(("day", "month"), help_text="What one point stands for.")
    timezone = serializers.CharField(help_text="IANA name.")
    totals = ActivitySumsSerializer(help_text="The sums of the points.")
    points = ActivityPointSerializer(many=True, help_text="One per period, oldest first, no gaps.")


def fitness_stats_answer(days: int, first: date, last: date, totals: RunTotals) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "days": days,
        "from_date": first,
        "to_date": last,
        "total_activities": totals.activity_count,
        "total_distance": round(totals.distance_m, 2),
        "total_duration": round(totals.duration_s, 2),
        "avg_pace": mmss(totals.pace_s_per_km),
        "total_training_load": round(totals.training_load, 1),
        "total_elevation_gain": round(totals.elevation_gain_m, 1),
    }
    if totals.avg_hr_bpm is not None:
        answer["avg_heart_rate"] = round(totals.avg_hr_bpm, 1)
    return answer


def running_stats_answer(question: RunningQuestion, series: Series) -> dict[str, Any]:
    points = _points(series)
    largest = max(points, key=itemgetter(question.metric_type))
    value = largest[question.metric_type]
    coverage = series.zones_coverage
    return {
        "granularity": question.granularity,
        "bucket": series.window.bucket,
        "metric_type": question.metric_type,
        "timezone": zone_label(series.window.zone),
        "highlight": {"period_start": largest["period_start"], "value": value} if value else None,
        "totals": _totals(series),
        "points": points,
        "zones_coverage": None if coverage is None else round(coverage, 4),
    }


def activity_stats_answer(series: Series) -> dict[str, Any]:
    return {
        "granularity": series.window.bucket,
        "bucket": series.window.bucket,
        "timezone": zone_label(series.window.zone),
        "totals": _totals(series, calories=True),
        "points": _points(series, calories=True),
    }


def _points(series: Series, *, calories: bool = False) -> list[dict[str, Any]]:
    """All is rounded at once: number by number it would be most of the answer's time."""
    rows = series.table.round(DIGITS).tolist()
    return [_point(period, row, calories) for period, row in zip(series.window.periods, rows, strict=True)]


def _totals(series: Series, *, calories: bool = False) -> dict[str, Any]:
    totals = _point(None, series.totals.round(DIGITS).tolist(), calories)
    del totals["period_start"]
    return totals


def _point(period: date | None, row: list[float], calories: bool) -> dict[str, Any]:
    """A row of `series.COLUMNS` as the API names it."""
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
