"""Build the Recording of a FIT session from its totals, laps, pauses and records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from metrics.files.cadence import find_cadence_speed_mps, find_step_factor
from metrics.files.distance import complete_distance
from metrics.files.resampling import (
    HEART_RATE_RANGE_BPM,
    build_samples,
    find_highest,
    find_last,
    mask_out_of_range,
    select_time_range,
)
from metrics.files.sports import FIT_SPORTS
from metrics.files.time_weights import compute_mean, compute_mean_above_zero
from metrics.recording import Column, Lap, Pause, Recording, Samples, Totals

from .device import read_altitude_source, read_device_name, read_vo2max
from .laps_and_pauses import UnixRange, build_laps, build_pauses
from .messages import FitFile
from .numbers import Message, get_message_number, get_positive_number, read_heart_rate
from .stale_sessions import correct_session_times
from .timestamps import Clock


@dataclass(frozen=True, slots=True)
class FitActivity:
    """A FIT file of type activity. Its readings are in UTC and sorted by time."""

    file: FitFile
    clock: Clock
    readings: dict[str, Column]
    record_unix_s: Column  # of every record message that has a time
    has_stale_records: bool = False


def build_session_recording(
    activity: FitActivity, session: Message, start: float, window: UnixRange
) -> Recording:
    """The Recording of a session that starts at `start` and has the records in `window` (unix seconds).

    If `session` is empty, all totals are counted from the records. Records before the start count for the
    mean heart rate only.
    """
    file, clock = activity.file, activity.clock
    sport, sub_sport = _read_sport(file, session)
    readings = select_time_range(activity.readings, window)
    times = correct_session_times(session, start, readings["unix_s"], activity.has_stale_records)
    session, start, warnings = times.session, times.start, [*clock.warnings, *times.warnings]
    if times.warnings:
        window = (start, window[1])
    pauses = tuple(build_pauses(file, clock, start, window))
    readings["segment"] = _number_segments(readings["unix_s"] - start, pauses)
    total_m = get_positive_number(session, "total_distance")
    distance = complete_distance(readings, sport, start, total_m, is_cut=times.is_cut)
    if distance.has_glitch:
        warnings.append("gps_glitch")
    readings = distance.readings
    factor = _find_step_factor(readings, session, sport)
    samples = build_samples(readings, start, factor)
    laps = tuple(build_laps(file, clock, start, window))
    return Recording(
        sport=sport,
        sub_sport=sub_sport,
        name=_read_text(session, "sport_profile_name") or _read_text(file.first("sport"), "name"),
        started_at=datetime.fromtimestamp(start, UTC),
        totals=_build_totals(file, session, sport, samples, laps, pauses, readings, factor),
        samples=samples,
        laps=laps,
        pauses=pauses,
        utc_offset_min=clock.utc_offset_min,
        device=read_device_name(file),
        altitude_source=read_altitude_source(file),
        warnings=tuple(warnings),
    )


def _number_segments(time_s: Column, pauses: tuple[Pause, ...]) -> Column:
    """The number of the segment of each record: one more after each pause. NaN in a pause."""
    begun = np.searchsorted([pause.start_s for pause in pauses], time_s, "left")
    ended = np.searchsorted([pause.end_s for pause in pauses], time_s, "right")
    return np.where(begun > ended, np.nan, ended)


def _find_step_factor(readings: dict[str, Column], session: Message, sport: str) -> int:
    """The factor of the records' cadence, else of the session's."""
    cadence = readings["cadence_spm"]
    if np.isfinite(cadence).any():
        speed_mps = find_cadence_speed_mps(
            readings["unix_s"], readings["distance_m"], readings["speed_mps"], cadence
        )
        return find_step_factor(cadence, speed_mps, sport)
    avg_cadence = get_positive_number(session, "avg_cadence")
    distance_m, timer_s = (
        get_positive_number(session, key) for key in ("total_distance", "total_timer_time")
    )
    speed_mps = distance_m / timer_s if distance_m and timer_s else None
    return find_step_factor(np.array([avg_cadence or np.nan]), speed_mps, sport)


def _read_sport(file: FitFile, session: Message) -> tuple[str, str]:
    """Astral's sport, and the device's sub-sport."""
    message = session or file.first("sport") or file.first("lap")
    sport, sub_sport = _read_text(message, "sport"), _read_text(message, "sub_sport")
    if sport == "transition":
        sub_sport = sport
    return FIT_SPORTS.get(sport, "workout"), "" if sub_sport == "generic" else sub_sport


def _build_totals(
    file: FitFile,
    session: Message,
    sport: str,
    samples: Samples,
    laps: tuple[Lap, ...],
    pauses: tuple[Pause, ...],
    readings: dict[str, Column],
    step_factor: int,
) -> Totals:
    span_s = float(samples.time_s[-1]) if len(samples) else 0.0
    elapsed_s = get_positive_number(session, "total_elapsed_time") or span_s
    paused_s = sum(pause.end_s - pause.start_s for pause in pauses if pause.end_s <= elapsed_s)
    duration_s = get_positive_number(session, "total_timer_time") or max(elapsed_s - paused_s, 0.0)
    return Totals(
        duration_s=duration_s,
        elapsed_s=max(elapsed_s, duration_s),
        distance_m=get_positive_number(session, "total_distance")
        or find_last(samples.distance_m)
        or sum(lap.distance_m or 0.0 for lap in laps)
        or None,
        moving_s=get_positive_number(session, "total_moving_time"),
        elevation_gain_m=get_message_number(session, "total_ascent"),
        elevation_loss_m=get_message_number(session, "total_descent"),
        avg_hr_bpm=read_heart_rate(session, "avg_heart_rate")
        or compute_mean(
            readings["unix_s"], mask_out_of_range(readings["heart_rate_bpm"], HEART_RATE_RANGE_BPM)
        ),
        max_hr_bpm=read_heart_rate(session, "max_heart_rate") or find_highest(samples.heart_rate_bpm),
        avg_cadence_spm=_read_cadence(session, step_factor)
        or compute_mean_above_zero(samples.time_s, samples.cadence_spm),
        calories_kcal=get_positive_number(session, "total_calories"),
        vo2max_ml_kg_min=read_vo2max(file) if sport == "run" else None,
    )


def _read_cadence(session: Message, step_factor: int) -> float | None:
    avg_cadence = get_positive_number(session, "avg_cadence")
    if avg_cadence is None:
        return None
    fraction = get_message_number(session, "avg_fractional_cadence") or 0.0
    return (avg_cadence + fraction) * step_factor


def _read_text(message: Message, key: str) -> str:
    value = message.get(key)
    return value.strip() if isinstance(value, str) else ""
