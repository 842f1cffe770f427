"""Measure a run with plain loops: written from docs/FORMULAS.md, shares no code with metrics.science."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from metrics.recording import Pause, Samples, Totals
from tests.metrics.science.hill_loops import Hills, Row, read_line

MOVING, STOPPED, PAUSED, GAP, GLITCH = "moving", "stopped", "paused", "gap", "glitch"


@dataclass
class Interval:
    start_s: float
    end_s: float
    metres: float | None = None  # None: unknown
    guessed_s: float = 0.0  # the length of the span in which nothing was recorded
    guessed_m: float = 0.0
    kind: str = MOVING

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s

    @property
    def speed(self) -> float:
        return (self.metres or 0.0) / self.seconds


@dataclass
class LoopMeasurement:
    moving_s: float
    is_sparse: bool
    gain_m: float | None
    graded_speed_mps: float | None


def measure_by_loops(
    samples: Samples, pauses: Sequence[Pause], totals: Totals, barometer: bool
) -> LoopMeasurement:
    """Of a run with a recorded distance and without corrected totals."""
    rows = list(_advancing_rows(samples))
    intervals = [Interval(a[0], b[0]) for a, b in zip(rows, rows[1:], strict=False)]
    longest_gap = min(max(5 * median(i.seconds for i in intervals), 30.0), 120.0)
    for interval in intervals:
        if any(
            p.start_s < interval.end_s and p.end_s > interval.start_s for p in pauses if p.end_s > p.start_s
        ):
            interval.kind = PAUSED
    _spread_metres(rows, intervals, longest_gap)
    _classify(intervals, longest_gap)
    course = [0.0]
    for interval in intervals:
        course.append(course[-1] + (interval.metres or 0.0))
    hills = Hills(rows, course[-1])
    if hills.trusted:
        for interval in intervals:
            middle = (interval.start_s + interval.end_s) / 2
            climb = abs(hills.slow_at(middle + 15) - hills.slow_at(middle - 15)) / 30
            if interval.kind == STOPPED and interval.speed >= 0.1 and climb >= 0.1:
                interval.kind = MOVING
    moving = [i for i in intervals if i.kind == MOVING]
    moving_s = sum(i.seconds for i in moving)
    return LoopMeasurement(
        min(moving_s, totals.duration_s),
        _is_sparse(intervals, totals),
        hills.gain() if hills.trusted else None,
        _graded_speed(intervals, course, hills, barometer),
    )


def _advancing_rows(samples: Samples) -> Iterator[Row]:
    latest = -math.inf
    for row in zip(
        *(getattr(samples, n).tolist() for n in ("time_s", "distance_m", "speed_mps", "altitude_m")),
        strict=True,
    ):
        if row[0] > latest:
            latest = row[0]
            yield row


def _spread_metres(rows: Sequence[Row], intervals: list[Interval], longest_gap: float) -> None:
    known = [k for k, row in enumerate(rows) if not math.isnan(row[1])]
    anchors = [k for place, k in enumerate(known) if place == 0 or rows[k][1] > rows[known[place - 1]][1]]
    if known and anchors[-1] != known[-1]:
        anchors.append(known[-1])
    spans = list(zip(anchors, anchors[1:], strict=False))
    speeds = _interval_speeds(rows, longest_gap)
    plateau = [sum(not math.isnan(rows[k][1]) for k in range(a, b)) > 1 for a, b in spans]
    seconds = [
        sum(intervals[k].seconds for k in range(a, b) if intervals[k].kind != PAUSED) for a, b in spans
    ]
    short = [plateau[n] and seconds[n] <= 30 for n in range(len(spans))]
    stairs = [
        short[n] and ((n > 0 and short[n - 1]) or (n + 1 < len(spans) and short[n + 1]))
        for n in range(len(spans))
    ]
    stair_s = median(s for s, stair in zip(seconds, stairs, strict=True) if stair) if any(stairs) else 0.0
    single = [
        (rows[b][1] - rows[a][1]) / intervals[a].seconds
        for a, b in spans
        if b == a + 1 and rows[b][1] > rows[a][1]
    ]
    for n, (a, b) in enumerate(spans):
        metres = max(rows[b][1] - rows[a][1], 0.0)
        inside = range(a, b)
        step = metres / intervals[b - 1].seconds
        caught_up = bool(single) and step > 1.6 * median(single) and metres >= 0.894 * seconds[n]
        known_s = sum(_timed(intervals[k]) for k in inside if speeds[k] is not None)
        by_speed = sum((speeds[k] or 0.0) * _timed(intervals[k]) for k in inside)
        if len(inside) > 1 and known_s >= 0.5 * seconds[n] and by_speed > 0:
            by_place = {k: speed for k in inside if (speed := speeds[k]) is not None}
            weights = [by_place.get(k, by_speed / known_s) * _timed(intervals[k]) for k in inside]
        elif not plateau[n] or stairs[n] or (len(inside) > 1 and caught_up):
            weights = [_timed(intervals[k]) for k in inside]
            if len(inside) > 1:
                for k in inside:
                    intervals[k].guessed_s, intervals[k].guessed_m = seconds[n], metres
        else:
            last_known = max(k for k in inside if not math.isnan(rows[k][1]))
            weights = [
                _timed(intervals[k]) * (k >= last_known or sum(map(_timed, intervals[k:b])) <= stair_s + 1e-9)
                for k in inside
            ]
        total = sum(weights)
        for k, weight in zip(inside, weights, strict=True):
            share = (
                weight / total
                if total > 0
                else intervals[k].seconds / sum(intervals[j].seconds for j in inside)
            )
            intervals[k].metres = metres * share
    for k in (*range(anchors[0] if anchors else 0), *range(anchors[-1] if anchors else 0, len(intervals))):
        intervals[k].metres = None if speeds[k] is None else speeds[k] * intervals[k].seconds


def _timed(interval: Interval) -> float:
    return 0.0 if interval.kind == PAUSED else interval.seconds


def _interval_speeds(rows: Sequence[Row], longest_gap: float) -> list[float | None]:
    """The mean of both ends. Missing speeds between two that are close in time are interpolated."""
    known = [(row[0], max(row[2], 0.0)) for row in rows if not math.isnan(row[2])]
    times, speeds = [t for t, _ in known], [v for _, v in known]
    filled: list[float | None] = []
    for row in rows:
        after = bisect_right(times, row[0])
        exact = after > 0 and times[after - 1] == row[0]
        inside = 0 < after < len(times) and times[after] - times[after - 1] <= longest_gap
        filled.append(read_line(times, speeds, row[0]) if exact or inside else None)
    return [None if a is None or b is None else (a + b) / 2 for a, b in zip(filled, filled[1:], strict=False)]


def _classify(intervals: list[Interval], longest_gap: float) -> None:
    for interval in intervals:
        if interval.kind == PAUSED:
            continue
        speed = interval.speed
        interval.kind = GLITCH if speed > 12.5 else STOPPED if speed < 0.894 - 1e-9 else MOVING
        guessed = interval.guessed_s > longest_gap
        if interval.metres is None or interval.seconds > longest_gap or guessed:
            seconds = interval.guessed_s if guessed else interval.seconds
            mean = interval.guessed_m / seconds if guessed else speed
            believed = interval.metres is not None and seconds <= 600 and 0.894 - 1e-9 <= mean <= 7 + 1e-9
            interval.kind = MOVING if believed else GAP


def _is_sparse(intervals: list[Interval], totals: Totals) -> bool:
    seconds = {
        kind: sum(i.seconds for i in intervals if i.kind == kind) for kind in (MOVING, STOPPED, PAUSED)
    }
    timed = seconds[MOVING] + seconds[STOPPED]
    span = sum(i.seconds for i in intervals) - seconds[PAUSED]
    stood = sum(i.seconds for i in intervals if i.kind == GAP and i.metres is not None and i.speed < 0.5)
    duration = min(totals.duration_s, totals.elapsed_s - seconds[PAUSED])
    return timed < 0.5 * span or timed + stood < 0.8 * duration


def _graded_speed(
    intervals: list[Interval], course: list[float], hills: Hills, barometer: bool
) -> float | None:
    """Fourth root of the mean fourth power of the 30 s mean of graded speed, second by second."""
    if not hills.trusted:
        return None
    at = [course[k] for k in hills.known]
    window = 50.0 if barometer or hills.noise <= 0.5 else 200.0
    seconds: list[float] = []
    end, count = 0.0, 0
    for k, interval in enumerate(intervals):
        if interval.kind != MOVING:
            continue
        middle = (course[k] + course[k + 1]) / 2
        back, ahead = max(middle - window / 2, at[0]), min(middle + window / 2, at[-1])
        back, ahead = min(back, at[-1]), max(ahead, at[0])
        rise = read_line(at, hills.smooth, ahead) - read_line(at, hills.smooth, back)
        g = max(min(rise / (ahead - back), 0.45), -0.45) if ahead - back >= 15 else 0.0
        cost = 155.4 * g**5 - 30.4 * g**4 - 43.3 * g**3 + 46.3 * g**2 + 19.5 * g + 3.6
        end += interval.seconds
        while count + 0.5 < end:
            seconds.append(interval.speed * cost / 3.6)
            count += 1
    seconds = seconds[: int(end + 1e-9)]
    if not seconds:
        return None
    window_sum = powers = 0.0
    for k, speed in enumerate(seconds):
        window_sum += speed - (seconds[k - 30] if k >= 30 else 0.0)
        powers += (window_sum / min(k + 1, 30)) ** 4
    return float((powers / len(seconds)) ** 0.25)
