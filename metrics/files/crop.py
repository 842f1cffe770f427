"""Crop a recording to the part that its owner kept in another app. The file has the whole.

An export says the first and the last instant of an activity. That alone is no crop: see `is_cropped`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.recording import Column, Interval, Lap, Pause, Recording, Samples, Totals

from .resampling import SAMPLE_COLUMNS, find_highest
from .time_weights import compute_mean, compute_mean_above_zero, find_hole_s

LEAST_CUT_S = 10.0
"""Less is no crop. An export has whole seconds, and 95 % of recordings end within 2 s of their device's own
end. In a real export of 14 uncropped files, all starts agree to the second, and no file lasts longer."""

ROUNDING_S = 1.0
LEAST_LAP_S = 1.0
KEPT_KEY, WHOLE_KEY = "cropped_to", "cropped_from"
"""The intervals of a cropped recording, as they are stored with its totals."""


def is_cropped(recording: Recording, first: datetime, last: datetime) -> bool:
    """Whether the owner cut at least 10 s of recorded time, if `first` to `last` is all that is left.

    Pauses and holes are no recorded time. Nothing is cut off if the interval is outside of the recording at
    one end: then clocks disagree, or the other app measured until later.
    """
    time_s, elapsed_s = recording.samples.time_s, recording.totals.elapsed_s
    first_s, last_s = _count_seconds(recording, first), _count_seconds(recording, last)
    if len(_find_rows(time_s, first_s, last_s)) < 2:
        return False
    if first_s < -LEAST_CUT_S or last_s > max(float(time_s[-1]), elapsed_s) + LEAST_CUT_S:
        return False
    # Watches write a few records after the end, and some end long after their last record.
    cut_s = (
        _count_recorded_s(recording, float(time_s[0]), first_s),
        _count_recorded_s(recording, last_s, min(float(time_s[-1]), elapsed_s)),
    )
    return max(cut_s) >= LEAST_CUT_S


def crop_recording(recording: Recording, first: datetime, last: datetime) -> Recording:
    """Only the samples, laps and pauses from `first` to `last`, with totals counted from the samples.

    Totals of the device are of the whole, so they are not used. With fewer than two samples inside, the
    recording is returned as it is.
    """
    samples = recording.samples
    rows = _find_rows(samples.time_s, _count_seconds(recording, first), _count_seconds(recording, last))
    if len(rows) < 2:
        return recording
    begin_s, end_s = float(samples.time_s[rows[0]]), float(samples.time_s[rows[-1]])
    totals = _count_totals(recording, begin_s, end_s)
    if totals.duration_s <= 0:
        return recording
    columns = {name: getattr(samples, name)[rows] for name in SAMPLE_COLUMNS}
    columns["distance_m"] = columns["distance_m"] - (_find_distance_m(samples, begin_s) or 0.0)
    return replace(
        recording.with_warning("cropped"),
        started_at=recording.started_at + timedelta(seconds=begin_s),
        totals=totals,
        samples=Samples(time_s=samples.time_s[rows] - begin_s, **columns),
        laps=tuple(_crop_laps(recording, begin_s, end_s)),
        pauses=tuple(_crop_pauses(recording.pauses, begin_s, end_s)),
        cropped_to=(first, last),
        cropped_from=(recording.started_at, recording.ended_at),
    )


def serialize_crop(recording: Recording) -> dict[str, list[str]]:
    """The two intervals as ISO texts; nothing if the recording is whole."""
    intervals = {KEPT_KEY: recording.cropped_to, WHOLE_KEY: recording.cropped_from}
    return {
        key: [instant.isoformat() for instant in interval]
        for key, interval in intervals.items()
        if interval is not None
    }


def parse_interval(stored: Mapping[str, Any], key: str) -> Interval | None:
    """An interval that `serialize_crop` wrote."""
    texts = stored.get(key)
    return None if texts is None else (datetime.fromisoformat(texts[0]), datetime.fromisoformat(texts[1]))


def _count_seconds(recording: Recording, instant: datetime) -> float:
    return (instant - recording.started_at).total_seconds()


def _find_rows(time_s: Column, first_s: float, last_s: float) -> npt.NDArray[np.intp]:
    return np.flatnonzero((time_s > first_s - ROUNDING_S) & (time_s < last_s + ROUNDING_S))


def _count_totals(recording: Recording, begin_s: float, end_s: float) -> Totals:
    """The totals from `begin_s` to `end_s`, counted from the samples."""
    samples = recording.samples
    rows = (samples.time_s >= begin_s) & (samples.time_s <= end_s)
    time_s, heart_rate_bpm = samples.time_s[rows], samples.heart_rate_bpm[rows]
    began_m, ended_m = _find_distance_m(samples, begin_s), _find_distance_m(samples, end_s)
    return Totals(
        duration_s=_count_timer_s(recording, begin_s, end_s),
        elapsed_s=end_s - begin_s,
        distance_m=None if began_m is None or ended_m is None else (ended_m - began_m) or None,
        avg_hr_bpm=compute_mean(time_s, heart_rate_bpm),
        max_hr_bpm=find_highest(heart_rate_bpm),
        avg_cadence_spm=compute_mean_above_zero(time_s, samples.cadence_spm[rows]),
    )


def _find_distance_m(samples: Samples, at_s: float) -> float | None:
    known = np.isfinite(samples.distance_m)
    if not known.any():
        return None
    return float(np.interp(at_s, samples.time_s[known], samples.distance_m[known]))


def _count_timer_s(recording: Recording, begin_s: float, end_s: float) -> float:
    """The time without pauses; also without holes, if that fits the timer of the whole better."""
    elapsed_s = recording.totals.elapsed_s
    whole_s = elapsed_s - _count_paused_s(recording.pauses, 0.0, elapsed_s)
    away_s = abs(recording.totals.duration_s - whole_s)
    holes_s = _count_hole_s(recording, 0.0, elapsed_s)
    has_stopped_in_holes = abs(recording.totals.duration_s - (whole_s - holes_s)) < away_s
    timer_s = end_s - begin_s - _count_paused_s(recording.pauses, begin_s, end_s)
    return max(timer_s - (_count_hole_s(recording, begin_s, end_s) if has_stopped_in_holes else 0.0), 0.0)


def _count_paused_s(pauses: tuple[Pause, ...], begin_s: float, end_s: float) -> float:
    return sum(pause.end_s - pause.start_s for pause in _crop_pauses(pauses, begin_s, end_s))


def _count_recorded_s(recording: Recording, begin_s: float, end_s: float) -> float:
    """Seconds between samples, without pauses and holes."""
    inside_s, is_hole, is_paused = _measure_steps(recording, begin_s, end_s)
    return float(inside_s[~is_hole & ~is_paused].sum())


def _count_hole_s(recording: Recording, begin_s: float, end_s: float) -> float:
    """Seconds of holes that no pause explains."""
    inside_s, is_hole, is_paused = _measure_steps(recording, begin_s, end_s)
    return float(inside_s[is_hole & ~is_paused].sum())


def _measure_steps(
    recording: Recording, begin_s: float, end_s: float
) -> tuple[Column, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """For each step between two samples: its seconds inside, if it is a hole, and if it is in a pause."""
    time_s = recording.samples.time_s
    inside_s = np.minimum(time_s[1:], end_s) - np.maximum(time_s[:-1], begin_s)
    middle_s = (time_s[1:] + time_s[:-1]) / 2
    begun = np.searchsorted([pause.start_s for pause in recording.pauses], middle_s, "right")
    ended = np.searchsorted([pause.end_s for pause in recording.pauses], middle_s, "right")
    return np.maximum(inside_s, 0.0), np.diff(time_s) > find_hole_s(time_s), begun > ended


def _crop_pauses(pauses: tuple[Pause, ...], begin_s: float, end_s: float) -> Iterator[Pause]:
    for pause in pauses:
        start_s, stop_s = max(pause.start_s, begin_s), min(pause.end_s, end_s)
        if stop_s > start_s:
            yield Pause(start_s - begin_s, stop_s - begin_s)


def _crop_laps(recording: Recording, begin_s: float, end_s: float) -> Iterator[Lap]:
    """A lap that is cut has its numbers from the samples."""
    for lap in recording.laps:
        start_s, stop_s = max(lap.start_s, begin_s), min(lap.start_s + lap.elapsed_s, end_s)
        if stop_s - start_s < LEAST_LAP_S:
            continue
        if stop_s - start_s > lap.elapsed_s - LEAST_LAP_S:
            yield replace(lap, start_s=start_s - begin_s)
            continue
        totals = _count_totals(recording, start_s, stop_s)
        yield Lap(
            start_s - begin_s,
            totals.elapsed_s,
            totals.duration_s,
            totals.distance_m,
            totals.avg_hr_bpm,
            totals.max_hr_bpm,
        )
