"""VO2max from heart rate and speed of a submaximal run (FORMULAS §5.4).

Idea: Firstbeat white paper 2014 (reliable steady segments, extrapolated to HRmax). The relation of heart rate
to the fraction of vVO2max is Runalyze's regression to Daniels' table 2.2, so values are on the VDOT scale.
The error is about ±5-7 %.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

import numpy as np

from metrics.recording import Column
from metrics.science.graded_speed import NGS_WINDOW_S, trailing_mean
from metrics.science.result import Result
from metrics.science.vdot import vo2_cost

WARM_UP_S = 480
WINDOW_S = 120
MIN_WINDOWS = 5
STEADY_CV = 0.05
LEVEL_GRADE = 0.03
STEADY_HR_BPM = 8.0
SLOWEST_RUN_MPS = 1.8  # judgement: below it people walk, and the cost of running does not hold
HR_FRACTIONS = (0.70, 0.96)  # of HRmax, the range of the table
CORRECTION_RANGE = (0.85, 1.15)
CURRENT_WINDOWS_D, MIN_ESTIMATES = (28, 56), 3  # the longer window if the shorter one has too few
_EPSILON = 1e-9


def pct_vvo2max(hr_fraction: float) -> float:
    """Fraction of vVO2max at this fraction of HRmax. Within 1.25 points of Daniels for 65-100 %."""
    return math.exp((hr_fraction - 1.00466) / 0.68725)


def vo2max_hr_table(speed_m_min: float, hr_bpm: float, hr_max_bpm: float) -> float | None:
    """VO2max in ml/kg/min from level running at `speed_m_min` and `hr_bpm`. None outside 70-96 % of HRmax."""
    fraction = hr_bpm / hr_max_bpm
    if not HR_FRACTIONS[0] - _EPSILON <= fraction <= HR_FRACTIONS[1] + _EPSILON:
        return None
    return vo2_cost(speed_m_min / pct_vvo2max(fraction))


def vo2max_hrr(speed_m_min: float, hr_bpm: float, hr_rest_bpm: float, hr_max_bpm: float) -> float | None:
    """VO2max by heart-rate reserve: (VO2 - 3.5) / HRR + 3.5 (Swain 1998). Never mix both methods in a trend.

    It is 4-8 % lower for rest 50, max 190. None if the heart rate is not above rest.
    """
    if not hr_rest_bpm < hr_bpm or not hr_rest_bpm < hr_max_bpm:
        return None
    reserve = (hr_bpm - hr_rest_bpm) / (hr_max_bpm - hr_rest_bpm)
    return (vo2_cost(speed_m_min) - 3.5) / reserve + 3.5


def vo2max_estimate(
    graded_mps: Column,
    grade: Column,
    hr_bpm: Column,
    hr_max_bpm: float | None,
    breaks_s: Column,
    correction: float = 1.0,
) -> Result:
    """VO2max of one run in ml/kg/min: the median of its steady windows times the personal `correction`.

    The three columns are on the 1 Hz moving-time axis; a missing heart rate is NaN. `breaks_s` are the
    seconds of GAP, GLITCH and STOPPED intervals on it. The run from minute 8 is cut into windows of 120 s. A
    window is steady if its speed varies by ≤ 5 %, its mean grade is within ±0.03, its heart rate stays within
    8 bpm and within 70-96 % of HRmax, and its speed is at least 1.8 m/s.

    The speed for the variation is the 30 s trailing mean of the NGS. From second to second, the noise of the
    receiver alone is 6-20 %, so hardly any real run would have a steady window.
    """
    if hr_max_bpm is None or not hr_max_bpm > 0:
        return Result.missing("no_hr_max")
    windows = (len(graded_mps) - WARM_UP_S) // WINDOW_S
    if windows < MIN_WINDOWS:
        return Result.missing("too_short")
    smooth = _cut_into_windows(trailing_mean(graded_mps, NGS_WINDOW_S), windows)
    speed, slope, hr = (_cut_into_windows(column, windows) for column in (graded_mps, grade, hr_bpm))
    steady = (
        ~_find_broken_windows(breaks_s, windows)
        & (smooth.std(axis=1) <= STEADY_CV * speed.mean(axis=1) + _EPSILON)
        & (np.abs(slope.mean(axis=1)) <= LEVEL_GRADE + _EPSILON)
        & (np.ptp(hr, axis=1) <= STEADY_HR_BPM + _EPSILON)
        & (speed.mean(axis=1) >= SLOWEST_RUN_MPS)
    )
    values = [
        vo2max_hr_table(60.0 * float(v), float(bpm), hr_max_bpm)
        for v, bpm in zip(speed.mean(axis=1)[steady], hr.mean(axis=1)[steady], strict=True)
    ]
    return _median_of([value for value in values if value is not None], correction)


def _cut_into_windows(series: Column, windows: int) -> Column:
    return series[WARM_UP_S : WARM_UP_S + windows * WINDOW_S].reshape(windows, WINDOW_S)


def _find_broken_windows(breaks_s: Column, windows: int) -> np.typing.NDArray[np.bool_]:
    """Which windows have a break inside. A break on the edge does not count."""
    starts = WARM_UP_S + WINDOW_S * np.arange(windows)
    inside = np.searchsorted(breaks_s, starts + WINDOW_S, "left") - np.searchsorted(breaks_s, starts, "right")
    return inside > 0


def _median_of(values: list[float], correction: float) -> Result:
    if len(values) < MIN_WINDOWS:
        return Result.missing("too_few_steady_windows", n=len(values))
    return Result(
        value=correction * statistics.median(values), method="hr_table", quality="estimated", n=len(values)
    )


def vo2max_correction(races: Iterable[tuple[float, float]]) -> float:
    """Personal correction from (race VDOT, estimate within 30 days): median ratio, clamped to 0.85-1.15."""
    ratios = [race / estimate for race, estimate in races if estimate > 0]
    if not ratios:
        return 1.0
    lowest, highest = CORRECTION_RANGE
    return min(max(statistics.median(ratios), lowest), highest)


def vo2max_current(estimates: Iterable[tuple[int, float]]) -> Result:
    """The athlete's VO2max from run estimates (age in days, value): the median of the last 28 days.

    With fewer than 3 runs the window is 56 days. If there are still fewer than 3, there is no value.
    """
    known = list(estimates)
    for days in CURRENT_WINDOWS_D:
        values = [value for age, value in known if 0 <= age < days]
        if len(values) >= MIN_ESTIMATES:
            return Result(
                value=statistics.median(values), method=f"median_{days}d", quality="estimated", n=len(values)
            )
    return Result.missing("too_few_estimates", n=len(known))
