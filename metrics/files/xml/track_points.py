"""Collect the track points of GPX and TCX in little memory: ten numbers for each point."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from math import isnan

import numpy as np

from metrics.files.resampling import (
    add_distance,
    build_samples,
    compute_mean,
    compute_mean_above_zero,
    find_highest,
    find_last,
    sort_readings,
    start_distance_at_zero,
)
from metrics.recording import Column, Lap, Pause, Recording, Samples, Totals

from .stream import parse_decimal, parse_instant

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

NAN_ROW = [np.nan] * (len(POINT_COLUMNS) - 1)


class TrackPoints:
    """The points of one activity while it is read. A new segment follows a break in the recording."""

    def __init__(self) -> None:
        self.numbers = array("d")
        self.segments = 0
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
            self._row[place] = parse_instant(text) if place == 0 else parse_decimal(text)

    def finish_point(self) -> None:
        self.numbers.extend(self._row)

    def readings(self) -> dict[str, Column]:
        """The readings in order of time. If no distance was recorded, it is counted from the positions."""
        table = np.frombuffer(self.numbers, np.float64).reshape(-1, len(POINT_COLUMNS))
        readings = {name: table[:, place].copy() for place, name in enumerate(POINT_COLUMNS)}
        heart = readings["heart_rate_bpm"]
        readings["heart_rate_bpm"] = np.where(heart > 0, heart, np.nan)
        return add_distance(sort_readings(readings))


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
    readings = points.readings()
    if not len(readings["unix_s"]):
        return None
    known_totals = {total: value for total, value in (stated or {}).items() if value}
    readings["distance_m"] = start_distance_at_zero(readings["distance_m"], known_totals.get("distance_m"))
    start = float(readings["unix_s"][0])
    samples = build_samples(readings, start, sport)
    recorded_spans = find_segment_spans(readings)
    return Recording(
        sport=sport,
        name=name,
        started_at=datetime.fromtimestamp(start, UTC),
        totals=_build_totals(samples, recorded_spans, known_totals),
        samples=samples,
        laps=tuple(replace(lap, start_s=max(lap_start - start, 0.0)) for lap_start, lap in laps),
        pauses=tuple(_build_pauses(recorded_spans, start)),
        device=device,
    )


def _build_totals(samples: Samples, recorded_spans: list[Span], stated: Mapping[str, float]) -> Totals:
    duration_s = stated.get("duration_s") or sum(end - start for start, end in recorded_spans)
    counted = Totals(
        duration_s=duration_s,
        elapsed_s=max(duration_s, float(samples.time_s[-1])),
        distance_m=find_last(samples.distance_m) or None,
        avg_hr_bpm=compute_mean(samples.heart_rate_bpm),
        max_hr_bpm=find_highest(samples.heart_rate_bpm),
        avg_cadence_spm=compute_mean_above_zero(samples.cadence_spm),
    )
    return replace(counted, **stated)


def _build_pauses(recorded_spans: list[Span], start: float) -> Iterator[Pause]:
    for (_, stop), (again, _) in pairwise(recorded_spans):
        if again > stop:
            yield Pause(stop - start, again - start)
