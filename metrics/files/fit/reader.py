"""FIT, the watches' own format: one Recording a session, a multisport's transitions too (as `workout`)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from metrics.files.errors import (
    NO_TIME,
    NOT_AN_ACTIVITY,
    UNREADABLE_FILE,
    FileRefused,
    Readable,
    broken_off,
)
from metrics.files.resampling import between, first_told, in_order, last
from metrics.recording import Column, Recording

from .heart_rate import heart_rate_at
from .messages import PACKED, FitFile, Message, decode
from .session import FitActivity, session_recording
from .timestamps import DEVICE_TIME_ENDS_UNIX_S, Clock, clock_of, number, without_jump

DEGREES_PER_SEMICIRCLE = 180 / 2**31
SLACK_S = 60.0
"""Watches write a few records more after a session's end."""


def read_fit(data: bytes, *, accept_partial: bool) -> tuple[Recording, ...]:
    """The activities of a chain of FIT files in order of time, each once.

    Raises FileRefused (UNREADABLE_FILE, NOT_AN_ACTIVITY, NO_TIME, PARTIAL_RECORDING, FILE_TOO_LARGE).
    """
    content = decode(data)
    files = [file for file in content.files if file.first("file_id").get("type", "activity") == "activity"]
    if not files:
        if any(file.first("file_id") for file in content.files):
            raise FileRefused(NOT_AN_ACTIVITY, "The FIT file holds no activity.")
        raise FileRefused(UNREADABLE_FILE, "The file is no readable FIT file.")
    once = {
        (recording.sport, recording.started_at, recording.totals.duration_s): recording
        for file in files
        for recording in _recordings(file, content.damaged, accept_partial)
    }
    return tuple(sorted(once.values(), key=lambda recording: recording.started_at))


def _recordings(file: FitFile, damaged: bool, accept_partial: bool) -> list[Recording]:
    activity = _activity(file, damaged)
    found = _sessions(activity)
    if damaged:
        found = [recording.warned("damaged_file") for recording in found]
    rest = _rest(activity, found)
    if len(rest["unix_s"]) and (damaged or not found):
        if damaged and not accept_partial:
            raise broken_off(_readable(activity, rest))
        start = float(rest["unix_s"][0])
        recording = session_recording(activity, {}, start, (start, np.inf))
        found.append(recording.warned("partial_recording") if damaged else recording)
    if not found:
        raise _nothing(file, damaged)
    return found


def _sessions(activity: FitActivity) -> list[Recording]:
    """Each session with what was recorded up to the next one's start."""
    sessions = activity.file.messages["session"]
    starts = [
        (start, place) for place, session in enumerate(sessions) if (start := _start(activity, session))
    ]
    ordered = sorted(starts)
    bounds = [-np.inf, *(start for start, _ in ordered[1:]), np.inf]
    return [
        session_recording(activity, sessions[place], start, window)
        for (start, place), window in zip(ordered, pairwise(bounds), strict=False)
    ]


def _activity(file: FitFile, damaged: bool) -> FitActivity:
    raw = file.records()
    clock = clock_of(file)
    if clock is None:
        raise _nothing(file, damaged)
    unix_s = clock.column(raw["timestamp"])
    sessions = file.messages["session"]
    elapsed_s = number(sessions[0], "total_elapsed_time") if len(sessions) == 1 else None
    if elapsed_s is not None:
        clock = without_jump(clock, in_order({"unix_s": unix_s})["unix_s"], elapsed_s)
        unix_s = clock.column(raw["timestamp"])
    return FitActivity(
        file, clock, in_order(_readings(file, raw, unix_s, clock)), unix_s[np.isfinite(unix_s)]
    )


def _nothing(file: FitFile, damaged: bool) -> FileRefused:
    if len(file.records()["timestamp"]) or file.messages["session"]:
        return FileRefused(NO_TIME, "The recording does not tell when it took place.")
    if damaged:
        return FileRefused(UNREADABLE_FILE, "The FIT file is damaged; nothing of its activity is readable.")
    return FileRefused(NOT_AN_ACTIVITY, "The FIT file holds no recorded activity.")


def _readings(file: FitFile, raw: dict[str, Column], unix_s: Column, clock: Clock) -> dict[str, Column]:
    speed_mps, distance_m = _unpacked(raw[PACKED])
    heart_rate_bpm = np.where(raw["heart_rate"] > 0, raw["heart_rate"], np.nan)
    if file.messages["hr"]:
        heart_rate_bpm = first_told(heart_rate_bpm, heart_rate_at(unix_s, file.messages["hr"], clock))
    return {
        "unix_s": unix_s,
        "distance_m": first_told(raw["distance"], distance_m),
        "latitude_deg": raw["position_lat"] * DEGREES_PER_SEMICIRCLE,
        "longitude_deg": raw["position_long"] * DEGREES_PER_SEMICIRCLE,
        "altitude_m": first_told(raw["enhanced_altitude"], raw["altitude"]),
        "speed_mps": first_told(raw["enhanced_speed"], raw["speed"], speed_mps),
        "heart_rate_bpm": heart_rate_bpm,
        "cadence_spm": raw["cadence"] + np.nan_to_num(raw["fractional_cadence"]),
        "power_w": raw["power"],
    }


def _unpacked(packed: Column) -> tuple[Column, Column]:
    """A foot pod's speed (12 bits of 1/100 m/s) and cumulative distance (12 bits of 1/16 m, rolling over)."""
    told = np.isfinite(packed)
    values = packed[told].astype(np.int64)
    speed_mps, distance_m = np.full(len(packed), np.nan), np.full(len(packed), np.nan)
    speed_mps[told] = (values & 0xFFF) / 100
    sixteenths = values >> 12
    distance_m[told] = np.cumsum(np.diff(sixteenths, prepend=0) % 4096) / 16
    return speed_mps, distance_m


def _start(activity: FitActivity, session: Message) -> float | None:
    """The session's own start, else its end less its length, else the first record."""
    start = activity.clock.instant(session, "start_time")
    if start is not None and start >= DEVICE_TIME_ENDS_UNIX_S:
        return start
    end, elapsed_s = activity.clock.instant(session, "timestamp"), number(session, "total_elapsed_time")
    if end is not None and elapsed_s is not None and end - elapsed_s >= DEVICE_TIME_ENDS_UNIX_S:
        return end - elapsed_s
    unix_s = activity.readings["unix_s"]
    return float(unix_s[0]) if len(unix_s) else None


def _rest(activity: FitActivity, found: list[Recording]) -> dict[str, Column]:
    """The records after the last session's end."""
    if not found:
        return activity.readings
    end = max(recording.ended_at.timestamp() for recording in found)
    return between(activity.readings, (end + SLACK_S, np.inf))


def _readable(activity: FitActivity, rest: dict[str, Column]) -> Readable:
    unix_s = rest["unix_s"]
    records = int(np.sum(activity.record_unix_s >= unix_s[0]))
    return Readable(records, float(unix_s[-1] - unix_s[0]), last(rest["distance_m"]) or 0.0)
