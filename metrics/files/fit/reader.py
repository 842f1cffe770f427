"""Read FIT, the format of the watches. Each session gives a Recording.

A transition of a multisport activity is a session too; its sport is `workout`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from metrics.files.errors import (
    NO_TIME,
    NOT_AN_ACTIVITY,
    UNREADABLE_FILE,
    FileError,
    ReadablePart,
    partial_recording_error,
)
from metrics.files.resampling import find_last, select_time_range, sort_readings, take_first_reading
from metrics.files.stale_records import find_kept_records, find_possible_dates
from metrics.recording import Column, Recording

from .heart_rate import find_heart_rate_at
from .laps_and_pauses import sum_laps
from .messages import SPEED_DISTANCE_FIELD, FitFile, decode_fit
from .numbers import Message, get_message_number
from .session import FitActivity, build_session_recording
from .stale_sessions import HoleExplanation
from .timestamps import DEVICE_TIME_ENDS_UNIX_S, Clock, build_clock, remove_clock_jump

DEGREES_PER_SEMICIRCLE = 180 / 2**31
SESSION_END_SLACK_S = 60.0
"""Watches write a few more records after the end of a session."""


def read_fit(data: bytes, *, accept_partial: bool) -> tuple[Recording, ...]:
    """The activities of a chain of FIT files, in order of time, without duplicates.

    Raises FileError (UNREADABLE_FILE, NOT_AN_ACTIVITY, NO_TIME, PARTIAL_RECORDING, FILE_TOO_LARGE).
    """
    content = decode_fit(data)
    files = [file for file in content.files if file.first("file_id").get("type", "activity") == "activity"]
    if not files:
        if any(file.first("file_id") for file in content.files):
            raise FileError(NOT_AN_ACTIVITY, "The FIT file contains no activity.")
        raise FileError(UNREADABLE_FILE, "The file isn't a readable FIT file.")
    unique = {
        (recording.sport, recording.started_at, recording.totals.duration_s): recording
        for file in files
        for recording in _build_recordings(file, content.damaged, accept_partial)
    }
    return tuple(sorted(unique.values(), key=lambda recording: recording.started_at))


def _build_recordings(file: FitFile, damaged: bool, accept_partial: bool) -> list[Recording]:
    activity = _build_activity(file, damaged)
    recordings = _build_session_recordings(activity)
    if damaged:
        recordings = [recording.with_warning("damaged_file") for recording in recordings]
    rest = _readings_after_sessions(activity, recordings)
    if len(rest["unix_s"]) and (damaged or not recordings):
        if damaged and not accept_partial:
            raise partial_recording_error(_readable_part(activity, rest))
        start = float(rest["unix_s"][0])
        recording = build_session_recording(activity, {}, start, (start, np.inf))
        recordings.append(recording.with_warning("partial_recording") if damaged else recording)
    if not recordings:
        raise _no_activity_error(file, damaged)
    return recordings


def _build_session_recordings(activity: FitActivity) -> list[Recording]:
    """A recording for each session. It has the records up to the start of the next session."""
    sessions = activity.file.messages["session"]
    starts = [
        (start, place)
        for place, session in enumerate(sessions)
        if (start := _find_session_start(activity, session))
    ]
    ordered = sorted(starts)
    bounds = [-np.inf, *(start for start, _ in ordered[1:]), np.inf]
    return [
        build_session_recording(activity, sessions[place], start, window)
        for (start, place), window in zip(ordered, pairwise(bounds), strict=False)
    ]


def _build_activity(file: FitFile, damaged: bool) -> FitActivity:
    raw = file.record_columns()
    sessions = file.messages["session"]
    if len(sessions) <= 1 and not len(raw["timestamp"]) and file.messages["lap"]:
        sessions[:] = [sum_laps(file.messages["lap"], *sessions)]
    clock = build_clock(file)
    if clock is None:
        raise _no_activity_error(file, damaged)
    unix_s = clock.to_unix_s(raw["timestamp"])
    elapsed_s = get_message_number(sessions[0], "total_elapsed_time") if len(sessions) == 1 else None
    if elapsed_s is not None:
        start = clock.read_unix_s(sessions[0], "start_time")
        clock = remove_clock_jump(clock, sort_readings({"unix_s": unix_s})["unix_s"], start, elapsed_s)
        unix_s = clock.to_unix_s(raw["timestamp"])
    readings = sort_readings(_convert_readings(file, raw, unix_s, clock))
    recorded_unix_s = unix_s[np.isfinite(unix_s)]
    kept = find_kept_records(
        readings["unix_s"], HoleExplanation(file, clock, readings["unix_s"]).is_explained
    )
    has_stale_records = not (kept.all() and find_possible_dates(recorded_unix_s).all())
    if not kept.all():
        readings = {name: column[kept] for name, column in readings.items()}
    return FitActivity(file, clock, readings, recorded_unix_s, has_stale_records)


def _no_activity_error(file: FitFile, damaged: bool) -> FileError:
    has_records = len(file.record_columns()["timestamp"]) and file.first("file_id")
    if has_records or file.messages["session"]:
        return FileError(NO_TIME, "The recording has no date and time.")
    if damaged:
        return FileError(UNREADABLE_FILE, "The FIT file is damaged. No part of its activity is readable.")
    return FileError(NOT_AN_ACTIVITY, "The FIT file contains no recorded activity.")


def _convert_readings(
    file: FitFile, raw: dict[str, Column], unix_s: Column, clock: Clock
) -> dict[str, Column]:
    speed_mps, distance_m = _unpack_speed_and_distance(raw[SPEED_DISTANCE_FIELD])
    heart_rate_bpm = np.where(raw["heart_rate"] > 0, raw["heart_rate"], np.nan)
    if file.messages["hr"]:
        heart_rate_bpm = take_first_reading(
            heart_rate_bpm, find_heart_rate_at(unix_s, file.messages["hr"], clock)
        )
    return {
        "unix_s": unix_s,
        "distance_m": take_first_reading(raw["distance"], distance_m),
        "latitude_deg": raw["position_lat"] * DEGREES_PER_SEMICIRCLE,
        "longitude_deg": raw["position_long"] * DEGREES_PER_SEMICIRCLE,
        "altitude_m": take_first_reading(raw["enhanced_altitude"], raw["altitude"]),
        "speed_mps": take_first_reading(raw["enhanced_speed"], raw["speed"], speed_mps),
        "heart_rate_bpm": heart_rate_bpm,
        "cadence_spm": raw["cadence"] + np.nan_to_num(raw["fractional_cadence"]),
        "power_w": raw["power"],
    }


def _unpack_speed_and_distance(packed: Column) -> tuple[Column, Column]:
    """A foot pod's speed (12 bits, 1/100 m/s) and distance (12 bits, 1/16 m, cumulative, rolls over)."""
    known = np.isfinite(packed)
    values = packed[known].astype(np.int64)
    speed_mps, distance_m = np.full(len(packed), np.nan), np.full(len(packed), np.nan)
    speed_mps[known] = (values & 0xFFF) / 100
    sixteenths = values >> 12
    distance_m[known] = np.cumsum(np.diff(sixteenths, prepend=0) % 4096) / 16
    return speed_mps, distance_m


