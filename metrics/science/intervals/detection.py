"""Find work and rest in a speed series (FORMULAS §12).

Speeds are tried as the line between work and rest, on the series smoothed more or less. Of the believable
divisions, the one that explains the series best is taken.
"""

from __future__ import annotations

import numpy as np

from metrics.recording import Column
from metrics.science.intervals.believable import find_clear_work, is_believable
from metrics.science.intervals.clock import ClockRun
from metrics.science.intervals.division import Division, Span, Spans, divide_series, smooth_over

SMOOTHINGS_S = (9, 21, 45)
STEP_SHARE = 4  # a series smoothed over 9 s is read every 2 s
TRIED_LINES = 28
LINE_PERCENTILES = (5.0, 50.0, 99.5)
LOW_LINES = (0.45, 0.6, 0.75)  # of the median speed: for rests that are stood or walked
MOVING_MPS = 1.0
BAND = 0.02  # of the line: a hysteresis, so that noise near the line changes nothing
SHORTEST_RUN_S, SHORTEST_WORK_S, SHORTEST_REST_S, LONGEST_DIP_S = 60, 12, 10, 30
DIP_SHARE = 0.05  # of the shorter work beside: a shorter rest is a dip within one repetition
STRAY_SHARE, MOST_STRAYS = 0.25, 0.34  # of the usual work, and of all: few bursts are no repetitions
CORRELATED_S = 10.0  # values that are closer than this tell the same
EDGE_S = 20
MOST_REPETITIONS, LEAST_REPETITIONS, MOST_JUDGED = 60, 2, 16
HILLY_GRADE = 0.015  # standard deviation
NO_MARKS = np.empty(0)


def find_work(
    speed_mps: Column,
    grade: Column | None = None,
    marks_s: Column = NO_MARKS,
    *,
    is_graded: bool = False,
    least: int = LEAST_REPETITIONS,
) -> list[Span]:
    """The repetitions in a 1 Hz series of speed by the clock, in which standing is 0. Empty: none are clear.

    `grade`: of each second, if it is known. `marks_s`: where laps begin and end. `least`: fewer repetitions
    are none.
    """
    whole = divide_series(smooth_over(speed_mps, SMOOTHINGS_S[0]), np.empty((0, 2), np.intp))
    for division in _list_divisions(speed_mps, whole, least)[:MOST_JUDGED]:
        if is_believable(speed_mps, division, grade, marks_s, is_graded=is_graded):
            return _refine_edges(division)
    return []


