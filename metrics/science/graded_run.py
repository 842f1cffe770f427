"""Graded speed of a run, if its altitudes are trusted (FORMULAS §1.0, §1.3, §2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.recording import Column
from metrics.science.elevation import Altitudes
from metrics.science.grade import COARSE_WINDOW_M, FINE_WINDOW_M, grade, grade_factor
from metrics.science.graded_speed import ngs
from metrics.science.track import Track

MOST_INFLATED = 1.35  # judgement: graded NGS / flat NGS; a higher ratio needs real climbs
ROLLING_M_PER_KM = 50.0
FINE_NOISE_M = 0.5  # judgement: altitudes as quiet as those of a barometer or a terrain model


@dataclass(frozen=True, slots=True, eq=False)
class GradedRun:
    """Columns on the 1 Hz moving-time axis.

    Where the altitudes are not trusted, the grade is NaN, the graded speed is the speed, and `graded_ngs_mps`
    and `ngs_mps` are None. Without altitudes `ngs_mps` is the flat NGS; the grade is 0 indoors, NaN outdoors.
    `interval_factor`: cost relative to level ground of each interval between samples; None without a grade.
    """

    graded_mps: Column
    grade: Column
    flat_ngs_mps: float | None
    graded_ngs_mps: float | None
    ngs_mps: float | None
    interval_factor: Column | None = None
    warnings: tuple[str, ...] = ()


def graded_run(track: Track, gain_m: float | None, altitude_source: str = "") -> GradedRun:
    """Compute the graded speed of a run. `gain_m` is its elevation gain, from the device or counted.

    Altitudes are not used (warning `altitude_unreliable`) if they are not trusted, or if noisy ones raise the
    NGS by over 35 % on a course that climbs less than 50 m/km.
    """
    flat_ngs = ngs(track.speed_mps)
    altitudes = track.altitudes
    if flat_ngs is None or altitudes is None:
        return _run_without_altitudes(track, flat_ngs)
    if not altitudes.are_trusted:
        return _run_without_grade(track, flat_ngs)
    course = track.intervals.course_m
    is_fine = altitude_source == "barometric" or altitudes.noise_m <= FINE_NOISE_M
    interval_slope = _read_grade(track, altitudes, FINE_WINDOW_M if is_fine else COARSE_WINDOW_M)
    slope = track.axis.read(interval_slope)
    graded = track.speed_mps * grade_factor(slope)
    graded_ngs = ngs(graded) or 0.0
    rolling = (gain_m or 0.0) < ROLLING_M_PER_KM * float(course[-1]) / 1000.0
    if rolling and not is_fine and graded_ngs > MOST_INFLATED * flat_ngs:
        return _run_without_grade(track, flat_ngs)
    return GradedRun(graded, slope, flat_ngs, graded_ngs, graded_ngs, grade_factor(interval_slope))


def _read_grade(track: Track, altitudes: Altitudes, window_m: float) -> Column:
    smooth = np.full(len(track.intervals.time_s), np.nan)
    smooth[altitudes.rows] = altitudes.smooth_m
    return grade(track.intervals.course_m, smooth, window_m)


def _run_without_altitudes(track: Track, flat_ngs_mps: float | None) -> GradedRun:
    slope = np.full(len(track.speed_mps), np.nan if track.has_positions else 0.0)
    factor = None if track.has_positions else np.ones(len(track.intervals.dt_s))
    return GradedRun(track.speed_mps, slope, flat_ngs_mps, None, flat_ngs_mps, factor)


def _run_without_grade(track: Track, flat_ngs_mps: float | None) -> GradedRun:
    unknown = np.full(len(track.speed_mps), np.nan)
    return GradedRun(track.speed_mps, unknown, flat_ngs_mps, None, None, warnings=("altitude_unreliable",))
