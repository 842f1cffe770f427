"""Serializers of today's numbers, and the functions that build the dicts they describe."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from coaching.profile.current_metrics import CurrentMetrics
from coaching.profile.trends import Trend, Trends
from metrics.activities.serializers import round_value
from metrics.science.pace import mmss

BASELINE_STATES = ("none", "provisional", "mature")


def _number_field(help_text: str) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, help_text=f"{help_text}; null if unknown or withheld.")


class RunningSerializer(serializers.Serializer[Any]):
    weekly_distance_km = _number_field("Kilometres of the runs of the last 7 local days")
    avg_pace_per_km = serializers.CharField(
        allow_null=True, help_text="M:SS of these runs; null without distance."
    )
    avg_pace_s_per_km = serializers.FloatField(allow_null=True, help_text="avg_pace_per_km in seconds.")


class CurrentFitnessSerializer(serializers.Serializer[Any]):
    vo2_max = _number_field("VO2max, mL/kg/min")
    hrv_avg = _number_field("Heart rate variability of 7 days, ms, geometric mean of at least 3 readings")
    recovery_score = serializers.IntegerField(
        allow_null=True, help_text="0–100; null without heart rate variability and resting heart rate."
    )
    resting_heart_rate = _number_field("bpm, the newest reading of 7 days")
    vdot = _number_field("Daniels–Gilbert value, mL/kg/min")


class BaselineSerializer(serializers.Serializer[Any]):
    mean = _number_field("ms, usual in the 60 days that end a week ago")
    low = _number_field("ms, the lower end of the usual range")
    high = _number_field("ms, its upper end")
    state = serializers.ChoiceField(
        BASELINE_STATES,
        allow_null=True,
        help_text="none (fewer than 14 readings), provisional (fewer than 30) or mature.",
    )


class RecoveryPartsSerializer(serializers.Serializer[Any]):
    hrv = _number_field("0–100, of heart rate variability")
    resting_heart_rate = _number_field("0–100, of resting heart rate")
    sleep = _number_field("0–100, of last night's sleep")
    form = _number_field("0–100, of the form")
    coverage = _number_field("0–1, the share of the weights that had data")


class DayValueSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="The local date.")
    value = serializers.FloatField(allow_null=True, help_text="Null if there is no reading on that day.")


def _days_field(help_text: str) -> DayValueSerializer:
    return DayValueSerializer(
        many=True,
        help_text=f"{help_text} of the last 30 local days, oldest first, ending today; empty if withheld.",
    )


class HrvHistorySerializer(serializers.Serializer[Any]):
    hrv = _days_field("Heart rate variability, ms,")


class HistorySerializer(HrvHistorySerializer):
    vo2_max = _days_field("VO2max, mL/kg/min by vo2_max_method,")
    recovery_score = _days_field("Recovery score, 0–100,")
    resting_heart_rate = _days_field("Resting heart rate, bpm,")


class RosterFitnessSerializer(serializers.Serializer[Any]):
    current = CurrentFitnessSerializer(help_text="As of today.")
    vo2_max_method = serializers.ChoiceField(
        ("device", "estimate"),
        allow_null=True,
        help_text="Source of vo2_max: device or estimate; null without one. The two are never mixed.",
    )
    hrv_avg_7d_ago = _number_field("As hrv_avg, a week ago, ms")
    hrv_baseline = BaselineSerializer(help_text="The usual range of this athlete.")
    recovery_parts = RecoveryPartsSerializer(help_text="The parts of the recovery score.")
    history = HrvHistorySerializer(help_text="The last 30 days.")


class FitnessSerializer(RosterFitnessSerializer):
    history = HistorySerializer(help_text="The last 30 days.")


class TrainingSerializer(serializers.Serializer[Any]):
    current_week_load = _number_field("Astral training load since Monday")
    four_week_avg_load = _number_field("Astral training load of a week, on average of the four before")
    fitness = _number_field("42-day average of the daily load, today's included")
    fatigue = _number_field("7-day average of the daily load, today's included")
    form = _number_field("This morning's: yesterday's fitness − yesterday's fatigue")
    monotony = _number_field("Mean of the last 7 days' loads / their standard deviation")
    load_jump = _number_field("The load of the last 7 days / that of a week on average of the four before")


class RosterMetricsSerializer(serializers.Serializer[Any]):
    running_analytics = RunningSerializer(help_text="Runs of the last 7 local days.")
    fitness = RosterFitnessSerializer(help_text="Body and recovery.")
    training = TrainingSerializer(help_text="Training load.")


class MetricsSerializer(RosterMetricsSerializer):
    fitness = FitnessSerializer(help_text="Body and recovery.")


def serialize_metrics(metrics: CurrentMetrics, history: dict[str, Any]) -> dict[str, Any]:
    km = None if metrics.week_distance_m is None else metrics.week_distance_m / 1000
    return {
        "running_analytics": {
            "weekly_distance_km": round_value(km),
            "avg_pace_per_km": mmss(metrics.week_pace_s_per_km),
            "avg_pace_s_per_km": round_value(metrics.week_pace_s_per_km),
        },
        "fitness": _serialize_fitness(metrics, history),
        "training": {
            "current_week_load": round_value(metrics.current_week_load, 1),
            "four_week_avg_load": round_value(metrics.four_week_avg_load, 1),
            "fitness": round_value(metrics.fitness, 1),
            "fatigue": round_value(metrics.fatigue, 1),
            "form": round_value(metrics.form, 1),
            "monotony": round_value(metrics.monotony),
            "load_jump": round_value(metrics.load_jump),
        },
    }


def _serialize_fitness(metrics: CurrentMetrics, history: dict[str, Any]) -> dict[str, Any]:
    parts = metrics.recovery_parts
    scores = ("hrv", "resting_heart_rate", "sleep", "form")
    return {
        "current": {
            "vo2_max": round_value(metrics.vo2max_ml_kg_min, 1),
            "hrv_avg": round_value(metrics.hrv_avg_ms, 1),
            "recovery_score": metrics.recovery_score,
            "resting_heart_rate": round_value(metrics.resting_hr_bpm, 1),
            "vdot": round_value(metrics.vdot, 1),
        },
        "vo2_max_method": metrics.vo2max_method or None,
        "hrv_avg_7d_ago": round_value(metrics.hrv_avg_7d_ago_ms, 1),
        "hrv_baseline": {
            "mean": round_value(metrics.hrv_mean_ms, 1),
            "low": round_value(metrics.hrv_low_ms, 1),
            "high": round_value(metrics.hrv_high_ms, 1),
            "state": metrics.hrv_state,
        },
        "recovery_parts": {name: round_value(parts[name], 1) for name in scores}
        | {"coverage": round_value(parts["coverage"])},
        "history": history,
    }


def serialize_history(trends: Trends) -> dict[str, Any]:
    return {
        "vo2_max": serialize_days(trends.vo2max),
        "hrv": serialize_days(trends.hrv),
        "recovery_score": serialize_days(trends.recovery_score),
        "resting_heart_rate": serialize_days(trends.resting_hr),
    }


def serialize_days(trend: Trend) -> list[dict[str, Any]]:
    return [{"date": day, "value": value} for day, value in trend]
