"""Collect the track points of GPX and TCX in little memory: ten numbers for each point."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from math import isnan

import numpy as np

from metrics.files.cadence import find_cadence_speed_mps, find_step_factor
from metrics.files.distance import complete_distance
from metrics.files.resampling import build_samples, find_highest, find_last, sort_readings
from metrics.files.stale_records import (
    LONG_HOLE_S,
    Hole,
    find_kept_records,
    find_possible_dates,
    fits_all_parts,
)
from metrics.files.time_weights import compute_mean, compute_mean_above_zero
from metrics.recording import Column, Lap, Pause, Recording, Samples, Totals

from .point_times import fill_point_times
from .text import is_reading, parse_decimal, parse_instant

POINT_COLUMNS = (
    "unix_s",
    "latitude_deg",
    "longitude_deg",
    "altitude_m",
    "speed_mps",
    "heart_rate_bpm",
    "cadence_spm",
    "power_w",
    "distance_m",
    "segment",
)
Span = tuple[float, float]

TIME_COLUMNS = {"unix_s"}
POSITION_COLUMNS = {"latitude_deg", "longitude_deg"}

MAX_LEFTOVER_SHARE, MAX_LEFTOVER_S = 0.1, 300.0
"""A segment of another day with fewer points and less time is left over from a recording before."""

LAP_SLACK_S = 2.0

NAN_ROW = [np.nan] * (len(POINT_COLUMNS) - 1)


class TrackPoints:
    """The points of one activity while it is read. A new segment follows a break in the recording."""

    def __init__(self) -> None:
        self.numbers = array("d")
        self.segments = 0
        self.unreadable: dict[str, str] = {}  # the first text of each column that is no number or time
        self._row: list[float] = []
        self._place = {name: place for place, name in enumerate(POINT_COLUMNS)}

    def __len__(self) -> int:
        return len(self.numbers) // len(POINT_COLUMNS)

    def begin_point(self) -> None:
        self._row = [*NAN_ROW, float(self.segments)]

    def set_reading(self, column: str, text: str) -> None:
        """Set a reading of the current point. If the file repeats a reading, the first one stays."""
        place = self._place[column]
        if isnan(self._row[place]):
            self._row[place] = self.parse_text(column, text)

    def parse_text(self, column: str, text: str) -> float:
        """The number or time of a text. NaN if it is none; a text that should be one is remembered."""
        number = parse_instant(text) if column == "unix_s" else parse_decimal(text)
        if isnan(number) and is_reading(text):
            self.unreadable.setdefault(column, text)
        return number

    @property
    def warnings(self) -> list[str]:
        """The warning codes for texts that could not be read."""
        columns = self.unreadable.keys()
        found = {
            "unreadable_times": columns & TIME_COLUMNS,
            "unreadable_positions": columns & POSITION_COLUMNS,
            "unreadable_readings": columns - TIME_COLUMNS - POSITION_COLUMNS,
        }
        return [code for code, unreadable in found.items() if unreadable]

    def finish_point(self) -> None:
        self.numbers.extend(self._row)

    def readings(self) -> dict[str, Column]:
        """The readings of all points, in the order of the file. Points between timed ones get a time."""
        table = np.frombuffer(self.numbers, np.float64).reshape(-1, len(POINT_COLUMNS))
        readings = {name: table[:, place].copy() for place, name in enumerate(POINT_COLUMNS)}
        heart = readings["heart_rate_bpm"]
        readings["heart_rate_bpm"] = np.where(heart > 0, heart, np.nan)
        readings["unix_s"] = fill_point_times(readings)
        return readings


def find_unreadable_time(tracks: Iterable[TrackPoints]) -> str:
    """A time that could not be read. "" if there is none."""
    return next((text for points in tracks if (text := points.unreadable.get("unix_s"))), "")


def find_segment_spans(readings: dict[str, Column]) -> list[Span]:
    """(first, last) unix second of each recorded segment, in order of time."""
    unix_s, segment = readings["unix_s"], readings["segment"]
    segment_times = [unix_s[segment == number] for number in np.unique(segment)]
    return sorted((float(times[0]), float(times[-1])) for times in segment_times)


def build_track_recording(
    points: TrackPoints,
    sport: str,
    *,
    name: str = "",
    device: str = "",
    stated: Mapping[str, float | None] | None = None,
    laps: Iterable[tuple[float, Lap]] = (),
) -> Recording | None:
    """The Recording of an activity's points. None if no point has a time.

    `stated` has the Totals that the file gives; the others are counted. `laps` are pairs (unix start, lap).
    """
    track = _select_kept_readings(points.readings(), stated or {})
    if not len(track.readings["unix_s"]):
        return None
    warnings = [*points.warnings, *track.warnings]
    start = float(track.readings["unix_s"][0])
    total_m = track.stated.get("distance_m")
    distance = complete_distance(
        track.readings, sport, start, total_m, is_cut=bool(track.warnings) and total_m is None
    )
    if distance.has_glitch:
        warnings.append("gps_glitch")
    readings = distance.readings
    speed_mps = find_cadence_speed_mps(
        *(readings[name] for name in ("unix_s", "distance_m", "speed_mps", "cadence_spm"))
    )
    samples = build_samples(readings, start, find_step_factor(readings["cadence_spm"], speed_mps, sport))
    recorded_spans = find_segment_spans(readings)
    return Recording(
        sport=sport,
        name=name,
        started_at=datetime.fromtimestamp(start, UTC),
        totals=_build_totals(samples, recorded_spans, track.stated),
        samples=samples,
        laps=tuple(
            replace(lap, start_s=max(lap_start - start, 0.0))
            for lap_start, lap in laps
            if not track.warnings or start - LAP_SLACK_S <= lap_start <= start + samples.time_s[-1]
        ),
        pauses=tuple(_build_pauses(recorded_spans, start)),
        device=device,
        warnings=tuple(warnings),
    )


@dataclass(frozen=True, slots=True)
class _Track:
    """The readings of the points of the activity, in order of time, and the totals of the file."""

    readings: dict[str, Column]
    stated: dict[str, float]
    warnings: tuple[str, ...] = ()


def _select_kept_readings(in_file: dict[str, Column], stated: Mapping[str, float | None]) -> _Track:
    """Points left over from days before are dropped.

    The timer explains a hole of days. A new segment does too, unless one side has a few points only.
    """
    known_totals = {total: value for total, value in stated.items() if value}
    timer_s = known_totals.get("duration_s", 0.0)
    readings = sort_readings(in_file)
    unix_s, segment = readings["unix_s"], readings["segment"]
    has_all_parts = fits_all_parts(unix_s, timer_s)

    def is_explained(hole: Hole) -> bool:
        stopped, again = np.searchsorted(unix_s, hole)
        before, after = unix_s[: stopped + 1], unix_s[again:]
        shorter = before if len(before) < len(after) else after
        is_leftover = len(shorter) < MAX_LEFTOVER_SHARE * len(unix_s) and np.ptp(shorter) < MAX_LEFTOVER_S
        return has_all_parts or bool(segment[stopped] != segment[again] and not is_leftover)

    kept = find_kept_records(unix_s, is_explained)
    in_file_unix_s = in_file["unix_s"]
    possible = find_possible_dates(in_file_unix_s[np.isfinite(in_file_unix_s)])
    if kept.all() and possible.all():
        return _Track(readings, known_totals)
    readings = {name: column[kept] for name, column in readings.items()}
    if timer_s >= float(np.ptp(readings["unix_s"])) + LONG_HOLE_S:
        known_totals = {}
    return _Track(readings, known_totals, warnings=("stale_records",))


def _build_totals(samples: Samples, recorded_spans: list[Span], stated: Mapping[str, float]) -> Totals:
    duration_s = stated.get("duration_s") or sum(end - start for start, end in recorded_spans)
    counted = Totals(
        duration_s=duration_s,
        elapsed_s=max(duration_s, float(samples.time_s[-1])),
        distance_m=find_last(samples.distance_m) or None,
        avg_hr_bpm=compute_mean(samples.time_s, samples.heart_rate_bpm),
        max_hr_bpm=find_highest(samples.heart_rate_bpm),
        avg_cadence_spm=compute_mean_above_zero(samples.time_s, samples.cadence_spm),
    )
    return replace(counted, **stated)


def _build_pauses(recorded_spans: list[Span], start: float) -> Iterator[Pause]:
    for (_, stop), (again, _) in pairwise(recorded_spans):
        if again > stop:
            yield Pause(stop - start, again - start)
