"""Read TCX. Each Activity gives a Recording with the sums of its laps. A lap's second Track follows a pause.

Source: Garmin, TrainingCenterDatabase v2 and ActivityExtension v2. Elements are found by local name, because
some writers omit the namespace of their extensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import isnan, nan

from metrics.files.errors import NOT_AN_ACTIVITY, FileError
from metrics.files.resampling import HEART_RATE_RANGE_BPM
from metrics.files.sports import parse_sport
from metrics.recording import Lap, Recording, Totals

from .completeness import check_completeness
from .stream import XmlTarget, has_complete_end, parse_xml
from .track_points import TrackPoints, build_track_recording, find_unreadable_time

POINT_READINGS = {
    ("Trackpoint", "Time"): "unix_s",
    ("Position", "LatitudeDegrees"): "latitude_deg",
    ("Position", "LongitudeDegrees"): "longitude_deg",
    ("Trackpoint", "AltitudeMeters"): "altitude_m",
    ("Trackpoint", "DistanceMeters"): "distance_m",
    ("HeartRateBpm", "Value"): "heart_rate_bpm",
    ("Trackpoint", "Cadence"): "cadence_spm",
    ("TPX", "RunCadence"): "cadence_spm",
    ("TPX", "Speed"): "speed_mps",
    ("TPX", "Watts"): "power_w",
}
"""Readings of a track point, by parent and local name."""

LAP_NUMBERS = {
    ("Lap", "TotalTimeSeconds"): "timer_s",
    ("Lap", "DistanceMeters"): "distance_m",
    ("Lap", "Calories"): "calories_kcal",
    ("AverageHeartRateBpm", "Value"): "avg_hr_bpm",
    ("MaximumHeartRateBpm", "Value"): "max_hr_bpm",
}


@dataclass(slots=True)
class _TcxLap:
    start_unix_s: float
    tracks: int = 0
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _TcxActivity:
    sport: str
    points: TrackPoints = field(default_factory=TrackPoints)
    laps: list[_TcxLap] = field(default_factory=list)
    device: str = ""


class _TcxTarget(XmlTarget):
    def __init__(self) -> None:
        super().__init__()
        self.activities: list[_TcxActivity] = []
        self.point: TrackPoints | None = None

    def handle_start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Activity":
            self.count("activities")
            self.activities.append(_TcxActivity(parse_sport(attributes.get("Sport", ""))))
        elif not self.activities or "Activity" not in self.path:
            return
        elif name == "Trackpoint":
            self.count("points")
            self.point = self.activities[-1].points
            self.point.begin_point()
        elif name == "Lap":
            self.count("laps")
            start_unix_s = self.activities[-1].points.parse_text("unix_s", attributes.get("StartTime", ""))
            self.activities[-1].laps.append(_TcxLap(start_unix_s))
        elif name == "Track" and self.activities[-1].laps:
            lap = self.activities[-1].laps[-1]
            lap.tracks += 1
            if lap.tracks > 1:
                self.activities[-1].points.segments += 1

    def handle_end(self, name: str) -> None:
        if name == "Trackpoint" and self.point is not None:
            self.point.finish_point()
            self.point = None
            return
        key = (self.path[-1] if self.path else "", name)
        if self.point is not None:
            if key in POINT_READINGS:
                self.point.set_reading(POINT_READINGS[key], self.text)
        elif key == ("Creator", "Name") and self.activities:
            self.activities[-1].device = self.text
        elif key in LAP_NUMBERS and self.activities and self.activities[-1].laps:
            number = self.activities[-1].points.parse_text(LAP_NUMBERS[key], self.text)
            if number > 0:
                self.activities[-1].laps[-1].numbers[LAP_NUMBERS[key]] = number


def read_tcx(data: bytes, *, accept_partial: bool) -> tuple[Recording, ...]:
    """The activities of a TCX file, in order of time.

    Raises FileError (UNREADABLE_FILE, NOT_AN_ACTIVITY, NO_TIME, PARTIAL_RECORDING).
    """
    tcx = _TcxTarget()
    valid = parse_xml(data, tcx)
    if not tcx.activities:
        raise FileError(NOT_AN_ACTIVITY, "The TCX file contains no activity.")
    points_read = sum(len(activity.points) for activity in tcx.activities)
    complete = valid or has_complete_end(data, "Activity", "Trackpoint", points_read)
    candidates = [
        _build_recording(activity, complete or activity is not tcx.activities[-1])
        for activity in tcx.activities
    ]
    recordings = check_completeness(
        candidates,
        valid=valid,
        complete=complete,
        accept_partial=accept_partial,
        unreadable_time=find_unreadable_time(activity.points for activity in tcx.activities),
    )
    return tuple(sorted(recordings, key=lambda recording: recording.started_at))


def _build_recording(activity: _TcxActivity, complete: bool) -> Recording | None:
    """The recording of an activity. The laps give the totals only if the activity is complete."""
    numbers = [lap.numbers for lap in activity.laps]
    stated = {
        "duration_s": sum(lap.get("timer_s", 0.0) for lap in numbers),
        "distance_m": sum(lap.get("distance_m", 0.0) for lap in numbers),
        "calories_kcal": sum(lap.get("calories_kcal", 0.0) for lap in numbers),
    }
    recording = build_track_recording(
        activity.points,
        activity.sport,
        device=activity.device,
        stated=stated if complete else {},
        laps=[(lap.start_unix_s, _build_lap(lap)) for lap in activity.laps if not isnan(lap.start_unix_s)],
    )
    if recording is None and complete and not len(activity.points):
        recording = _build_from_laps(activity, stated)
    return recording and _add_lap_heart_rate(recording)


def _build_from_laps(activity: _TcxActivity, stated: dict[str, float]) -> Recording | None:
    """The recording of an activity without points. None if no lap has a start and a time."""
    timed = [lap for lap in activity.laps if not isnan(lap.start_unix_s) and lap.numbers.get("timer_s")]
    if not timed:
        return None
    start = min(lap.start_unix_s for lap in timed)
    end = max(lap.start_unix_s + lap.numbers["timer_s"] for lap in timed)
    known_totals = {name: value for name, value in stated.items() if value}
    totals = Totals(**(known_totals | {"elapsed_s": max(end - start, stated["duration_s"])}))
    return Recording(
        sport=activity.sport,
        started_at=datetime.fromtimestamp(start, UTC),
        totals=totals,
        laps=tuple(replace(_build_lap(lap), start_s=lap.start_unix_s - start) for lap in timed),
        device=activity.device,
        warnings=tuple(activity.points.warnings),
    )


def _build_lap(lap: _TcxLap) -> Lap:
    def heart_rate(name: str) -> float | None:
        value = lap.numbers.get(name, nan)
        return value if HEART_RATE_RANGE_BPM[0] <= value <= HEART_RATE_RANGE_BPM[1] else None

    timer_s = lap.numbers.get("timer_s")
    return Lap(
        start_s=0.0,
        elapsed_s=timer_s or 0.0,
        timer_s=timer_s,
        distance_m=lap.numbers.get("distance_m"),
        avg_hr_bpm=heart_rate("avg_hr_bpm"),
        max_hr_bpm=heart_rate("max_hr_bpm"),
    )


def _add_lap_heart_rate(recording: Recording) -> Recording:
    """If no point has a heart rate, use the mean of the laps' heart rates, weighted by time."""
    laps = [lap for lap in recording.laps if lap.avg_hr_bpm and lap.timer_s]
    if recording.totals.avg_hr_bpm is not None or not laps:
        return recording
    seconds = sum(lap.timer_s or 0.0 for lap in laps)
    avg_hr_bpm = sum((lap.avg_hr_bpm or 0.0) * (lap.timer_s or 0.0) for lap in laps) / seconds
    max_hr_bpm = max((lap.max_hr_bpm or 0.0 for lap in laps), default=0.0) or None
    return replace(recording, totals=replace(recording.totals, avg_hr_bpm=avg_hr_bpm, max_hr_bpm=max_hr_bpm))
