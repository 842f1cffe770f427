"""The colour of each point of a route: five classes of pace, heart rate or grade. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.formatting import format_number
from metrics.pace_or_speed import format_pace_or_speed, name_pace_or_speed
from metrics.recording import Column
from metrics.science.intervals.clock import ClockRun
from metrics.science.intervals.division import smooth_over

RouteColour = Literal["pace", "heart_rate", "grade"]
ROUTE_COLOURS: tuple[RouteColour, ...] = ("pace", "heart_rate", "grade")
CLASSES = 5
OUTER_PERCENTILES = (5.0, 95.0)  # single peaks do not stretch the scale
SMOOTHED_S = 31
GRADE_BOUNDS = (-0.06, -0.02, 0.02, 0.06)
LEAST_MPS = 0.3


@dataclass(frozen=True, slots=True)
class ColourScale:
    """`classes`: of each point, 1 to 5. `legend`: the words of the classes."""

    classes: npt.NDArray[np.intp]
    legend: Sequence[tuple[int, str]]


def list_colours(run: ClockRun) -> list[RouteColour]:
    """What the recording can show."""
    has_heart_rate = bool(np.isfinite(run.heart_rate_bpm).any())
    shown = {"pace": bool((run.speed_mps > 0).any()), "heart_rate": has_heart_rate}
    shown["grade"] = run.grade is not None and bool(np.isfinite(run.grade).any())
    return [colour for colour in ROUTE_COLOURS if shown[colour]]


def name_colour(colour: RouteColour, sport: str) -> str:
    return {"heart_rate": "Heart rate", "grade": "Slope"}.get(colour) or name_pace_or_speed(sport)


def build_scale(run: ClockRun, colour: RouteColour, seconds: Column, sport: str, units: str) -> ColourScale:
    """The classes at these seconds of the run."""
    rows = np.clip(seconds.astype(np.intp), 0, len(run) - 1)
    if colour == "grade" and run.grade is not None:
        return _classify(_fill(run.grade)[rows], GRADE_BOUNDS, _format_grade, ("below", "from"))
    if colour == "heart_rate":
        bpm = _fill(run.heart_rate_bpm)[rows]
        bounds = [float(bound) for bound in np.round(_list_bounds(bpm))]
        return _classify(
            np.round(bpm), bounds, lambda value: format_number(value, 0, "bpm"), ("below", "from")
        )
    speed = np.maximum(smooth_over(run.speed_mps, SMOOTHED_S), LEAST_MPS)[rows]
    return _classify(
        speed,
        _list_bounds(speed),
        lambda mps: format_pace_or_speed(1000 / mps, 1000.0, sport, units),
        ("slower than", "faster than"),
    )


def _fill(values: Column) -> Column:
    known = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(len(values)), known, values[known]) if len(known) else np.zeros(len(values))


def _list_bounds(values: Column) -> Sequence[float]:
    """Four bounds between five equal parts."""
    low, high = np.percentile(values, OUTER_PERCENTILES)
    bounds: list[float] = np.linspace(low, high, CLASSES + 1)[1:-1].tolist()
    return bounds


def _classify(
    values: Column, bounds: Sequence[float], write: Callable[[float], str], ends: tuple[str, str]
) -> ColourScale:
    """`ends`: the words before the lowest and the highest bound."""
    texts = [write(float(bound)) for bound in bounds]
    if len(set(texts)) < len(texts):  # all the same
        return ColourScale(np.full(len(values), 3), [(3, write(float(np.median(values))))])
    inner = [f"{low.rpartition(' ')[0]} to {high}" for low, high in pairwise(texts)]
    words = [f"{ends[0]} {texts[0]}", *inner, f"{ends[1]} {texts[-1]}"]
    classes = np.searchsorted(np.asarray(bounds), values, "right") + 1
    return ColourScale(classes.astype(np.intp), list(enumerate(words, start=1)))


def _format_grade(grade: float) -> str:
    return f"{format_number(100 * grade, 0)} %"
