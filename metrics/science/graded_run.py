"""Graded speed of a run, if its altitudes are reliable (FORMULAS §1.3, §2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.recording import Column
from metrics.science.elevation import is_too_noisy
from metrics.science.grade import COARSE_WINDOW_M, FINE_WINDOW_M, grade, grade_factor
from metrics.science.graded_speed import ngs
from metrics.science.track import Track

MOST_INFLATED = 1.35  # judgement: graded NGS / flat NGS; a higher ratio needs real climbs
ROLLING_M_PER_KM = 50.0


@dataclass(frozen=True, slots=True, eq=False)
class GradedRun:
    """Columns on the 1 Hz moving-time axis. Unreliable altitudes give grade 0 and `graded_ngs_mps` None."""

    graded_mps: Column
    grade: Column
    flat_ngs_mps: float | None
    graded_ngs_mps: float | None
    warnings: tuple[str, ...] = ()

    @property
    def ngs_mps(self) -> float | None:
        """The graded NGS if known, else the flat NGS."""
        return self.flat_ngs_mps if self.graded_ngs_mps is None else self.graded_ngs_mps


def graded_run(track: Track, gain_m: float | None, altitude_source: str = "") -> GradedRun:
    """Compute the graded speed of a run. `gain_m` is its elevation gain, from the device or counted.

    Altitudes are not used (warning `altitude_unreliable`) if more than 20 % are missing, if Σ|ΔA| is above
    0.12 of the distance, or if they raise the NGS by over 35 % on a course that climbs less than 50 m/km.
    """
    flat_ngs = ngs(track.speed_mps)
    course = track.intervals.course_m
    if flat_ngs is None or not np.isfinite(track.altitude_m).any():
        return _level(track, flat_ngs)
    if is_too_noisy(track.altitude_m, float(course[-1])):
        return _level(track, flat_ngs, "altitude_unreliable")
    window_m = FINE_WINDOW_M if altitude_source == "barometric" else COARSE_WINDOW_M
    slope = track.axis.read(grade(course, track.altitude_m, window_m))
    graded = track.speed_mps * grade_factor(slope)
    graded_ngs = ngs(graded) or 0.0
    rolling = (gain_m or 0.0) < ROLLING_M_PER_KM * float(course[-1]) / 1000.0
    if rolling and graded_ngs > MOST_INFLATED * flat_ngs:
        return _level(track, flat_ngs, "altitude_unreliable")
    return GradedRun(graded, slope, flat_ngs, graded_ngs)


def _level(track: Track, flat_ngs_mps: float | None, *warnings: str) -> GradedRun:
    return GradedRun(track.speed_mps, np.zeros(len(track.speed_mps)), flat_ngs_mps, None, warnings)