def _list_divisions(speed_mps: Column, whole: Division, least: int) -> list[Division]:
    """Divisions that explain the series better than one level does, the best first."""
    found: dict[bytes, tuple[float, Division]] = {}
    for window_s in SMOOTHINGS_S:
        step_s = window_s // STEP_SHARE
        series = smooth_over(speed_mps, window_s)[step_s // 2 :: step_s]
        for line_mps in _list_lines(series, step_s):
            work = _find_spans(series, line_mps, step_s)
            if not least <= len(work) <= MOST_REPETITIONS:
                continue
            division = _keep_clear_work(whole.with_work(np.minimum(_join_over_dips(work), len(speed_mps))))
            key = division.work.tobytes()
            if len(division.work) >= least and key not in found:
                found[key] = (_measure_gain(division), division)
    ranked = sorted(found.values(), key=lambda one: -one[0])
    return [division for gain, division in ranked if gain > 0]


def _list_lines(series: Column, step_s: int) -> list[float]:
    moving = series[series > MOVING_MPS]
    if len(moving) * step_s < SHORTEST_RUN_S:
        return []
    low, middle, high = np.percentile(moving, LINE_PERCENTILES).tolist()
    return [*(share * middle for share in LOW_LINES), *np.linspace(low, high, TRIED_LINES).tolist()]


def _find_spans(series: Column, line_mps: float, step_s: int) -> Spans:
    """The spans above the line in seconds, joined over the shortest rests, without the shortest work."""
    is_high, is_low = series > line_mps * (1 + BAND), series < line_mps * (1 - BAND)
    decided = np.maximum.accumulate(np.where(is_high | is_low, np.arange(len(series)), 0))
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_high[decided], [False])).astype(np.int8)))
    is_rest = edges[2::2] - edges[1:-1:2] >= SHORTEST_REST_S / step_s
    starts = edges[::2][np.concatenate(([True], is_rest))[: len(edges) // 2]]
    ends = edges[1::2][np.concatenate((is_rest, [True]))[: len(edges) // 2]]
    is_long = ends - starts >= SHORTEST_WORK_S / step_s
    return step_s * np.column_stack((starts[is_long], ends[is_long]))


def _join_over_dips(work: Spans) -> Spans:
    if (work[1:, 0] - work[:-1, 1] >= LONGEST_DIP_S).all():
        return work
    joined: list[Span] = []
    for span in map(Span._make, work.tolist()):
        if joined and span.start_s - joined[-1].end_s < _find_shortest_rest(joined[-1], span):
            joined[-1] = Span(joined[-1].start_s, span.end_s)
        else:
            joined.append(span)
    return np.array(joined, dtype=np.intp).reshape(-1, 2)


def _find_shortest_rest(before: Span, after: Span) -> float:
    share_s = DIP_SHARE * min(before.duration_s, after.duration_s)
    return min(max(share_s, SHORTEST_REST_S), LONGEST_DIP_S)


def _keep_clear_work(division: Division) -> Division:
    """Drop work that is hardly faster than the rest beside it, until all is clear; then single bursts."""
    division = _drop_unclear(division)
    is_stray = division.work_s < STRAY_SHARE * (np.median(division.work_s) if len(division.work) else 0)
    if 0 < is_stray.sum() <= MOST_STRAYS * len(is_stray):
        return _drop_unclear(division.with_work(division.work[~is_stray]))
    return division


def _drop_unclear(division: Division) -> Division:
    while len(division.work):
        clear = find_clear_work(division)
        if clear.all():
            break
        division = division.with_work(division.work[clear])
    return division


def _measure_gain(division: Division) -> float:
    """How much better the parts explain the series than one level does (Bayesian information criterion)."""
    series, independent = division.series, len(division.series) / CORRELATED_S
    unexplained = float(np.mean((series - division.spread_levels()) ** 2)) + 1e-6
    gain = independent * np.log((float(np.var(series)) + 1e-6) / unexplained)
    return float(gain - 2 * len(division.edges) * np.log(independent))


def _refine_edges(division: Division) -> list[Span]:
    """Move each edge to where the speed crosses the middle of the levels of its two sides."""
    edges, levels = division.edges.copy(), division.levels_mps
    for place in range(1, len(edges) - 1):
        edge, middle = int(division.edges[place]), (levels[place - 1] + levels[place]) / 2
        first = max(int(division.edges[place - 1] + edge) // 2, edge - EDGE_S)
        last = min(int(division.edges[place + 1] + edge) // 2, edge + EDGE_S)
        steps = np.diff((division.series[first : last + 1] > middle).astype(np.int8))
        crossings = np.flatnonzero(steps == (1 if place % 2 else -1)) + first + 1
        if len(crossings) and first < edge < last:
            edges[place] = crossings[np.argmin(np.abs(crossings - edge))]
    return [Span(start, end) for start, end in edges[1:-1].reshape(-1, 2).tolist()]


def find_repetitions(run: ClockRun, marks_s: Column = NO_MARKS, least: int = LEAST_REPETITIONS) -> list[Span]:
    """The repetitions of a run: by speed, else by graded speed where it goes up and down."""
    found = find_work(run.speed_mps, run.grade, marks_s, least=least)
    if found or run.grade is None or float(np.nanstd(run.grade)) < HILLY_GRADE:
        return found
    return find_work(run.effort_mps, run.grade, marks_s, is_graded=True, least=least)
