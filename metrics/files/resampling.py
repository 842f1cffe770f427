"""Turn the readings of a file into Samples: in time order, plausible, one row for each instant.

Readings are named columns of equal length. The names are those of Samples, with `unix_s` instead of `time_s`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
import numpy.typing as npt

from metrics.recording import Column, Samples

from .stale_records import find_possible_dates

ReadingColumns = Mapping[str, Column]

SAMPLE_COLUMNS = tuple(field.name for field in fields(Samples) if field.name != "time_s")

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius, IUGG (Moritz 2000, Geodetic Reference System 1980)."""

JITTER_S = 5.0
"""Steps back in time up to this are sorted. A record further back is dropped."""

HEART_RATE_RANGE_BPM = (30.0, 230.0)
ALTITUDE_RANGE_M = (-450.0, 9_000.0)
SPEED_RANGE_MPS = (0.0, 60.0)
POWER_RANGE_W = (0.0, 3_000.0)
STEPS_RANGE_PER_MINUTE = (0.0, 300.0)

SPORTS_ON_FOOT = frozenset({"run", "walk", "hike"})


def sort_readings(readings: ReadingColumns) -> dict[str, Column]:
    """The rows that have a time, sorted by it. Wrong dates and jumps back are dropped.

    Rows of the same instant are joined: each column keeps its last reading.
    """
    unix_s = readings["unix_s"]
    rows = np.flatnonzero(np.isfinite(unix_s))
    if len(rows):
        rows = rows[find_possible_dates(unix_s[rows])]
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


def build_samples(readings: ReadingColumns, started_unix_s: float, step_factor: int) -> Samples:
    """Samples from sorted readings, from `started_unix_s` on. Columns that were not recorded are NaN."""
    unix_s = readings["unix_s"]
    rows = unix_s >= started_unix_s
    columns = {
        name: readings[name][rows] if name in readings else np.full(int(rows.sum()), np.nan)
        for name in SAMPLE_COLUMNS
    }
    return Samples(time_s=unix_s[rows] - started_unix_s, **_mask_implausible(columns, step_factor))


def _mask_implausible(columns: dict[str, Column], step_factor: int) -> dict[str, Column]:
    latitude_deg, longitude_deg = mask_invalid_positions(columns["latitude_deg"], columns["longitude_deg"])
    return {
        "distance_m": columns["distance_m"],
        "latitude_deg": latitude_deg,
        "longitude_deg": longitude_deg,
        "altitude_m": mask_out_of_range(columns["altitude_m"], ALTITUDE_RANGE_M),
        "speed_mps": mask_out_of_range(columns["speed_mps"], SPEED_RANGE_MPS),
        "heart_rate_bpm": mask_out_of_range(columns["heart_rate_bpm"], HEART_RATE_RANGE_BPM),
        "cadence_spm": mask_out_of_range(columns["cadence_spm"] * step_factor, STEPS_RANGE_PER_MINUTE),
        "power_w": mask_out_of_range(columns["power_w"], POWER_RANGE_W),
    }


def mask_out_of_range(column: Column, limits: tuple[float, float]) -> Column:
    return np.where((column >= limits[0]) & (column <= limits[1]), column, np.nan)


def mask_invalid_positions(latitude_deg: Column, longitude_deg: Column) -> tuple[Column, Column]:
    """Keep complete positions on Earth. (0, 0) becomes NaN: devices write it before they find satellites."""
    on_earth = (np.abs(latitude_deg) <= 90) & (np.abs(longitude_deg) <= 180)
    known = on_earth & ((latitude_deg != 0) | (longitude_deg != 0))
    return np.where(known, latitude_deg, np.nan), np.where(known, longitude_deg, np.nan)


def haversine_m(latitude_deg: Column, longitude_deg: Column) -> Column:
    """The n − 1 great-circle distances between n positions, in metres. NaN if an end has no position."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    chord = (
        np.sin(np.diff(latitude) / 2) ** 2
        + np.cos(latitude[:-1]) * np.cos(latitude[1:]) * np.sin(np.diff(longitude) / 2) ** 2
    )
    steps_m: Column = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(chord))
    return steps_m


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


def find_highest(column: Column) -> float | None:
    known = column[np.isfinite(column)]
    return float(known.max()) if len(known) else None


def find_last(column: Column) -> float | None:
    known = column[np.isfinite(column)]
    return float(known[-1]) if len(known) else None
