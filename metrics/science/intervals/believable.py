"""Whether a division into work and rest is a session of intervals, or hills, traffic lights or noise."""

from __future__ import annotations

import numpy as np

from metrics.recording import Column
from metrics.science.intervals.division import Division, smooth_over

LEAST_CONTRAST = 1.10  # speed of work / speed of the faster rest beside it
LEAST_SEPARATION = 3.6  # contrast / noise; any cut through noise alone gives 2.7
SEPARATION_OF_FEW, CONTRAST_OF_UNLIKE = 5.0, 1.15
SMOOTHED_SHARE, SMOOTHED_RANGE_S = 1 / 6, (9, 61)  # of the usual work, for the noise
RUN_MPS = 2.0  # slower is walked
LEAST_EASY_S, LEAST_EASY_SHARE = 180.0, 0.25
MOST_WORK_SHARE = 0.65
SHORTEST_OF_TWO_S = 60  # also the rest between
LEAST_WORK_S = 100
LEAST_AROUND_S = 180  # before the first and after the last repetition: a course of hills goes on and on
MOST_VARIATION = 0.12  # of the durations or the distances of equal repetitions
DOWNHILL = -0.02  # grade of work - grade of rest
REGULAR, REGULAR_BY_GRADED_SPEED = 3, 4
MARK_REACH_S = 8.0


def find_clear_work(division: Division) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which work is clearly faster than the rest beside it, and not walked."""
    is_faster = division.work_mps >= LEAST_CONTRAST * division.fastest_rest_mps
    return is_faster & (division.work_mps >= RUN_MPS)


def is_believable(
    speed_mps: Column, division: Division, grade: Column | None, marks_s: Column, *, is_graded: bool
) -> bool:
    """Traffic lights and walks make parts of any length. So do hills: graded speed evens them out in part.

    So repetitions are alike, or begin and end at marks of the lap button, or stand out of easy running. By
    graded speed they are alike, with other running before and after. By speed they do not go downhill.
    """
    if float(np.sum(division.work_s)) < LEAST_WORK_S:
        return False
    least = LEAST_SEPARATION
    if is_graded:
        around_s = int(division.durations_s[[0, -1]].min())
        is_session = _are_alike(division, REGULAR_BY_GRADED_SPEED) and around_s >= LEAST_AROUND_S
    elif grade is not None and _compare_grades(division, grade) < DOWNHILL:
        return False
    elif len(division.work) == 2:
        least = SEPARATION_OF_FEW
        is_long = int(division.durations_s[1:-1].min()) >= SHORTEST_OF_TWO_S
        is_session = _are_alike(division, 2) and is_long
    elif not (is_session := _are_alike(division, REGULAR) or _are_marked(division, marks_s)):
        is_session, least = _is_in_easy_running(division), SEPARATION_OF_FEW
    return is_session and _measure_separation(speed_mps, division) >= least


def _measure_separation(speed_mps: Column, division: Division) -> float:
    """How far work is above rest, in standard deviations of the speed. Noise within a part is evened out."""
    window_s = int(np.clip(SMOOTHED_SHARE * float(np.median(division.work_s)), *SMOOTHED_RANGE_S))
    levels = division.spread_levels()
    residuals = np.abs(smooth_over(speed_mps, window_s) - levels)[levels >= RUN_MPS]
    noise_mps = 1.4826 * float(np.median(residuals))
    return float(np.median(division.work_mps - division.fastest_rest_mps)) / max(noise_mps, 1e-3)


def _is_in_easy_running(division: Division) -> bool:
    rest_s, rest_mps = division.durations_s[::2], division.levels_mps[::2]
    is_easy = rest_mps >= RUN_MPS
    easy_s = float(np.sum(rest_s, where=is_easy))
    if easy_s < max(LEAST_EASY_S, LEAST_EASY_SHARE * float(np.sum(rest_s))):
        return False
    easy_mps = float(np.sum(rest_s * rest_mps, where=is_easy)) / easy_s
    is_faster = float(np.median(division.work_mps)) >= CONTRAST_OF_UNLIKE * easy_mps
    return is_faster and float(np.sum(division.work_s)) <= MOST_WORK_SHARE * len(division.series)


def _are_marked(division: Division, marks_s: Column) -> bool:
    if not len(marks_s):
        return False
    distances_s = np.abs(division.work.ravel()[:, None] - marks_s[None, :]).min(axis=1)
    return bool((distances_s <= MARK_REACH_S).all())


def _compare_grades(division: Division, grade: Column) -> float:
    is_work = np.repeat(np.arange(len(division.durations_s)) % 2 == 1, division.durations_s)
    known = np.isfinite(grade)
    if not (known & is_work).any() or not (known & ~is_work).any():
        return 0.0
    return float(np.mean(grade[known & is_work]) - np.mean(grade[known & ~is_work]))


def _are_alike(division: Division, least: int) -> bool:
    durations_s = division.work_s.astype(np.float64)
    if len(durations_s) < least:
        return False
    variations = [
        float(np.std(sizes) / np.mean(sizes)) for sizes in (durations_s, durations_s * division.work_mps)
    ]
    return min(variations) <= MOST_VARIATION
