"""The steps of a planned session, matched with the laps or the repetitions of a run (FORMULAS §12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from metrics.recording import Column, Lap
from metrics.science.intervals.division import Span

LAP_SLACK, LAP_SLACK_S, LAP_SLACK_M = 0.08, 6.0, 20.0
LEAST_FITTING_LAPS = 0.8  # of all steps
LEAST_MATCHED_STEPS = 0.5  # of the work
UNMATCHED_COST = 0.4  # |ln(done / planned)|: a repetition 1.5 times as long is another one


@dataclass(frozen=True, slots=True)
class TargetBand:
    """From `low` to `high`, both included: metres per second, or beats per minute."""

    quantity: Literal["pace", "heart_rate"]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SessionPart:
    """A step without repeats. Without a duration and a distance it lasts until the lap button."""

    is_work: bool
    duration_s: float | None = None
    distance_m: float | None = None
    band: TargetBand | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class StepMatch:
    """A step of work and where it was done, if it was. `place`: which step of the session, from 0."""

    place: int
    part: SessionPart
    span: Span | None


def match_laps(parts: Sequence[SessionPart], laps: Sequence[Lap]) -> list[StepMatch] | None:
    """Match each step with the lap of the same place, as a watch that runs the session makes them."""
    if len(parts) < 2 or len(laps) < len(parts):
        return None
    fits = [_fits(part, lap) for part, lap in zip(parts, laps, strict=False)]
    if sum(fits) < LEAST_FITTING_LAPS * len(parts):
        return None
    return [
        StepMatch(place, part, Span(round(lap.start_s), round(lap.start_s + lap.elapsed_s)))
        for place, (part, lap) in enumerate(zip(parts, laps, strict=False))
        if part.is_work
    ]


def match_spans(
    parts: Sequence[SessionPart], spans: Sequence[Span], course_m: Column
) -> list[StepMatch] | None:
    """Match work with repetitions, both in order, so that lengths differ least. None: most do not fit."""
    work = [(place, part) for place, part in enumerate(parts) if part.is_work]
    pairs = _align(np.array([[_compare(part, span, course_m) for span in spans] for _, part in work]))
    matched = [span is not None for span in pairs]
    if not work or sum(matched) < LEAST_MATCHED_STEPS * len(work):
        return None
    return [
        StepMatch(place, part, None if pair is None else spans[pair])
        for (place, part), pair in zip(work, pairs, strict=True)
    ]


def _fits(part: SessionPart, lap: Lap) -> bool:
    if part.duration_s is not None:
        lap_s = lap.elapsed_s if lap.timer_s is None else lap.timer_s
        return abs(lap_s - part.duration_s) <= max(LAP_SLACK * part.duration_s, LAP_SLACK_S)
    if part.distance_m is not None:
        slack_m = max(LAP_SLACK * part.distance_m, LAP_SLACK_M)
        return lap.distance_m is not None and abs(lap.distance_m - part.distance_m) <= slack_m
    return True


def _compare(part: SessionPart, span: Span, course_m: Column) -> float:
    """|ln(done / planned)|"""
    if part.duration_s is not None:
        ratio = span.duration_s / part.duration_s
    elif part.distance_m is not None:
        ratio = float(course_m[span.end_s] - course_m[span.start_s]) / part.distance_m
    else:
        return 0.0
    return abs(float(np.log(max(ratio, 1e-6))))


def _align(costs: Column) -> list[int | None]:
    """For each row the column it goes with, in order; None: no column. Each unmatched one costs the same."""
    rows, columns = costs.shape if costs.ndim == 2 else (len(costs), 0)
    best = UNMATCHED_COST * np.add.outer(np.arange(rows + 1), np.arange(columns + 1))
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            best[row, column] = min(
                best[row - 1, column - 1] + costs[row - 1, column - 1],
                best[row - 1, column] + UNMATCHED_COST,
                best[row, column - 1] + UNMATCHED_COST,
            )
    pairs: list[int | None] = [None] * rows
    row, column = rows, columns
    while row and column:
        if best[row, column] == best[row - 1, column - 1] + costs[row - 1, column - 1]:
            row, column = row - 1, column - 1
            pairs[row] = column
        elif best[row, column] == best[row - 1, column] + UNMATCHED_COST:
            row -= 1
        else:
            column -= 1
    return pairs
