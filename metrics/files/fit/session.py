"""Build the Recording of a FIT session from its totals, laps, pauses and records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from metrics.files.resampling import (
    HEART_RATE_RANGE_BPM,
    add_distance,
    build_samples,
    compute_mean,
    compute_mean_above_zero,
    find_highest,
    find_last,
    find_step_factor,
    mask_out_of_range,
    select_time_range,
    start_distance_at_zero,
)
from metrics.files.sports import FIT_SPORTS
from metrics.recording import Column, Lap, Pause, Recording, Samples, Totals

from .device import read_altitude_source, read_device_name, read_vo2max
from .messages import FitFile, Message
from .timestamps import Clock, get_message_number

STOP_EVENT_TYPES = frozenset({"stop", "stop_all", "stop_disable", "stop_disable_all"})
LAP_SLACK_S = 2.0

UnixRange = tuple[float, float]


@dataclass(frozen=True, slots=True)
class FitActivity:
    """A FIT file of type activity. Its readings are in UTC and sorted by time."""

    file: FitFile
    clock: Clock
    readings: dict[str, Column]
    record_unix_s: Column  # of every record message that has a time


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
    readings["distance_m"] = start_distance_at_zero(
        readings["distance_m"], get_positive_number(session, "total_distance")
    )
    samples = build_samples(add_distance(readings), start, sport)
    pauses = tuple(_build_pauses(activity, start, window))
    return Recording(
        sport=sport,
        sub_sport=sub_sport,
        name=_read_text(session, "sport_profile_name") or _read_text(file.first("sport"), "name"),
        started_at=datetime.fromtimestamp(start, UTC),
        totals=_build_totals(file, session, sport, samples, pauses, readings),
        samples=samples,
        laps=tuple(_build_laps(activity, start, window)),
        pauses=pauses,
        utc_offset_min=clock.utc_offset_min,
        device=read_device_name(file),
        altitude_source=read_altitude_source(file),
        warnings=clock.warnings,
    )


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
    pauses: tuple[Pause, ...],
    readings: dict[str, Column],
) -> Totals:
    span_s = float(samples.time_s[-1]) if len(samples) else 0.0
    elapsed_s = get_positive_number(session, "total_elapsed_time") or span_s
    paused_s = sum(pause.end_s - pause.start_s for pause in pauses if pause.end_s <= elapsed_s)
    duration_s = get_positive_number(session, "total_timer_time") or max(elapsed_s - paused_s, 0.0)
    return Totals(
        duration_s=duration_s,
        elapsed_s=max(elapsed_s, duration_s),
        distance_m=get_positive_number(session, "total_distance") or find_last(samples.distance_m) or None,
        moving_s=get_positive_number(session, "total_moving_time"),
        elevation_gain_m=get_message_number(session, "total_ascent"),
        elevation_loss_m=get_message_number(session, "total_descent"),
        avg_hr_bpm=_read_heart_rate(session, "avg_heart_rate")
        or compute_mean(mask_out_of_range(readings["heart_rate_bpm"], HEART_RATE_RANGE_BPM)),
        max_hr_bpm=_read_heart_rate(session, "max_heart_rate") or find_highest(samples.heart_rate_bpm),
        avg_cadence_spm=_read_cadence(session, sport, readings["cadence_spm"])
        or compute_mean_above_zero(samples.cadence_spm),
        calories_kcal=get_positive_number(session, "total_calories"),
        vo2max_ml_kg_min=read_vo2max(file) if sport == "run" else None,
    )


def get_positive_number(message: Message, key: str) -> float | None:
    """A number of a message. None if it is missing or 0: devices write 0 for missing values."""
    value = get_message_number(message, key)
    return value if value is not None and value > 0 else None


def _read_heart_rate(message: Message, key: str) -> float | None:
    value = get_message_number(message, key)
    return (
        value if value is not None and HEART_RATE_RANGE_BPM[0] <= value <= HEART_RATE_RANGE_BPM[1] else None
    )


def _read_cadence(session: Message, sport: str, device_cadence: Column) -> float | None:
    avg_cadence = get_positive_number(session, "avg_cadence")
    if avg_cadence is None:
        return None
    cadence = device_cadence if np.isfinite(device_cadence).any() else np.array([avg_cadence])
    fraction = get_message_number(session, "avg_fractional_cadence") or 0.0
    return (avg_cadence + fraction) * find_step_factor(cadence, sport)


def _build_laps(activity: FitActivity, start: float, window: UnixRange) -> Iterator[Lap]:
    for lap in activity.file.messages["lap"]:
        lap_start, elapsed_s = (
            activity.clock.read_unix_s(lap, "start_time"),
            get_positive_number(lap, "total_elapsed_time"),
        )
        if lap_start is None or elapsed_s is None or not window[0] - LAP_SLACK_S <= lap_start < window[1]:
            continue
        yield Lap(
            start_s=max(lap_start - start, 0.0),
            elapsed_s=elapsed_s,
            timer_s=get_positive_number(lap, "total_timer_time"),
            distance_m=get_positive_number(lap, "total_distance"),
            avg_hr_bpm=_read_heart_rate(lap, "avg_heart_rate"),
            max_hr_bpm=_read_heart_rate(lap, "max_heart_rate"),
        )


def _build_pauses(activity: FitActivity, start: float, window: UnixRange) -> Iterator[Pause]:
    """A pause lasts from a stop of the timer to its next start. Times that step back give no pause."""
    stopped: float | None = None
    ended = start
    for event in activity.file.messages["event"]:
        at = activity.clock.read_unix_s(event, "timestamp")
        if event.get("event") != "timer" or at is None or not window[0] <= at < window[1]:
            continue
        if event.get("event_type") in STOP_EVENT_TYPES and stopped is None:
            stopped = max(at, ended)
        elif event.get("event_type") == "start" and stopped is not None:
            if at > stopped:
                yield Pause(stopped - start, at - start)
                ended = at
            stopped = None


def _read_text(message: Message, key: str) -> str:
    value = message.get(key)
    return value.strip() if isinstance(value, str) else ""
