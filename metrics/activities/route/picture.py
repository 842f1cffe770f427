"""The picture of a route: coloured lines, kilometre marks, start and end. Pure.

It is drawn from the positions that may be shown, and from nothing else: its frame, its marks and its scale do
not tell where the others are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from metrics.activities.route.colours import ColourScale, RouteColour, build_scale
from metrics.activities.route.privacy import find_shown
from metrics.activities.route.projection import Frame, fit_frame, project_positions
from metrics.activities.track_profile import ProfileAxis
from metrics.formatting import IMPERIAL
from metrics.recording import Column, Samples
from metrics.science.intervals.clock import ClockRun
from metrics.science.pace import METRES_PER_MILE

MOST_POINTS = 500
LONGEST_GAP_S = 60.0  # without a position: no line is drawn
MOST_MARKS = 14
MARK_STEPS = (1, 2, 5, 10, 20, 50, 100)
LEAST_POINTS = 2

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class RouteMark:
    """`label`: the number of the kilometre or mile."""

    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class RoutePicture:
    """`lines`: (class of the colour, path). `points`: "x,left,top …" for `charts.js`, pieces parted by ";".

    `start` and `end` are None if they are hidden.
    """

    frame: Frame
    lines: Sequence[tuple[int, str]]
    outline: str
    legend: Sequence[tuple[int, str]]
    marks: Sequence[RouteMark]
    start: RouteMark | None
    end: RouteMark | None
    points: str


@dataclass(frozen=True, slots=True, eq=False)
class _Route:
    """The shown positions. `piece`: a new number after each hidden place or gap."""

    second: Column
    course_m: Column
    x: Column
    y: Column
    piece: Indices
    is_first_shown: bool
    is_last_shown: bool


def draw_route(
    samples: Samples,
    run: ClockRun,
    colour: RouteColour,
    by: ProfileAxis,
    sport: str,
    units: str,
    radius_m: float,
) -> RoutePicture | None:
    """The picture; None if no position may be shown. `radius_m`: hidden around the start and the end."""
    route = _read_route(samples, run, radius_m)
    if route is None:
        return None
    frame = fit_frame(route.x, route.y)
    left, top = (np.round(values, 1) for values in frame.place(route.x, route.y))
    scale = build_scale(run, colour, route.second, sport, units)
    unit_m = METRES_PER_MILE if units == IMPERIAL else 1000.0
    drawn = _pick_points(route)
    position = route.course_m / unit_m if by == "distance" else route.second + run.start_s
    return RoutePicture(
        frame,
        _draw_lines(route, drawn, left, top, scale),
        " ".join(_draw_path(left[rows], top[rows]) for rows in _list_pieces(route, drawn)),
        scale.legend,
        _list_marks(route, left, top, unit_m),
        RouteMark("Start", left[0], top[0]) if route.is_first_shown else None,
        RouteMark("End", left[-1], top[-1]) if route.is_last_shown else None,
        ";".join(
            " ".join(f"{position[row]:.6g},{left[row]:g},{top[row]:g}" for row in rows)
            for rows in _list_pieces(route, drawn)
        ),
    )


def _read_route(samples: Samples, run: ClockRun, radius_m: float) -> _Route | None:
    is_known = np.isfinite(samples.latitude_deg) & np.isfinite(samples.longitude_deg)
    known = np.flatnonzero(is_known)
    shown = find_shown(samples, radius_m)[known]
    if not shown.any():
        return None
    second = samples.time_s[known] - run.start_s
    # Hidden places take part: between two shown ones they begin a new piece.
    breaks = (np.diff(second) > LONGEST_GAP_S) | ~shown[1:] | ~shown[:-1]
    piece = np.concatenate(([0], np.cumsum(breaks)))[shown]
    rows = known[shown]
    x, y = project_positions(samples.latitude_deg[rows], samples.longitude_deg[rows])
    course_m = np.interp(second[shown], np.arange(len(run.course_m)), run.course_m)
    is_alone = np.bincount(piece)[piece] < LEAST_POINTS
    if is_alone.all():
        return None
    keep = ~is_alone
    return _Route(
        second[shown][keep],
        course_m[keep],
        x[keep],
        y[keep],
        piece[keep],
        bool(shown[0] and keep[0]),
        bool(shown[-1] and keep[-1]),
    )


def _pick_points(route: _Route) -> Indices:
    """At most about MOST_POINTS, evenly along the way, with the ends of all pieces."""
    steps = np.hypot(np.diff(route.x), np.diff(route.y), dtype=np.float64)
    way = np.concatenate(([0.0], np.cumsum(np.where(np.diff(route.piece) == 0, steps, 0.0))))
    even = np.searchsorted(way, np.linspace(0, way[-1], MOST_POINTS))
    edges = np.flatnonzero(np.diff(route.piece))
    picked = np.concatenate(([0], even, edges, edges + 1, [len(way) - 1]))
    return np.unique(np.clip(picked, 0, len(way) - 1))


def _list_pieces(route: _Route, drawn: Indices) -> list[Indices]:
    return np.split(drawn, np.flatnonzero(np.diff(route.piece[drawn])) + 1)


def _draw_lines(
    route: _Route, drawn: Indices, left: Column, top: Column, scale: ColourScale
) -> list[tuple[int, str]]:
    """One path for each class: its colour is that of the end of each step."""
    paths: dict[int, list[str]] = {}
    for rows in _list_pieces(route, drawn):
        for colour, part in _part_by_class(rows, scale):
            paths.setdefault(colour, []).append(_draw_path(left[part], top[part]))
    return [(colour, " ".join(parts)) for colour, parts in sorted(paths.items())]


def _part_by_class(rows: Indices, scale: ColourScale) -> Iterator[tuple[int, Indices]]:
    changes = np.flatnonzero(np.diff(scale.classes[rows[1:]])) + 1
    for first, last in pairwise([0, *changes.tolist(), len(rows) - 1]):
        if last > first:
            yield int(scale.classes[rows[last]]), rows[first : last + 1]


def _draw_path(left: Column, top: Column) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in zip(left.tolist(), top.tolist(), strict=True))


def _list_marks(route: _Route, left: Column, top: Column, unit_m: float) -> list[RouteMark]:
    """Where whole kilometres or miles end, if both positions beside are shown."""
    whole = int(route.course_m[-1] / unit_m)
    step = next((step for step in MARK_STEPS if whole <= step * MOST_MARKS), MARK_STEPS[-1])
    marks = []
    for number in range(step, whole + 1, step):
        after = int(np.searchsorted(route.course_m, number * unit_m))
        if 0 < after < len(left) and route.piece[after] == route.piece[after - 1]:
            marks.append(RouteMark(str(number), float(left[after]), float(top[after])))
    return marks
