"""health_metrics in the API: serializers for the schema, and functions that build the same dicts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from metrics.health.params import HEALTH_BUCKETS
from metrics.health.series import RMSSD, SDNN, HealthSeries

HRV_METHODS = {RMSSD: "rmssd", SDNN: "sdnn"}


def _source_field(metric: str) -> serializers.CharField:
    return serializers.CharField(allow_null=True, help_text=f"The source of {metric}; null: no readings.")


class HealthSourcesSerializer(serializers.Serializer[Any]):
    resting_heart_rate = _source_field("resting heart rate")
    hrv = _source_field("heart rate variability")
    vo2_max = _source_field("VO2max")


class HealthReadingsSerializer(serializers.Serializer[Any]):
    resting_heart_rate = serializers.IntegerField(help_text="Days with a resting heart rate.")
    hrv = serializers.IntegerField(help_text="Days with heart rate variability.")
    vo2_max = serializers.IntegerField(help_text="Days with a VO2max.")


class HealthPointSerializer(serializers.Serializer[Any]):
    period_start = serializers.DateField(help_text="First day of the period; weeks begin on Monday.")
    resting_heart_rate = serializers.FloatField(
        allow_null=True, help_text="bpm, arithmetic mean of the days."
    )
    hrv = serializers.FloatField(allow_null=True, help_text="ms, geometric mean of the days; see hrv_method.")
    vo2_max = serializers.FloatField(allow_null=True, help_text="mL/kg/min, arithmetic mean of the days.")
    readings = HealthReadingsSerializer(help_text="How many days each mean uses.")


class HealthMetricsSerializer(serializers.Serializer[Any]):
    granularity = serializers.ChoiceField(HEALTH_BUCKETS, help_text="The period of one point.")
    hrv_method = serializers.ChoiceField(
        tuple(HRV_METHODS.values()),
        allow_null=True,
        help_text="The kind of HRV; null without readings. The two kinds are never mixed.",
    )
    sources = HealthSourcesSerializer(
        help_text="One per metric: the source with the most readings in the range."
    )
    points = HealthPointSerializer(many=True, help_text="One per period, oldest first, no gaps.")


def serialize_health_metrics(series: HealthSeries) -> dict[str, Any]:
    return {
        "granularity": series.bucket,
        "hrv_method": HRV_METHODS.get(series.hrv.column or ""),
        "sources": {
            "resting_heart_rate": series.resting_hr.source,
            "hrv": series.hrv.source,
            "vo2_max": series.vo2max.source,
        },
        "points": _serialize_points(series),
    }


def _serialize_points(series: HealthSeries) -> list[dict[str, Any]]:
    metrics = (series.resting_hr, series.hrv, series.vo2max)
    resting, hrv, vo2max = ({day: round(mean, 2) for day, mean in metric.means.items()} for metric in metrics)
    restings, hrvs, vo2maxes = (metric.reading_counts for metric in metrics)
    return [
        {
            "period_start": period,
            "resting_heart_rate": resting.get(period),
            "hrv": hrv.get(period),
            "vo2_max": vo2max.get(period),
            "readings": {
                "resting_heart_rate": restings.get(period, 0),
                "hrv": hrvs.get(period, 0),
                "vo2_max": vo2maxes.get(period, 0),
            },
        }
        for period in series.periods
    ]
