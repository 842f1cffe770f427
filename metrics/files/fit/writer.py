"""Write a Recording as a FIT activity file, for example files, tests and exports.

Field numbers, scales and invalid values come from the FIT profile. Times are whole seconds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from metrics.files.resampling import SPORTS_ON_FOOT
from metrics.recording import Column, Lap, Recording, Samples

from .container import build_fit_file
from .device import BAROMETER
from .message_writer import ENUM, SINT32, STRING, UINT8, UINT16, UINT32, encode_message
from .timestamps import FIT_EPOCH_UNIX_S

FILE_ID, SESSION, LAP, RECORD, EVENT, DEVICE_INFO, ACTIVITY = 0, 18, 19, 20, 21, 23, 34
DEVELOPMENT, ACTIVITY_FILE, LOCAL_SENSOR = 255, 4, 5
TIMER, LAP_EVENT, SESSION_EVENT, ACTIVITY_EVENT = 0, 9, 8, 26
START, STOP, STOP_ALL = 0, 1, 4

SPORT_NUMBERS = {"run": 1, "bike": 2, "swim": 5, "walk": 11, "hike": 17, "workout": 0}
SUB_SPORT_NUMBERS = {
    "treadmill": 1,
    "street": 2,
    "trail": 3,
    "track": 4,
    "lap_swimming": 17,
    "open_water": 18,
}

SEMICIRCLES_PER_DEGREE = 2**31 / 180

# (column of Samples, field number, base type, numpy type, invalid value, scale, offset)
RECORD_COLUMNS = (
    ("latitude_deg", 0, SINT32, "<i4", 0x7FFFFFFF, SEMICIRCLES_PER_DEGREE, 0),
    ("longitude_deg", 1, SINT32, "<i4", 0x7FFFFFFF, SEMICIRCLES_PER_DEGREE, 0),
    ("distance_m", 5, UINT32, "<u4", 0xFFFFFFFF, 100, 0),
    ("altitude_m", 78, UINT32, "<u4", 0xFFFFFFFF, 5, 500),
    ("speed_mps", 73, UINT32, "<u4", 0xFFFFFFFF, 1000, 0),
    ("heart_rate_bpm", 3, UINT8, "<u1", 0xFF, 1, 0),
    ("power_w", 7, UINT16, "<u2", 0xFFFF, 1, 0),
)


def encode_fit(recording: Recording) -> bytes:
    """Encode a recording as FIT. Raises ValueError if it starts before about 1998 or after about 2125."""
    start = round(recording.started_at.timestamp()) - FIT_EPOCH_UNIX_S
    if not 0x10000000 <= start < 0xFF000000:
        raise ValueError("FIT cannot store this date.")
    return build_fit_file(b"".join(_encode_messages(recording, start)))


def _encode_messages(recording: Recording, start: int) -> Iterator[bytes]:
    end = start + round(recording.totals.elapsed_s)
    yield encode_message(
        FILE_ID,
        (0, ENUM, ACTIVITY_FILE),
        (1, UINT16, DEVELOPMENT),
        (4, UINT32, start),
        (8, STRING, recording.device),
    )
    if recording.altitude_source == "barometric":
        yield encode_message(
            DEVICE_INFO, (253, UINT32, start), (1, UINT8, BAROMETER), (25, ENUM, LOCAL_SENSOR)
        )
    yield _encode_event(start, START)
    for pause in recording.pauses:
        yield _encode_event(start + round(pause.start_s), STOP_ALL)
        yield _encode_event(start + round(pause.end_s), START)
    yield _encode_records(recording.samples, start, recording.sport in SPORTS_ON_FOOT)
    yield _encode_event(end, STOP_ALL)
    for lap in recording.laps:
        yield _encode_lap(lap, start)
    yield _encode_session(recording, start, end)
    yield _encode_activity(recording, end)


def _encode_event(at: int, kind: int) -> bytes:
    return encode_message(EVENT, (253, UINT32, at), (0, ENUM, TIMER), (1, ENUM, kind))


def _encode_records(samples: Samples, start: int, on_foot: bool) -> bytes:
    """All records under one definition of local type 1. Columns that were not recorded are left out."""
    legs = 2 if on_foot else 1
    cadence = samples.cadence_spm / legs
    columns = [(253, UINT32, _to_integers(samples.time_s + start, "<u4", 0xFFFFFFFF))]
    for name, field, kind, numpy_type, invalid, scale, offset in RECORD_COLUMNS:
        if samples.has(name):
            scaled = (getattr(samples, name) + offset) * scale
            columns.append((field, kind, _to_integers(scaled, numpy_type, invalid)))
    if samples.has("cadence_spm"):
        columns.append((4, UINT8, _to_integers(np.floor(cadence), "<u1", 0xFF)))
        columns.append((53, UINT8, _to_integers(cadence % 1 * 128, "<u1", 0xFF)))
    definition = struct.pack("<BBBHB", 0x41, 0, 0, RECORD, len(columns))
    definition += b"".join(bytes((field, column.itemsize, kind)) for field, kind, column in columns)
    head = np.ones(len(samples), "<u1")
    return definition + np.rec.fromarrays([head, *(column for _, _, column in columns)]).tobytes()


def _to_integers(
    column: Column, numpy_type: str, invalid: int
) -> np.ndarray[tuple[int], np.dtype[np.integer]]:
    limits = np.iinfo(numpy_type)
    rounded = np.rint(column)
    valid = np.isfinite(rounded) & (rounded >= limits.min) & (rounded < limits.max)
    return np.where(valid, rounded, invalid).astype(numpy_type)


def _encode_lap(lap: Lap, start: int) -> bytes:
    lap_start = start + round(lap.start_s)
    return encode_message(
        LAP,
        (253, UINT32, lap_start + round(lap.elapsed_s)),
        (2, UINT32, lap_start),
        (0, ENUM, LAP_EVENT),
        (1, ENUM, STOP),
        (7, UINT32, lap.elapsed_s * 1000),
        (8, UINT32, _scale_value(lap.timer_s, 1000)),
        (9, UINT32, _scale_value(lap.distance_m, 100)),
        (15, UINT8, lap.avg_hr_bpm),
        (16, UINT8, lap.max_hr_bpm),
    )


def _encode_session(recording: Recording, start: int, end: int) -> bytes:
    totals = recording.totals
    cadence = _scale_value(totals.avg_cadence_spm, 0.5 if recording.sport in SPORTS_ON_FOOT else 1)
    return encode_message(
        SESSION,
        (253, UINT32, end),
        (2, UINT32, start),
        (0, ENUM, SESSION_EVENT),
        (1, ENUM, STOP),
        (5, ENUM, SPORT_NUMBERS[recording.sport]),
        (6, ENUM, SUB_SPORT_NUMBERS.get(recording.sub_sport)),
        (7, UINT32, totals.elapsed_s * 1000),
        (8, UINT32, totals.duration_s * 1000),
        (9, UINT32, _scale_value(totals.distance_m, 100)),
        (59, UINT32, _scale_value(totals.moving_s, 1000)),
        (22, UINT16, totals.elevation_gain_m),
        (23, UINT16, totals.elevation_loss_m),
        (16, UINT8, totals.avg_hr_bpm),
        (17, UINT8, totals.max_hr_bpm),
        (18, UINT8, None if cadence is None else cadence // 1),
        (92, UINT8, None if cadence is None else cadence % 1 * 128),
        (11, UINT16, totals.calories_kcal),
        (26, UINT16, len(recording.laps)),
        (110, STRING, recording.name),
    )


def _encode_activity(recording: Recording, end: int) -> bytes:
    offset_min = recording.utc_offset_min
    return encode_message(
        ACTIVITY,
        (253, UINT32, end),
        (0, UINT32, recording.totals.duration_s * 1000),
        (1, UINT16, 1),
        (2, ENUM, 0),
        (3, ENUM, ACTIVITY_EVENT),
        (4, ENUM, STOP),
        (5, UINT32, None if offset_min is None else end + 60 * offset_min),
    )


def _scale_value(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale
