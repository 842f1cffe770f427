"""Charts of a track profile: pace or speed, heart rate, altitude, cadence, power, in the viewer's units.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from astral.charts import (
    DURATION,
    NUMBER,
    PACE,
    Chart,
    ChartSide,
    ChartTable,
    Quantity,
    Series,
    Shape,
    draw_chart,
)
from astral.charts.ticks import clock_ticks, number_ticks
from metrics.activities.track_profile import OptionalValues, ProfileAxis, TrackProfile
from metrics.formatting import IMPERIAL, METRES_PER_FOOT, NO_VALUE, get_distance_unit, get_speed_unit
from metrics.pace_or_speed import (
    PACE_LENGTHS,
    SPORTS_BY_LENGTH,
    SPORTS_BY_SPEED,
    get_length_m,
    get_length_unit,
    name_pace_or_speed,
)
from metrics.science.pace import METRES_PER_MILE

CHART_HEIGHT = 150
TABLE_ROWS = 24  # in the table of a chart
MAX_PACE_RATIO = 2.0  # times the median pace; slower parts are cut off, or they would flatten the line


@dataclass(frozen=True, slots=True)
class _ReadingStyle:
    title: str
    unit: str
    factor: float = 1.0
    shape: Shape = Shape.LINE


def build_track_charts(profile: TrackProfile, by: ProfileAxis, sport: str, units: str) -> list[Chart]:
    """One chart for each recorded reading; pace (speed for rides) comes first."""
    frame = _ChartFrame(profile, by, units)
    readings = _reading_styles(sport, units)
    return [
        *_build_pace_chart(frame, sport),
        *(_build_reading_chart(frame, name, readings[name]) for name in profile.readings),
    ]


def mark_spans(
    profile: TrackProfile, spans: Sequence[tuple[float, float]], by: ProfileAxis, units: str
) -> str:
    """Where each span of seconds begins and ends on the x axis, for `charts.js`: "0/1.9 1.9/3.85"."""
    scale = _ChartFrame(profile, by, units).scale
    starts = profile.find_positions([start_s for start_s, _ in spans])
    ends = profile.find_positions([end_s for _, end_s in spans])
    return " ".join(f"{start * scale:.6g}/{end * scale:.6g}" for start, end in zip(starts, ends, strict=True))


def _reading_styles(sport: str, units: str) -> dict[str, _ReadingStyle]:
    cadence = "steps/min" if sport in ("run", "walk", "hike") else "per minute"
    altitude = (
        _ReadingStyle("Altitude", "ft", 1 / METRES_PER_FOOT, Shape.AREA)
        if units == IMPERIAL
        else _ReadingStyle("Altitude", "m", 1.0, Shape.AREA)
    )
    return {
        "altitude_m": altitude,
        "heart_rate_bpm": _ReadingStyle("Heart rate", "bpm"),
        "cadence_spm": _ReadingStyle("Cadence", cadence),
        "power_w": _ReadingStyle("Power", "W"),
    }


class _ChartFrame:
    """The x axis that all charts of one profile share."""

    def __init__(self, profile: TrackProfile, by: ProfileAxis, units: str) -> None:
        self.profile, self.units = profile, units
        self.unit_m = METRES_PER_MILE if units == IMPERIAL else 1000.0
        self.unit = get_distance_unit(units)
        self.speed_unit = get_speed_unit(units)
        self.scale = 1 / self.unit_m if by == "distance" else 1.0
        self.x_unit = self.unit if by == "distance" else ""
        self.x_quantity: Quantity = NUMBER if by == "distance" else DURATION
        self.heading = f"From {self.unit}" if by == "distance" else "From"
        steps = (number_ticks if by == "distance" else clock_ticks)(0.0, profile.end * self.scale, TABLE_ROWS)
        self.rows = np.append(
            np.array([step for step in steps if step < profile.end * self.scale]) / self.scale, profile.end
        )

    def build_chart(self, key: str, side: ChartSide, rows: OptionalValues) -> Chart:
        title = side.lines[0].label
        texts = [NO_VALUE if value is None else side.quantity.text(float(f"{value:.4g}")) for value in rows]
        starts = [self.x_quantity.text(start) for start in self.rows[:-1] * self.scale]
        table = ChartTable((self.heading, f"{title}, {side.unit}"), tuple(zip(starts, texts, strict=True)))
        return draw_chart(
            f"profile-{key}",
            title,
            side,
            x_quantity=self.x_quantity,
            x_unit=self.x_unit,
            heading=self.heading,
            height=CHART_HEIGHT,
            span=(0.0, self.profile.end * self.scale),
            table=table,
        )


def _build_pace_chart(frame: _ChartFrame, sport: str) -> Iterator[Chart]:
    """The chart of pace or speed; none without movement."""
    edges = frame.profile.bucket_edges()
    paces = frame.profile.paces(edges)
    known = [pace for pace in paces if pace is not None]
    if not known:
        return
    median_pace = float(np.median(known))
    quantity, unit, convert = _choose_pace_axis(frame, sport)
    bucket_centers = ((edges[1:] + edges[:-1]) / 2 * frame.scale).tolist()
    line = Series(name_pace_or_speed(sport), bucket_centers, _map_values(convert, paces))
    within = sorted((convert(median_pace / MAX_PACE_RATIO), convert(median_pace * MAX_PACE_RATIO)))
    side = ChartSide((line,), quantity, unit, within=(within[0], within[1]))
    yield frame.build_chart("pace", side, _map_values(convert, frame.profile.paces(frame.rows)))


def _choose_pace_axis(frame: _ChartFrame, sport: str) -> tuple[Quantity, str, Callable[[float], float]]:
    """The quantity of the axis, its unit, and how to convert seconds per metre to it."""
    if sport in SPORTS_BY_SPEED:
        return NUMBER, frame.speed_unit, lambda pace: 3.6 * 1000 / frame.unit_m / pace
    if sport in SPORTS_BY_LENGTH:
        length_m = PACE_LENGTHS * get_length_m(frame.units)
        return PACE, f"min/{PACE_LENGTHS} {get_length_unit(frame.units)}", lambda pace: pace * length_m
    return PACE, f"min/{frame.unit}", lambda pace: pace * frame.unit_m


def _build_reading_chart(frame: _ChartFrame, name: str, reading: _ReadingStyle) -> Chart:
    x, values = frame.profile.line_points(name)
    scaled = _map_values(lambda value: value * reading.factor, values)
    line = Series(reading.title, [place * frame.scale for place in x], scaled, reading.shape)
    rows = _map_values(lambda value: value * reading.factor, frame.profile.means(name, frame.rows))
    return frame.build_chart(name.partition("_")[0], ChartSide((line,), unit=reading.unit), rows)


def _map_values(change: Callable[[float], float], values: OptionalValues) -> OptionalValues:
    return [None if value is None else change(value) for value in values]
