"""Build small FIT, GPX and TCX files point by point, so that a test can make one of them odd."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from datetime import UTC, datetime

from metrics.files.fit.container import build_fit_file
from metrics.files.fit.message_writer import ENUM, SINT32, UINT8, UINT32
from metrics.files.fit.timestamps import FIT_EPOCH_UNIX_S
from metrics.files.read import read_recordings
from metrics.recording import Recording
from tests.metrics.files.damaged_files import build_fit_definition

START = 1_149_919_200  # FIT seconds
STARTED_AT = datetime.fromtimestamp(FIT_EPOCH_UNIX_S + START, UTC)
DAY_S = 86_400
DEGREES_PER_METRE = 1 / 111_195.08
TIMER_STARTS, TIMER_STOPS = 0, 4

FILE_ID = build_fit_definition(0, (0, 1, ENUM)) + b"\0\4"
RECORD = build_fit_definition(
    20, (253, 4, UINT32), (3, 1, UINT8), (5, 4, UINT32), (0, 4, SINT32), (1, 4, SINT32)
)
SESSION = build_fit_definition(
    18, (2, 4, UINT32), (5, 1, ENUM), (7, 4, UINT32), (8, 4, UINT32), (9, 4, UINT32)
)
EVENT = build_fit_definition(21, (253, 4, UINT32), (0, 1, ENUM), (1, 1, ENUM))

Place = tuple[float, float]
"""Metres to the north and to the east of 10° N, 20° E."""


def read_one(data: bytes) -> Recording:
    (recording,) = read_recordings(data)
    return recording


def encode_records(times: Iterable[int], distances_m: Iterable[float]) -> bytes:
    """Records with a heart rate of 150, without positions."""
    return RECORD + b"".join(
        struct.pack("<BIBIii", 0, at, 150, round(100 * metres), 0x7FFFFFFF, 0x7FFFFFFF)
        for at, metres in zip(times, distances_m, strict=True)
    )


def encode_positions(places: Iterable[Place], distances_m: Iterable[float] | None = None) -> bytes:
    """A record a second."""
    known = None if distances_m is None else [round(100 * metres) for metres in distances_m]
    return RECORD + b"".join(
        struct.pack(
            "<BIBIii",
            0,
            START + row,
            150,
            0xFFFFFFFF if known is None else known[row],
            *(round(degrees * 2**31 / 180) for degrees in to_degrees(place)),
        )
        for row, place in enumerate(places)
    )


def encode_session(
    start: int = START,
    elapsed_s: float = 599,
    timer_s: float | None = None,
    metres: float | None = None,
    sport: int = 1,
) -> bytes:
    timer_s = elapsed_s if timer_s is None else timer_s
    total = 0xFFFFFFFF if metres is None else round(100 * metres)
    return SESSION + struct.pack(
        "<BIBIII", 0, start, sport, round(1000 * elapsed_s), round(1000 * timer_s), total
    )


def encode_event(at: int, kind: int) -> bytes:
    return EVENT + struct.pack("<BIBB", 0, at, 0, kind)


def build_fit(*messages: bytes) -> bytes:
    return build_fit_file(FILE_ID + b"".join(messages))


def to_degrees(place: Place) -> tuple[float, float]:
    """Near 10° N a degree to the east is shorter."""
    return 10 + place[0] * DEGREES_PER_METRE, 20 + place[1] * DEGREES_PER_METRE / 0.98480775


def format_time(second: float) -> str:
    moment = datetime.fromtimestamp(STARTED_AT.timestamp() + second, UTC)
    return moment.isoformat().replace("+00:00", "Z")


def build_gpx(points: Iterable[tuple[Place, str | None]], kind: str = "running", extra: str = "") -> bytes:
    """A track of one segment. A point without a time has None."""
    return build_gpx_of_segments([points], kind, extra)


def build_gpx_of_segments(
    segments: Iterable[Iterable[tuple[Place, str | None]]], kind: str = "running", extra: str = ""
) -> bytes:
    def point(place: Place, time: str | None) -> str:
        latitude, longitude = to_degrees(place)
        written = f"<time>{time}</time>" if time is not None else ""
        return f"<trkpt lat='{latitude:.8f}' lon='{longitude:.8f}'>{written}{extra}</trkpt>"

    body = "".join(f"<trkseg>{''.join(point(*one) for one in segment)}</trkseg>" for segment in segments)
    return f"<gpx><trk><type>{kind}</type>{body}</trk></gpx>".encode()


def build_tcx(*laps: str) -> bytes:
    body = f"<Activity Sport='Running'>{''.join(laps)}</Activity>"
    return f"<TrainingCenterDatabase><Activities>{body}</Activities></TrainingCenterDatabase>".encode()


def build_tcx_lap(second: float, track: str = "", **numbers: object) -> str:
    values = "".join(f"<{name}>{value}</{name}>" for name, value in numbers.items())
    return f"<Lap StartTime='{format_time(second)}'>{values}<Track>{track}</Track></Lap>"


def build_tcx_point(second: float, metres: object, time: str = "") -> str:
    written = time or format_time(second)
    return f"<Trackpoint><Time>{written}</Time><DistanceMeters>{metres}</DistanceMeters></Trackpoint>"
