"""Convert uphill and downhill speed to speed on level ground (FORMULAS §1.3, §2.1, §2.2).

Source: Minetti AE et al. 2002, J Appl Physiol 93:1039-1046, doi:10.1152/japplphysiol.01177.2001. Its abstract
says that predicted downhill speeds are well above real ones.
"""

from __future__ import annotations

from typing import overload

import numpy as np

from metrics.recording import Column

GAP_MODEL = "minetti2002"
STEEPEST = 0.45  # the range Minetti measured
LEVEL_COST = 3.6  # J per kg and metre
FINE_WINDOW_M, COARSE_WINDOW_M = 50.0, 200.0  # judgement: barometer or terrain model, else raw GPS or unknown
SHORTEST_SPAN_M = 15.0
CLIMB_FACTOR, DESCENT_FACTOR = 6.03, 4.74  # (f(0.05) - 1) / 0.05 and (1 - f(-0.05)) / 0.05
EQUIVALENT_FLOOR = 0.6


@overload
def minetti_cost(g: float) -> float: ...
@overload
def minetti_cost(g: Column) -> Column: ...
def minetti_cost(g: float | Column) -> float | Column:
    """Cost of running in J/kg/m on gradient `g` (rise / run), a number or a column, clamped to ±0.45."""
    x = np.clip(g, -STEEPEST, STEEPEST)
    cost: Column = ((((155.4 * x - 30.4) * x - 43.3) * x + 46.3) * x + 19.5) * x + LEVEL_COST
    return cost if isinstance(g, np.ndarray) else float(cost)


@overload
def grade_factor(g: float) -> float: ...
@overload
def grade_factor(g: Column) -> Column: ...
def grade_factor(g: float | Column) -> float | Column:
    """Cost on gradient `g` / cost on level ground. Graded speed = speed · factor."""
    return minetti_cost(g) / LEVEL_COST


def gap_pace(pace_s_per_km: float, g: float) -> float:
    """Grade-adjusted pace: the pace on level ground with the same cost as this pace on gradient `g`."""
    return pace_s_per_km / grade_factor(g)


def equivalent_distance(distance_m: float, gain_m: float | None = None, loss_m: float | None = None) -> float:
    """The level distance with the same cost as the course: d + 6.03 gain - 4.74 loss, at least 0.6 d. Metres.

    For summaries without a stream. If only gain or only loss is known, the other is taken as equal.
    """
    gain = gain_m if gain_m is not None else loss_m or 0.0
    loss = loss_m if loss_m is not None else gain
    return max(distance_m + CLIMB_FACTOR * gain - DESCENT_FACTOR * loss, EQUIVALENT_FLOOR * distance_m)


def grade(distance_m: Column, altitude_m: Column, window_m: float = COARSE_WINDOW_M) -> Column:
    """Gradient at the middle of each interval between samples, over `window_m` metres of course.

    `distance_m` is cumulative and never falls. Missing altitudes are interpolated. At the ends the window is
    shorter; below 15 m the gradient is 0. Clamped to ±0.45. Shape: one less than the samples.
    """
    middle = (distance_m[1:] + distance_m[:-1]) / 2
    known = np.isfinite(altitude_m)
    course, height = distance_m[known], altitude_m[known]
    if len(course) < 2 or course[-1] - course[0] < SHORTEST_SPAN_M:
        return np.zeros(len(middle))
    behind = np.clip(middle - window_m / 2, course[0], course[-1])
    ahead = np.clip(middle + window_m / 2, course[0], course[-1])
    rise = np.interp(ahead, course, height) - np.interp(behind, course, height)
    span = ahead - behind
    slope = np.where(span >= SHORTEST_SPAN_M, rise / np.maximum(span, SHORTEST_SPAN_M), 0.0)
    return np.clip(slope, -STEEPEST, STEEPEST)
