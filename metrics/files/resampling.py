"""Turn the readings of a file into Samples: in time order, plausible, one row for each instant.

Readings are named columns of equal length. The names are those of Samples, with `unix_s` instead of `time_s`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
import numpy.typing as npt

from metrics.recording import Column, Samples

ReadingColumns = Mapping[str, Column]

SAMPLE_COLUMNS = tuple(field.name for field in fields(Samples) if field.name != "time_s")

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius, IUGG (Moritz 2000, Geodetic Reference System 1980)."""

MAX_DISTANCE_TO_MEDIAN_S = 30 * 86_400.0
"""A record further than this from the median time is dropped. (One device dated a record 2085.)"""

JITTER_S = 5.0
"""Steps back in time up to this are sorted. A record further back is dropped."""

HEART_RATE_RANGE_BPM = (30.0, 230.0)
ALTITUDE_RANGE_M = (-450.0, 9_000.0)
SPEED_RANGE_MPS = (0.0, 60.0)
POWER_RANGE_W = (0.0, 3_000.0)
STEPS_RANGE_PER_MINUTE = (0.0, 300.0)
MAX_ONE_LEG_PER_MINUTE = 120.0
"""Nobody moves one leg more often. A higher cadence counts both legs."""

SPORTS_ON_FOOT = frozenset({"run", "walk", "hike"})


def sort_readings(readings: ReadingColumns) -> dict[str, Column]:
    """The rows that have a time, sorted by it. Outliers and jumps back are dropped.

    Rows of the same instant are joined: each column keeps its last reading.
    """
    unix_s = readings["unix_s"]
    rows = np.flatnonzero(np.isfinite(unix_s))
    if len(rows):
        rows = rows[np.abs(unix_s[rows] - np.median(unix_s[rows])) <= MAX_DISTANCE_TO_MEDIAN_S]
        rows = rows[unix_s[rows] >= np.maximum.accumulate(unix_s[rows]) - JITTER_S]
        rows = rows[np.argsort(unix_s[rows], kind="stable")]
    instants, joined_row = np.unique(unix_s[rows], return_inverse=True)
    if len(instants) == len(rows):
        return {name: column[rows] for name, column in readings.items()}
    return {name: _join_rows(column[rows], joined_row, len(instants)) for name, column in readings.items()}


def _join_rows(column: Column, row: npt.NDArray[np.intp], rows: int) -> Column:
    joined = np.full(rows, np.nan)
    known = np.isfinite(column)
    joined[row[known]] = column[known]
    return joined


def build_samples(readings: ReadingColumns, started_unix_s: float, sport: str) -> Samples:
    """Samples from sorted readings, from `started_unix_s` on. Columns that were not recorded are NaN."""
    unix_s = readings["unix_s"]
    rows = unix_s >= started_unix_s
    columns = {
        name: readings[name][rows] if name in readings else np.full(int(rows.sum()), np.nan)
        for name in SAMPLE_COLUMNS
    }
    return Samples(time_s=unix_s[rows] - started_unix_s, **_mask_implausible(columns, sport))


def _mask_implausible(columns: dict[str, Column], sport: str) -> dict[str, Column]:
    cadence_spm = columns["cadence_spm"] * find_step_factor(columns["cadence_spm"], sport)
    latitude_deg, longitude_deg = _mask_invalid_positions(columns["latitude_deg"], columns["longitude_deg"])
    return {
        "distance_m": _make_non_decreasing(columns["distance_m"]),
        "latitude_deg": latitude_deg,
        "longitude_deg": longitude_deg,
        "altitude_m": mask_out_of_range(columns["altitude_m"], ALTITUDE_RANGE_M),
        "speed_mps": mask_out_of_range(columns["speed_mps"], SPEED_RANGE_MPS),
        "heart_rate_bpm": mask_out_of_range(columns["heart_rate_bpm"], HEART_RATE_RANGE_BPM),
        "cadence_spm": mask_out_of_range(cadence_spm, STEPS_RANGE_PER_MINUTE),
        "power_w": mask_out_of_range(columns["power_w"], POWER_RANGE_W),
    }


def mask_out_of_range(column: Column, limits: tuple[float, float]) -> Column:
    return np.where((column >= limits[0]) & (column <= limits[1]), column, np.nan)


