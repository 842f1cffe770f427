"""Track points of GPX and TCX, gathered compactly: eight numbers and a segment each."""

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
    """The points of one activity while it is read; a new segment is a break in the recording."""

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
        """A reading of the point that was begun; the first one told stays."""
        place = self._place[column]
        if isnan(self._row[place]):
            self._row[place] = parse_instant(text) if place == 0 else parse_decimal(text)

    def finish_point(self) -> None:
        self.numbers.extend(self._row)

    def readings(self) -> dict[str, Column]:
        """In order of time, with the distance along the positions where none was recorded."""
        table = np.frombuffer(self.numbers, np.float64).reshape(-1, len(POINT_COLUMNS))
        readings = {name: table[:, place].copy() for place, name in enumerate(POINT_COLUMNS)}
        heart = readings["heart_rate_bpm"]
        readings["heart_rate_bpm"] = np.where(heart > 0, heart, np.nan)
        return add_distance(sort_readings(readings))


def find_segment_spans(readings: dict[str, Column]) -> list[Span]:
    """(first, last) unix second of each recorded segment, in order of time."""
    unix_s, segment = readings["unix_s"], readings["segment"]
    each = [unix_s[segment == number] for number in np.unique(segment)]
    return sorted((float(times[0]), float(times[-1])) for times in each)


def build_track_recording(
    points: TrackPoints,
    sport: str,
    *,
    name: str = "",
    device: str = "",
    stated: Mapping[str, float | None] | None = None,
    laps: Iterable[tuple[float, Lap]] = (),
) -> Recording | None:
    """The Recording of an activity's points, None where none has a time.

    `stated` holds the Totals the file names itself, the rest is counted; `laps` come with their unix start.
    """
    readings = points.readings()
    if not len(readings["unix_s"]):
        return None
    told = {total: value for total, value in (stated or {}).items() if value}
    readings["distance_m"] = start_distance_at_zero(readings["distance_m"], told.get("distance_m"))
    start = float(readings["unix_s"][0])
    recorded = build_samples(readings, start, sport)
    recorded_spans = find_segment_spans(readings)
    return Recording(
        sport=sport,
        name=name,
        started_at=datetime.fromtimestamp(start, UTC),
        totals=_build_totals(recorded, recorded_spans, told),
        samples=recorded,
        laps=tuple(replace(lap, start_s=max(lap_start - start, 0.0)) for lap_start, lap in laps),
        pauses=tuple(_build_pauses(recorded_spans, start)),
        device=device,
    )


def _build_totals(recorded: Samples, recorded_spans: list[Span], told: Mapping[str, float]) -> Totals:
    duration_s = told.get("duration_s") or sum(end - start for start, end in recorded_spans)
    counted = Totals(
        duration_s=duration_s,
        elapsed_s=max(duration_s, float(recorded.time_s[-1])),
        distance_m=find_last(recorded.distance_m) or None,
        avg_hr_bpm=compute_mean(recorded.heart_rate_bpm),
        max_hr_bpm=find_highest(recorded.heart_rate_bpm),
        avg_cadence_spm=compute_mean_above_zero(recorded.cadence_spm),
    )
    return replace(counted, **told)


def _build_pauses(recorded_spans: list[Span], start: float) -> Iterator[Pause]:
    for (_, stop), (again, _) in pairwise(recorded_spans):
        if again > stop:
            yield Pause(stop - start, again - start)
