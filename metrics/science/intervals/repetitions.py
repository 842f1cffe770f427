"""The repetitions of a run, each with its numbers (FORMULAS §12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.recording import Column, Lap
from metrics.science.intervals.clock import ClockRun
from metrics.science.intervals.detection import find_repetitions
from metrics.science.intervals.division import Span, smooth_over
from metrics.science.intervals.steps import SessionPart, StepMatch, TargetBand, match_laps, match_spans

INTERVALS_FORMULA = 1  # rises when the same run may give other repetitions
LAP_REACH, LAP_REACH_S = 0.05, 8.0
LEAST_ON_LAPS = 0.8
SMOOTHED_S = 9  # for the time at a target pace

Method = Literal["steps", "laps", "speed"]
Side = Literal["in", "below", "above"]


@dataclass(frozen=True, slots=True)
class Repetition:
    """Seconds are by the clock and `start_s` counts from the start of the activity.

    `rest_s`: until the next repetition; None after the last. `match`: the step that it was. `side`: where its
    average is, seen from the band of the step; None without a band or a reading.
    """

    start_s: float
    duration_s: float
    distance_m: float
    avg_hr_bpm: float | None
    max_hr_bpm: float | None
    rest_s: float | None
    match: StepMatch | None = None
    in_target_s: float | None = None
    side: Side | None = None

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s

    @property
    def in_target(self) -> bool | None:
        return None if self.side is None else self.side == "in"

    @property
    def compliance(self) -> float | None:
        """What was done, in per cent of what was planned. None without a planned length."""
        part = self.match.part if self.match else None
        if part is not None and part.duration_s is not None:
            return 100 * self.duration_s / part.duration_s
        if part is not None and part.distance_m is not None:
            return 100 * self.distance_m / part.distance_m
        return None


@dataclass(frozen=True, slots=True)
class Intervals:
    """`method`: what tells where repetitions begin and end. `missed`: steps of work that were not found."""

    method: Method
    repetitions: tuple[Repetition, ...]
    missed: tuple[StepMatch, ...] = ()


def find_intervals(run: ClockRun, laps: Sequence[Lap], parts: Sequence[SessionPart] = ()) -> Intervals | None:
    """The repetitions of a run; None if none are clear. `parts`: the steps of its session, if it was one."""
    shifted = [_shift_lap(lap, run.start_s) for lap in laps if lap.start_s >= run.start_s - LAP_REACH_S]
    has_work = any(part.is_work for part in parts) and len(parts) > 1
    if has_work and (on_laps := match_laps(parts, shifted)):
        return _build_matched(run, [_clip_match(match, len(run)) for match in on_laps], ())
    marks = {mark for lap in shifted for mark in (lap.start_s, lap.start_s + lap.elapsed_s)}
    spans = find_repetitions(run, np.array(sorted(marks)))
    if not spans and has_work:
        spans = find_repetitions(run, np.array(sorted(marks)), least=1)
    spans, is_on_laps = _move_to_laps(spans, shifted)
    if has_work and (matches := match_spans(parts, spans, run.course_m)):
        return _build_matched(run, matches, spans)
    if len(spans) < 2:
        return None
    return Intervals("laps" if is_on_laps else "speed", _measure_all(run, [(span, None) for span in spans]))


def _shift_lap(lap: Lap, start_s: float) -> Lap:
    return Lap(max(lap.start_s - start_s, 0.0), lap.elapsed_s, lap.timer_s, lap.distance_m)


def _clip_match(match: StepMatch, end_s: int) -> StepMatch:
    span = match.span
    if span is None or span.start_s >= end_s:
        return StepMatch(match.place, match.part, None)
    return StepMatch(match.place, match.part, Span(span.start_s, min(span.end_s, end_s)))


def _move_to_laps(spans: Sequence[Span], laps: Sequence[Lap]) -> tuple[list[Span], bool]:
    """The laps in place of the repetitions, if nearly all repetitions are laps."""
    moved = [next((lap for lap in map(_read_lap, laps) if _is_near(span, lap)), None) for span in spans]
    if not spans or sum(lap is not None for lap in moved) < LEAST_ON_LAPS * len(spans):
        return list(spans), False
    return [lap or span for span, lap in zip(spans, moved, strict=True)], True


def _read_lap(lap: Lap) -> Span:
    return Span(round(lap.start_s), round(lap.start_s + lap.elapsed_s))


def _is_near(span: Span, lap: Span) -> bool:
    reach_s = max(LAP_REACH * span.duration_s, LAP_REACH_S)
    return max(abs(span.start_s - lap.start_s), abs(span.end_s - lap.end_s)) <= min(
        reach_s, span.duration_s / 3
    )


def _build_matched(run: ClockRun, matches: Sequence[StepMatch], spans: Sequence[Span]) -> Intervals:
    """The matched repetitions, and those that no step asked for."""
    done = {match.span: match for match in matches if match.span is not None}
    rows = sorted({*done, *spans})
    missed = tuple(match for match in matches if match.span is None)
    return Intervals("steps", _measure_all(run, [(span, done.get(span)) for span in rows]), missed)


def _measure_all(run: ClockRun, rows: Sequence[tuple[Span, StepMatch | None]]) -> tuple[Repetition, ...]:
    smooth = smooth_over(run.speed_mps, SMOOTHED_S)
    ends = [span.start_s for span, _ in rows[1:]]
    rests: list[float | None] = [
        float(max(next_start - span.end_s, 0)) for (span, _), next_start in zip(rows, ends, strict=False)
    ]
    return tuple(
        _measure_repetition(run, smooth, span, match, rest_s)
        for (span, match), rest_s in zip(rows, [*rests, None], strict=True)
        if span.duration_s > 0
    )


def _measure_repetition(
    run: ClockRun, smooth: Column, span: Span, match: StepMatch | None, rest_s: float | None
) -> Repetition:
    bpm = run.heart_rate_bpm[span.start_s : span.end_s]
    known = bpm[np.isfinite(bpm)]
    distance_m = float(run.course_m[span.end_s] - run.course_m[span.start_s])
    avg_hr = float(known.mean()) if len(known) else None
    band = match.part.band if match else None
    in_target_s: float | None = None
    side: Side | None = None
    if band is not None:
        is_pace = band.quantity == "pace"
        average = distance_m / span.duration_s if is_pace else avg_hr
        values = smooth[span.start_s : span.end_s] if is_pace else known
        if average is not None:
            in_target_s = float(np.sum(_find_inside(band, values)))
            side = _find_side(band, average)
    return Repetition(
        run.start_s + span.start_s,
        float(span.duration_s),
        distance_m,
        avg_hr,
        float(known.max()) if len(known) else None,
        rest_s,
        match,
        in_target_s,
        side,
    )


def _find_side(band: TargetBand, average: float) -> Side:
    if _find_inside(band, np.array([average])).all():
        return "in"
    return "below" if average < band.low else "above"


def _find_inside(band: TargetBand, values: Column) -> npt.NDArray[np.bool_]:
    """Rounded as people read it: whole beats, and whole seconds per kilometre."""
    if band.quantity == "heart_rate":
        rounded = np.floor(values + 0.5)
        return np.logical_and(rounded >= band.low, rounded <= band.high)
    pace = np.floor(1000 / np.maximum(values, 0.1) + 0.5)
    slowest, fastest = np.floor(1000 / band.low + 0.5), np.floor(1000 / band.high + 0.5)
    inside: npt.NDArray[np.bool_] = np.logical_and(pace <= slowest, pace >= fastest)
    return inside