def _find_session_start(activity: FitActivity, session: Message) -> float | None:
    """The session's start, else its end minus its elapsed time, else the first record. Unix seconds."""
    start = activity.clock.read_unix_s(session, "start_time")
    if start is not None and start >= DEVICE_TIME_ENDS_UNIX_S:
        return start
    end, elapsed_s = (
        activity.clock.read_unix_s(session, "timestamp"),
        get_message_number(session, "total_elapsed_time"),
    )
    if end is not None and elapsed_s is not None and end - elapsed_s >= DEVICE_TIME_ENDS_UNIX_S:
        return end - elapsed_s
    unix_s = activity.readings["unix_s"]
    return float(unix_s[0]) if len(unix_s) else None


def _readings_after_sessions(activity: FitActivity, recordings: list[Recording]) -> dict[str, Column]:
    """The records after the end of the last session."""
    if not recordings:
        return activity.readings
    end = max(recording.ended_at.timestamp() for recording in recordings)
    return select_time_range(activity.readings, (end + SESSION_END_SLACK_S, np.inf))


def _readable_part(activity: FitActivity, rest: dict[str, Column]) -> ReadablePart:
    unix_s = rest["unix_s"]
    records = int(np.sum(activity.record_unix_s >= unix_s[0]))
    return ReadablePart(records, float(unix_s[-1] - unix_s[0]), find_last(rest["distance_m"]) or 0.0)
