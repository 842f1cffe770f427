"""The routes of an export: GPX files that do not say their sport, beside `export.xml`.

A workout names its routes since iOS 13. A name counts only if the route's times lie in the workout. Other
routes are joined by their start.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from metrics.archives.members import Member, Members
from metrics.files.errors import FileError
from metrics.files.xml.gpx import read_gpx
from metrics.files.xml.text import parse_instant

from .workouts import Workout

SLACK_S = 120.0
"""A route may begin a little before its workout, and end after it."""
HEAD_BYTES = 4_096
MAX_READS = 5
"""Of one route, if several workouts name it."""

RoutePoints = npt.NDArray[np.float64]
"""(n, 5): unix second, latitude, longitude, altitude, speed; in order of time."""

_POINT = re.compile(
    rb'<trkpt lon="([-0-9.]+)" lat="([-0-9.]+)"><ele>([-0-9.]+)</ele><time>([-0-9T:]+)Z</time>'
    rb"<extensions><speed>([-0-9.]+)</speed>"
)
_TIME = re.compile(rb"<trkpt.{0,400}?<time>([^<]{1,40})</time>", re.DOTALL)


class RouteFiles:
    """The routes below the folder of the export."""

    def __init__(self, members: Members, export: Member, listed: Iterable[Member]) -> None:
        folder = export.path.removesuffix(export.base_name)
        self._members = members
        self._routes = {
            member.base_name: member
            for member in listed
            if member.path.startswith(folder) and member.base_name.lower().endswith(".gpx")
        }
        self._reads = Counter[str]()

    @property
    def size_bytes(self) -> int:
        return sum(member.size_bytes for member in self._routes.values())

    def join_by_time(self, workouts: Sequence[Workout]) -> None:
        """Name the routes that no workout names: each goes to the workout that it begins in."""
        named = {name for workout in workouts for name in workout.route_names}
        waiting = [workout for workout in workouts if not workout.route_names and not workout.is_indoor]
        starts = np.array([workout.start.unix_s for workout in waiting])
        for name in sorted(self._routes.keys() - named) if waiting else ():
            start_s = self._find_start(self._routes[name])
            place = int(np.searchsorted(starts, start_s + SLACK_S, side="right")) - 1
            if place >= 0 and start_s <= waiting[place].end.unix_s:
                waiting[place].route_names.append(name)

    def read_route(self, workout: Workout) -> tuple[RoutePoints, frozenset[str]]:
        """The points of a workout's routes, and the paths of their files.

        A route of another time is none of its routes.
        """
        parts, paths = [], set()
        for name in dict.fromkeys(workout.route_names):
            member = self._routes.get(name)
            points = self._read_points(member) if member is not None else _no_points()
            inside = select_window(points, workout.start.unix_s - SLACK_S, workout.end.unix_s + SLACK_S)
            if member is not None and len(inside):
                paths.add(member.path)
                parts.append(inside)
        return np.concatenate(parts) if parts else _no_points(), frozenset(paths)

    def _read_points(self, member: Member) -> RoutePoints:
        self._reads[member.path] += 1
        if self._reads[member.path] > MAX_READS:
            return _no_points()
        try:
            data = self._members.read_member(member.path)
        except FileError:
            return _no_points()
        found = _POINT.findall(data)
        try:
            if found and len(found) == data.count(b"<trkpt"):
                return _convert_points(found)
        except ValueError:
            pass
        return _read_any_gpx(data)

    def _find_start(self, member: Member) -> float:
        try:
            with self._members.open_member(member.path) as file:
                found = _TIME.search(file.read(HEAD_BYTES))
        except (FileError, OSError):
            return float("nan")
        return parse_instant(found[1].decode("ascii", "replace")) if found else float("nan")


def select_window(points: RoutePoints, start_s: float, end_s: float) -> RoutePoints:
    return points[(points[:, 0] >= start_s) & (points[:, 0] <= end_s)]


def _no_points() -> RoutePoints:
    return np.empty((0, 5))


def _convert_points(found: list[tuple[bytes, ...]]) -> RoutePoints:
    """Raises ValueError for a number or a time that is none."""
    longitudes, latitudes, altitudes, times, speeds = zip(*found, strict=True)
    unix_s = np.array([text.decode() for text in times], dtype="datetime64[s]").astype(np.float64)
    columns = [np.array(texts).astype(np.float64) for texts in (latitudes, longitudes, altitudes, speeds)]
    return np.column_stack([unix_s, *columns])


def _read_any_gpx(data: bytes) -> RoutePoints:
    try:
        recordings = read_gpx(data, accept_partial=True)
    except FileError:
        return _no_points()
    parts = [
        np.column_stack(
            [
                recording.started_at.timestamp() + samples.time_s,
                samples.latitude_deg,
                samples.longitude_deg,
                samples.altitude_m,
                samples.speed_mps,
            ]
        )
        for recording in recordings
        for samples in [recording.samples]
    ]
    return np.concatenate(parts) if parts else _no_points()
