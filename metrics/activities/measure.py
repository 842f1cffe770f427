"""Measure a stored activity with the thresholds of its day and fill its columns.

The only input is stored data (`recorded` totals and `Streams`), so a new measurement gives the same result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Any

import numpy as np

from athletes.models import Athlete, Threshold
from metrics.files.crop import serialize_crop
from metrics.models import Activity
from metrics.recording import Column, Lap, Pause, Recording, Samples, Totals
from metrics.science.durability import Durability
from metrics.science.measurement import Measurement, measure, measure_summary
from metrics.science.thresholds import Thresholds

# All columns that a measurement fills; `remeasure` writes exactly these.
MEASURED_COLUMNS = (
    "distance_m", "moving_time_s", "elevation_gain_m", "elevation_loss_m", "avg_hr_bpm", "max_hr_bpm",
    "calories_kcal", "training_load", "load_method", "load_quality",
    "zone1_s", "zone2_s", "zone3_s", "zone4_s", "zone5_s",
    "intensity", "load_threshold_mps", "load_lthr_bpm", "graded_speed_mps", "best_30min_ngs_mps",
    "vo2max_ml_kg_min", "race_vdot", "hr_zones_s", "best_efforts",
    "speed_curve_mmps", "graded_curve_mmps", "durability", "warnings",
)  # fmt: skip
# Raise it when a change of `metrics.science` or `metrics.files` changes numbers: a job measures all again.
MEASUREMENT_FORMULA = 3
DURABILITY_DIGITS = 5
JSON_DIGITS = 3  # decimals of the values in JSON columns; times are exact to a millisecond


class ThresholdsOverTime:
    """One athlete's thresholds over time: finds those valid on a day."""

    def __init__(self, athlete: Athlete, history: Iterable[Threshold]) -> None:
        self.athlete = athlete
        self.newest_first = sorted(history, key=lambda row: row.valid_from, reverse=True)

    def thresholds_on(self, day: date) -> Thresholds:
        pace = self._find_valid(Threshold.Kind.THRESHOLD_PACE, day)
        vdot = self._find_valid(Threshold.Kind.VDOT, day)
        birth_date = self.athlete.birth_date
        return Thresholds(
            threshold_mps=1000.0 / pace.value if pace else None,
            threshold_source=pace.source if pace else "manual",
            threshold_date=pace.valid_from if pace else None,
            vdot=vdot.value if vdot else None,
            vdot_age_days=(day - vdot.valid_from).days if vdot else 0,
            lthr_bpm=self._find_value(Threshold.Kind.LTHR, day),
            hr_max_bpm=self._find_value(Threshold.Kind.HR_MAX, day),
            hr_rest_bpm=self._find_value(Threshold.Kind.HR_REST, day),
            sex=self.athlete.sex,
            age_years=(day - birth_date).days / 365.25 if birth_date and birth_date < day else None,
        )

    def mass_kg_on(self, day: date) -> float | None:
        return self._find_value(Threshold.Kind.MASS_KG, day)

    def _find_valid(self, kind: str, day: date) -> Threshold | None:
        return next((row for row in self.newest_first if row.kind == kind and row.valid_from <= day), None)

    def _find_value(self, kind: str, day: date) -> float | None:
        row = self._find_valid(kind, day)
        return row.value if row else None


def serialize_totals(totals: Totals) -> dict[str, float]:
    """Totals for storage; unknown totals are omitted."""
    return {name: value for name, value in asdict(totals).items() if value is not None}


def serialize_recorded(recording: Recording, sport: str) -> dict[str, Any]:
    """What is stored of a recording besides its samples: the input of every measurement."""
    further = {"warnings": list(recording.warnings), "sport": sport}
    return serialize_totals(recording.totals) | serialize_crop(recording) | further


def serialize_laps(recording: Recording) -> list[dict[str, float]]:
    return [
        {name: value for name, value in asdict(lap).items() if value is not None} for lap in recording.laps
    ]


