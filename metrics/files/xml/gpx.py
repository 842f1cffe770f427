"""Read GPX 1.0 and 1.1. Each track gives a Recording; the gap between two segments is a pause.

Source: topografix.com/GPX/1/1. Heart rate, cadence and power come from the extensions of Garmin, ClueTrust
and others. They are found by local name, for every prefix and version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from metrics.files.errors import NOT_AN_ACTIVITY, FileError
from metrics.files.sports import parse_sport
from metrics.recording import Recording

from .completeness import check_completeness
from .stream import XmlTarget, has_complete_end, parse_xml
from .track_points import TrackPoints, build_track_recording, find_unreadable_time

POINT_READINGS = {
    "time": "unix_s",
    "ele": "altitude_m",
    "hr": "heart_rate_bpm",
    "heartrate": "heart_rate_bpm",
    "cad": "cadence_spm",
    "cadence": "cadence_spm",
    "runcadence": "cadence_spm",
    "power": "power_w",
    "powerinwatts": "power_w",
    "watts": "power_w",
    "speed": "speed_mps",
}
"""Readings of a track point by local name, in lower case. The distance is counted from positions instead."""


@dataclass(slots=True)
class _GpxTrack:
    points: TrackPoints = field(default_factory=TrackPoints)
    name: str = ""
    type: str = ""


class _GpxTarget(XmlTarget):
    def __init__(self) -> None:
        super().__init__()
        self.tracks: list[_GpxTrack] = []
        self.creator = ""
        self.point: TrackPoints | None = None
        self.points_without_position = 0

    def handle_start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "trkpt" and self.tracks:
            self.count("points")
            self.point = self.tracks[-1].points
            self.point.begin_point()
            self.points_without_position += not {"lat", "lon"} <= attributes.keys()
            self.point.set_reading("latitude_deg", attributes.get("lat", ""))
            self.point.set_reading("longitude_deg", attributes.get("lon", ""))
        elif name == "trkseg" and self.tracks:
            self.tracks[-1].points.segments += 1
        elif name == "trk":
            self.count("activities")
            self.tracks.append(_GpxTrack())
        elif name == "gpx":
            self.creator = attributes.get("creator", "").strip()

    def handle_end(self, name: str) -> None:
        if name == "trkpt" and self.point is not None:
            self.point.finish_point()
            self.point = None
        elif self.point is not None:
            reading = POINT_READINGS.get(name.lower())
            if reading:
                self.point.set_reading(reading, self.text)
        elif self.path[-1:] == ["trk"]:
            if name == "name":
                self.tracks[-1].name = self.text
            elif name == "type":
                self.tracks[-1].type = self.text


def read_gpx(data: bytes, *, accept_partial: bool) -> tuple[Recording, ...]:
    """The tracks of a GPX file that have times.

    Raises FileError (UNREADABLE_FILE, NOT_AN_ACTIVITY, NO_TIME, PARTIAL_RECORDING).
    """
    gpx = _GpxTarget()
    valid = parse_xml(data, gpx)
    recordings = [
        build_track_recording(track.points, parse_sport(track.type), name=track.name, device=gpx.creator)
        for track in gpx.tracks
    ]
    points_read = sum(len(track.points) for track in gpx.tracks)
    if not points_read:
        raise FileError(NOT_AN_ACTIVITY, "The GPX file contains no recorded track.")
    complete = valid or has_complete_end(data, "trk", "trkpt", points_read)
    valid = valid and not gpx.points_without_position
    return check_completeness(
        recordings,
        valid=valid,
        complete=complete,
        accept_partial=accept_partial,
        unreadable_time=find_unreadable_time(track.points for track in gpx.tracks),
    )