def _make_non_decreasing(distance_m: Column) -> Column:
    """A cumulative distance that never falls; NaN stays NaN."""
    known = mask_out_of_range(distance_m, (0.0, 1e7))
    return np.where(np.isfinite(known), np.fmax.accumulate(known), np.nan) if len(known) else known


def _mask_invalid_positions(latitude_deg: Column, longitude_deg: Column) -> tuple[Column, Column]:
    """Keep complete positions on Earth. (0, 0) becomes NaN: devices write it before they find satellites."""
    on_earth = (np.abs(latitude_deg) <= 90) & (np.abs(longitude_deg) <= 180)
    known = on_earth & ((latitude_deg != 0) | (longitude_deg != 0))
    return np.where(known, latitude_deg, np.nan), np.where(known, longitude_deg, np.nan)


def find_step_factor(cadence: Column, sport: str) -> int:
    """2 if the cadence counts one leg only, as in most files on foot; otherwise 1."""
    moving = cadence[cadence > 0]
    both = (
        sport not in SPORTS_ON_FOOT or not len(moving) or np.percentile(moving, 90) > MAX_ONE_LEG_PER_MINUTE
    )
    return 1 if both else 2


def haversine_m(latitude_deg: Column, longitude_deg: Column) -> Column:
    """The n − 1 great-circle distances between n positions, in metres. NaN if an end has no position."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    chord = (
        np.sin(np.diff(latitude) / 2) ** 2
        + np.cos(latitude[:-1]) * np.cos(latitude[1:]) * np.sin(np.diff(longitude) / 2) ** 2
    )
    steps_m: Column = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(chord))
    return steps_m


def add_distance(readings: ReadingColumns) -> dict[str, Column]:
    """The readings with a distance. If the device recorded none, it is counted from the positions.

    If there is a `segment` column, the gap between two segments is not counted.
    """
    filled = dict(readings)
    if not (readings.get("distance_m", np.empty(0)) > 0).any():
        segment = readings.get("segment", np.zeros(len(readings["unix_s"])))
        filled["distance_m"] = _compute_distance_m(
            readings["latitude_deg"], readings["longitude_deg"], segment
        )
    return filled


def _compute_distance_m(latitude_deg: Column, longitude_deg: Column, segment: Column) -> Column:
    """Cumulative metres at each position. NaN where there is no position."""
    latitude_deg, longitude_deg = _mask_invalid_positions(latitude_deg, longitude_deg)
    distance_m = np.full(len(latitude_deg), np.nan)
    rows = np.flatnonzero(np.isfinite(latitude_deg))
    if len(rows):
        steps_m = haversine_m(latitude_deg[rows], longitude_deg[rows])
        steps_m = np.where(np.diff(segment[rows]) == 0, steps_m, 0.0)
        distance_m[rows] = np.concatenate([[0.0], np.cumsum(steps_m)])
    return distance_m


def start_distance_at_zero(distance_m: Column, total_m: float | None) -> Column:
    """A distance that starts at 0.

    Some devices continue the distance of the activity before. This is so if the total fits better after the
    first reading is subtracted.
    """
    known = distance_m[np.isfinite(distance_m)]
    if total_m is None or not len(known) or abs(known[-1] - known[0] - total_m) >= abs(known[-1] - total_m):
        return distance_m
    from_zero_m: Column = distance_m - known[0]
    return from_zero_m


def select_time_range(readings: ReadingColumns, window: tuple[float, float]) -> dict[str, Column]:
    """The rows whose time is in `window`: unix seconds, without the end."""
    rows = (readings["unix_s"] >= window[0]) & (readings["unix_s"] < window[1])
    return {name: column[rows] for name, column in readings.items()}


def take_first_reading(*columns: Column) -> Column:
    """In each row, the first of the columns' readings that is not NaN."""
    known = columns[0]
    for column in columns[1:]:
        known = np.where(np.isfinite(known), known, column)
    return known


def compute_mean(column: Column) -> float | None:
    """The mean of the readings that are not NaN."""
    known = column[np.isfinite(column)]
    return float(known.mean()) if len(known) else None


def compute_mean_above_zero(column: Column) -> float | None:
    """The mean of the readings above 0, which are those while moving."""
    return compute_mean(column[column > 0])


def find_highest(column: Column) -> float | None:
    known = column[np.isfinite(column)]
    return float(known.max()) if len(known) else None


def find_last(column: Column) -> float | None:
    known = column[np.isfinite(column)]
    return float(known[-1]) if len(known) else None