def serialize_pauses(recording: Recording) -> list[list[float]]:
    return [[pause.start_s, pause.end_s] for pause in recording.pauses]


def parse_laps(stored_laps: list[dict[str, float]]) -> list[Lap]:
    return [Lap(**lap) for lap in stored_laps]


def measure_activity(
    activity: Activity,
    thresholds: ThresholdsOverTime,
    samples: Samples | None = None,
    pauses: Iterable[Iterable[float]] = (),
    altitude_source: str = "",
) -> None:
    """Fill the measured columns of an activity, unsaved, from its recorded totals and samples.

    `samples` must be rounded as in storage (`streams.round_samples`).
    """
    known = {field.name for field in fields(Totals)}
    totals = Totals(**{name: value for name, value in activity.recorded.items() if name in known})
    inputs = (
        totals,
        activity.activity_type,
        thresholds.thresholds_on(activity.local_date),
        activity.perceived_effort,
    )
    mass_kg = thresholds.mass_kg_on(activity.local_date)
    if samples is None or not len(samples):
        measured = measure_summary(*inputs, activity.is_race, mass_kg)
    else:
        breaks = [Pause(*pause) for pause in pauses]
        measured = measure(samples, breaks, *inputs, altitude_source, activity.is_race, mass_kg)
    apply_measurement(activity, measured)


def apply_measurement(activity: Activity, measured: Measurement) -> None:
    """Write a measurement into MEASURED_COLUMNS. Warnings of the file reader are kept."""
    for name, value in _build_columns(measured, activity.recorded.get("warnings", [])).items():
        setattr(activity, name, value)


def _build_columns(measured: Measurement, warnings: list[str]) -> dict[str, Any]:
    load, zones = measured.load, measured.zone_s or (None,) * 5
    return {
        "distance_m": measured.distance_m,
        "moving_time_s": measured.moving_s,
        "elevation_gain_m": measured.elevation_gain_m,
        "elevation_loss_m": measured.elevation_loss_m,
        "avg_hr_bpm": measured.avg_hr_bpm,
        "max_hr_bpm": measured.max_hr_bpm,
        "calories_kcal": measured.calories.value,
        "training_load": load.value,
        "load_method": load.method,
        "load_quality": load.quality,
        **{f"zone{number}_s": seconds for number, seconds in enumerate(zones, start=1)},
        "intensity": load.intensity,
        "load_threshold_mps": load.threshold_mps,
        "load_lthr_bpm": load.lthr_bpm,
        "graded_speed_mps": measured.graded_speed_mps,
        "best_30min_ngs_mps": measured.best_30min_ngs_mps,
        "vo2max_ml_kg_min": measured.vo2max.value,
        "race_vdot": measured.race_vdot,
        "hr_zones_s": None if measured.hr_zone_s is None else list(measured.hr_zone_s),
        "best_efforts": [
            {name: round(value, JSON_DIGITS) for name, value in asdict(effort).items()}
            for effort in measured.best_efforts
        ],
        "speed_curve_mmps": _round_curve(measured.speed_curve_mps),
        "graded_curve_mmps": _round_curve(measured.graded_curve_mps),
        "durability": serialize_durability(measured.durability),
        "warnings": list(dict.fromkeys([*warnings, *measured.warnings])),
    }


def _round_curve(curve_mps: Column | None) -> list[int] | None:
    """Whole mm/s; 0 where the run has no window. None without any."""
    if curve_mps is None or np.isnan(curve_mps).all():
        return None
    rounded: list[int] = np.rint(1_000 * np.nan_to_num(curve_mps)).astype(int).tolist()
    return rounded


def serialize_durability(measured: Durability | None) -> dict[str, Any] | None:
    """The known values, or the reason why there are none. None for runs under 90 minutes."""
    if measured is None:
        return None
    known = {name: value for name, value in asdict(measured).items() if value not in (None, "")}
    return {
        name: value if isinstance(value, str) else round(value, DURABILITY_DIGITS)
        for name, value in known.items()
    }
