"""Build the years of a simple runner as lines for COPY. Each column is one vector operation. Pure.

The stored numbers are those of `measure_summary` for the same totals. A test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from uuid_utils import uuid7

from metrics.science.grade import CLIMB_FACTOR, DESCENT_FACTOR

IntArray = npt.NDArray[np.int64]

ACTIVITY_COLUMNS = (
    "id", "athlete", "name", "activity_type", "sub_type", "is_race", "started_at", "utc_offset_min",
    "local_date", "distance_m", "duration_s", "moving_time_s", "elapsed_s", "elevation_gain_m",
    "elevation_loss_m", "avg_hr_bpm", "max_hr_bpm", "training_load", "load_method", "load_quality",
    "intensity", "load_threshold_mps", "recorded", "best_efforts", "warnings", "source", "device",
    "created_at", "updated_at",
)  # fmt: skip
HEALTH_COLUMNS = (
    "id", "athlete", "date", "source", "hrv_rmssd_ms", "resting_hr_bpm", "vo2max_ml_kg_min", "sleep_s",
    "updated_at",
)  # fmt: skip
# From Monday to Sunday: minutes, and share of threshold speed. Three to six runs a week.
TRAINING_WEEKS = (
    ((0, 0), (35, 0.8), (0, 0), (35, 0.8), (0, 0), (0, 0), (55, 0.8)),
    ((0, 0), (50, 0.86), (0, 0), (45, 0.78), (0, 0), (40, 0.8), (75, 0.8)),
    ((0, 0), (55, 0.87), (45, 0.78), (0, 0), (50, 0.88), (40, 0.78), (95, 0.8)),
    ((0, 0), (70, 0.87), (55, 0.78), (65, 0.88), (40, 0.74), (55, 0.78), (125, 0.8)),
)
MISSED_SHARE = 0.12
RUN_NAMES = ("Easy run", "Run", "Long run")


@dataclass(frozen=True, slots=True)
class Runner:
    """One runner of the crowd. With a `device`, the runner has health days."""

    athlete_id: UUID
    number: int
    zone: str
    threshold_mps: float
    hr_max_bpm: float
    device: bool


@lru_cache(maxsize=64)
def find_midnights_s(zone: str, last: date, days: int) -> tuple[IntArray, IntArray]:
    """Start of each of `days` local days up to `last`: (Unix seconds, UTC offset in minutes)."""
    zone_info = ZoneInfo(zone)
    starts = [datetime(day.year, day.month, day.day, tzinfo=zone_info) for day in _list_dates(last, days)]
    offsets = [int((start.utcoffset() or timedelta()).total_seconds()) // 60 for start in starts]
    return np.array([int(start.timestamp()) for start in starts]), np.array(offsets)


@lru_cache(maxsize=64)
def _list_dates(last: date, days: int) -> tuple[date, ...]:
    return tuple(last - timedelta(days=days_ago) for days_ago in reversed(range(days)))


def build_activity_lines(runner: Runner, now: datetime, days: int) -> list[str]:
    """All runs of the last `days` days that ended before `now`, oldest first, in ACTIVITY_COLUMNS."""
    random = np.random.default_rng(runner.number)
    today = now.astimezone(ZoneInfo(runner.zone)).date()
    starts, offsets = find_midnights_s(runner.zone, today, days)
    weekday = (np.arange(days) + today.weekday() - days + 1) % 7
    minutes, share = np.array(TRAINING_WEEKS[runner.number % len(TRAINING_WEEKS)])[weekday].T
    build = 0.95 + 0.15 * np.sin(2 * np.pi * (np.arange(days) / 150 + random.random()))
    duration = np.rint(60 * minutes * build * random.normal(1, 0.05, days).clip(0.8, 1.2))
    started = starts + 60 * random.integers(360, 480, days) + 60 * random.integers(0, 2, days) * 660
    rows = (minutes > 0) & (random.random(days) > MISSED_SHARE) & (started + duration <= now.timestamp())
    speed = runner.threshold_mps * share * random.normal(1, 0.015, days)
    pulse = runner.hr_max_bpm * (0.935 + 0.687 * np.log(np.maximum(share, 0.5)))
    columns = {
        "duration": duration,
        "distance": np.rint(speed * duration),
        "climbed": np.rint(speed * duration * random.uniform(0.003, 0.009, days)),
        "pulse": np.rint(pulse + random.normal(0, 2, days)),
        "started": started,
        "offset": offsets,
        "day": np.arange(days),
    }
    return _format_activity_lines(
        runner, today, days, {name: column[rows] for name, column in columns.items()}
    )


def _format_activity_lines(
    runner: Runner, today: date, days: int, columns: dict[str, npt.NDArray[np.float64]]
) -> list[str]:
    duration, distance, climbed = columns["duration"], columns["distance"], columns["climbed"]
    level = np.maximum(distance + CLIMB_FACTOR * climbed - DESCENT_FACTOR * climbed, 0.6 * distance)
    intensity = level / duration / runner.threshold_mps
    load = 100.0 * duration / 3600.0 * intensity * intensity
    dates, athlete, threshold = _list_dates(today, days), runner.athlete_id, repr(runner.threshold_mps)
    moments = np.datetime_as_string(columns["started"].astype("datetime64[s]")).tolist()
    rows = zip(
        moments,
        *(
            column.astype(int).tolist()
            for column in (columns["offset"], columns["day"], distance, duration, climbed)
        ),
        columns["pulse"].astype(int).tolist(),
        load.tolist(),
        np.sqrt(load * 36.0 / duration).tolist(),
        strict=True,
    )
    return [
        f"{uuid7()}\t{athlete}\t{RUN_NAMES[(s > 2700) + (s > 4200)]}\trun\t\tf\t{at}Z\t{offset}\t"
        f"{dates[day]}\t"
        f"{m}\t{s}\t{s}\t{s}\t{up}\t{up}\t{bpm}\t{bpm + 14}\t{al}\tpace_summary\tC\t{effort}\t{threshold}\t"
        f'{{"duration_s": {s}, "elapsed_s": {s}, "distance_m": {m}, "elevation_gain_m": {up}, '
        f'"elevation_loss_m": {up}, "avg_hr_bpm": {bpm}, "max_hr_bpm": {bpm + 14}}}\t'
        f"[]\t{{}}\tdemo\tDemo watch\t{at}Z\t{at}Z\n"
        for at, offset, day, m, s, up, bpm, al, effort in rows
    ]


def build_health_lines(runner: Runner, now: datetime, days: int) -> list[str]:
    """Readings of most mornings, oldest first, in HEALTH_COLUMNS. Empty without a device."""
    if not runner.device:
        return []
    random = np.random.default_rng(10**6 + runner.number)
    dates = _list_dates(now.astimezone(ZoneInfo(runner.zone)).date(), days)
    slow = 0.05 * np.sin(2 * np.pi * (np.arange(days) / 90 + random.random()))
    middle = 3.9 + 0.25 * random.normal()
    hrv = np.rint(np.exp(middle + slow + 0.1 * random.normal(0, 1, days)).clip(8, 200))
    pulse = np.rint(52 + 4 * random.normal() - 20 * slow + random.normal(0, 1.5, days))
    vo2max = np.round(40 + 4 * (runner.threshold_mps - 3) * 3 + 8 * slow + random.normal(0, 0.2, days), 1)
    sleep = 60 * np.rint(60 * (7.4 + 0.6 * random.normal(0, 1, days)).clip(3, 11))
    rows = np.flatnonzero(random.random(days) > 0.08)
    columns = (column[rows].astype(int).tolist() for column in (hrv, pulse, sleep))
    stamp = now.astimezone(UTC).isoformat()
    return [
        f"{uuid7()}\t{runner.athlete_id}\t{dates[day]}\tgarmin\t{ms}\t{bpm}\t{ml}\t{s}\t{stamp}\n"
        for day, ml, ms, bpm, s in zip(rows.tolist(), vo2max[rows].tolist(), *columns, strict=True)
    ]
