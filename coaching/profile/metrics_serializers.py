"""Today's numbers as the API says them: serializers that document, and the plain dicts of the same keys."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from coaching.profile.current_metrics import Figures
from coaching.profile.trends import Trend, Trends
from metrics.activities.serializers import rounded
from metrics.science.pace import mmss


def _number(help_text: str) -> serializers.FloatField:
    return serializers.FloatField(
        allow_null=True, help_text=f"{help_text}; null where it is not known or withheld."
    )


class RunningSerializer(serializers.Serializer[Any]):
    weekly_distance_km = _number("Kilometres of the runs of the last 7 local days")
    avg_pace_per_km = serializers.CharField(
        allow_null=True, help_text="M:SS of these runs; null without distance."
    )


class CurrentSerializer(serializers.Serializer[Any]):
    vo2_max = _number("VO2max, mL/kg/min")
    hrv_avg = _number("Heart rate variability of 7 days, ms, geometric mean of at least 3 readings")
    recovery_score = serializers.IntegerField(
        allow_null=True, help_text="0–100; null without heart rate variability and resting heart rate."
    )
    resting_heart_rate = _number("bpm, the newest reading of 7 days")
    vdot = _number("Daniels–Gilbert value, mL/kg/min")


class BaselineSerializer(serializers.Serializer[Any]):
    mean = _number("ms, usual in the 60 days that end a week ago")
    low = _number("ms, the lower end of the usual range")
    high = _number("ms, its upper end")
    state = serializers.CharField(
        allow_null=True, help_text="none (fewer than 14 readings), provisional (fewer than 30) or mature."
    )


class RecoveryPartsSerializer(serializers.Serializer[Any]):
    hrv = _number("0–100, of heart rate variability")
    resting_heart_rate = _number("0–100, of resting heart rate")
    sleep = _number("0–100, of last night's sleep")
    form = _number("0–100, of the form")
    coverage = _number("0–1, the share of the weights that had data")


class DayValueSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="The local date.")
    value = serializers.FloatField(allow_null=True, help_text="Null where nothing was read on that day.")


def _days(help_text: str) -> DayValueSerializer:
    return DayValueSerializer(
        many=True,
        help_text=f"{help_text} of the last 30 local days, oldest first, ending today; empty where it is withheld.",
    )


class HrvHistorySerializer(serializers.Serializer[Any]):
    hrv = _days("Heart rate variability, ms,")


class HistorySerializer(HrvHistorySerializer):
    vo2_max = _days("VO2max, mL/kg/min by vo2_max_method,")
    recovery_score = _days("Recovery score, 0–100,")
    resting_heart_rate = _days("Resting heart rate, bpm,")


class FitnessOfRosterSerializer(serializers.Serializer[Any]):
    current = CurrentSerializer(help_text="As of today.")
    vo2_max_method = serializers.CharField(
        allow_null=True,
        help_text="Where vo2_max comes from: device or estimate; null without one. Never mixed.",
    )
    hrv_avg_7d_ago = _number("As hrv_avg, a week ago, ms")
    hrv_baseline = BaselineSerializer(help_text="What is usual for this athlete.")
    recovery_parts = RecoveryPartsSerializer(help_text="What the recovery score is made of.")
    history = HrvHistorySerializer(help_text="The last 30 days.")


class FitnessSerializer(FitnessOfRosterSerializer):
    history = HistorySerializer(help_text="The last 30 days.")


class TrainingSerializer(serializers.Serializer[Any]):
    current_week_load = _number("Astral training load since Monday")
    four_week_avg_load = _number("Astral training load of a week, on average of the four before")
    fitness = _number("42-day average of the daily load, today's included")
    fatigue = _number("7-day average of the daily load, today's included")
    form = _number("This morning's: yesterday's fitness − yesterday's fatigue")
    monotony = _number("Mean of the last 7 days' loads / their standard deviation")
    load_jump = _number("The load of the last 7 days / that of a week on average of the four before")


class MetricsOfRosterSerializer(serializers.Serializer[Any]):
    running_analytics = RunningSerializer(help_text="Runs of the last 7 local days.")
    fitness = FitnessOfRosterSerializer(help_text="Body and recovery.")
    training = TrainingSerializer(help_text="Training load.")


class MetricsSerializer(MetricsOfRosterSerializer):
    fitness = FitnessSerializer(help_text="Body and recovery.")


def metrics_answer(one: Figures, history: dict[str, Any]) -> dict[str, Any]:
    km = None if one.week_distance_m is None else one.week_distance_m / 1000
    return {
        "running_analytics": {
            "weekly_distance_km": rounded(km),
            "avg_pace_per_km": mmss(one.week_pace_s_per_km),
        },
        "fitness": _fitness(one, history),
        "training": {
            "current_week_load": rounded(one.current_week_load, 1),
            "four_week_avg_load": rounded(one.four_week_avg_load, 1),
            "fitness": rounded(one.fitness, 1),
            "fatigue": rounded(one.fatigue, 1),
            "form": rounded(one.form, 1),
            "monotony": rounded(one.monotony),
            "load_jump": rounded(one.load_jump),
        },
    }


def _fitness(one: Figures, history: dict[str, Any]) -> dict[str, Any]:
    parts = one.recovery_parts
    scores = ("hrv", "resting_heart_rate", "sleep", "form")
    return {
        "current": {
            "vo2_max": rounded(one.vo2max_ml_kg_min, 1),
            "hrv_avg": rounded(one.hrv_avg_ms, 1),
            "recovery_score": one.recovery_score,
            "resting_heart_rate": rounded(one.resting_hr_bpm, 1),
            "vdot": rounded(one.vdot, 1),
        },
        "vo2_max_method": one.vo2max_method or None,
        "hrv_avg_7d_ago": rounded(one.hrv_avg_7d_ago_ms, 1),
        "hrv_baseline": {
            "mean": rounded(one.hrv_mean_ms, 1),
            "low": rounded(one.hrv_low_ms, 1),
            "high": rounded(one.hrv_high_ms, 1),
            "state": one.hrv_state,
        },
        "recovery_parts": {name: rounded(parts[name], 1) for name in scores}
        | {"coverage": rounded(parts["coverage"])},
        "history": history,
    }


def history_answer(trends: Trends) -> dict[str, Any]:
    return {
        "vo2_max": days_answer(trends.vo2max),
        "hrv": days_answer(trends.hrv),
        "recovery_score": days_answer(trends.recovery_score),
        "resting_heart_rate": days_answer(trends.resting_hr),
    }


def days_answer(trend: Trend) -> list[dict[str, Any]]:
    return [{"date": day, "value": value} for day, value in trend]
