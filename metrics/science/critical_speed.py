"""Critical speed and D′ from the fastest efforts of 2 to 20 minutes (FORMULAS §5.5).

The distance of a maximal effort grows evenly with its time: d = CS · t + D′. Sources: Hill 2011; Galbraith
2014, doi:10.1123/ijspp.2013-0507; Smyth & Muniz-Pumares 2020, who take the fastest splits of training, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

EFFORT_RANGE_S = (120.0, 1_200.0)
DISTANCE_RATIO = 1.5  # of an effort to the next shorter one: nearer ones tell little more
LEAST_EFFORTS = 3
LEAST_R_SQUARED = 0.995
SPEED_RANGE_MPS = (1.5, 7.0)
D_PRIME_RANGE_M = (30.0, 500.0)
CRITICAL_SPEED_D = 90  # days that efforts count
_TOLERANCE = 1e-9
# Two-sided 95 % quantiles of Student's t, by degrees of freedom from 1.
_T_95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
_Z_95 = 1.959964


class TimedEffort(NamedTuple):
    """Metres in seconds by the clock."""

    distance_m: float
    time_s: float


class Estimate(NamedTuple):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CriticalSpeed:
    """The line through the efforts. Without `speed_mps` and `d_prime_m`, `reason` says why.

    `reason`: too_few_efforts, poor_fit, implausible_speed or implausible_d_prime. `r_squared` is None if
    there are too few efforts for a line.
    """

    speed_mps: Estimate | None
    d_prime_m: Estimate | None
    r_squared: float | None
    efforts: tuple[TimedEffort, ...]
    reason: str = ""


def choose_efforts(efforts: Iterable[TimedEffort]) -> tuple[TimedEffort, ...]:
    """Efforts of 2 to 20 minutes, shortest first, each at least 1.5 times as long as the one before it."""
    shortest_s, longest_s = EFFORT_RANGE_S
    chosen: list[TimedEffort] = []
    for effort in sorted(efforts, key=lambda effort: (effort.time_s, -effort.distance_m)):
        if not shortest_s - _TOLERANCE <= effort.time_s <= longest_s + _TOLERANCE:
            continue
        if not chosen or effort.distance_m >= DISTANCE_RATIO * chosen[-1].distance_m - _TOLERANCE:
            chosen.append(effort)
    return tuple(chosen)


def critical_speed(efforts: Iterable[TimedEffort]) -> CriticalSpeed:
    """Least squares of distance on time over `choose_efforts`, with 95 % intervals by Student's t."""
    chosen = choose_efforts(efforts)
    if len(chosen) < LEAST_EFFORTS:
        return CriticalSpeed(None, None, None, chosen, "too_few_efforts")
    speed, d_prime, r_squared = _fit_line(chosen)
    reason = _find_reason(speed.value, d_prime.value, r_squared)
    if reason:
        return CriticalSpeed(None, None, r_squared, chosen, reason)
    return CriticalSpeed(speed, d_prime, r_squared, chosen)


def _fit_line(efforts: Sequence[TimedEffort]) -> tuple[Estimate, Estimate, float]:
    """Slope, intercept and r²."""
    distances, times = np.array(efforts, float).T
    n, mean_s = len(times), float(times.mean())
    spread = float(((times - mean_s) ** 2).sum())
    speed = float(((times - mean_s) * (distances - distances.mean())).sum()) / spread
    d_prime = float(distances.mean()) - speed * mean_s
    residual = float(((distances - speed * times - d_prime) ** 2).sum())
    total = float(((distances - distances.mean()) ** 2).sum())
    variance, reach = residual / (n - 2), _find_t_quantile(n - 2)
    return (
        _build_estimate(speed, reach * (variance / spread) ** 0.5),
        _build_estimate(d_prime, reach * (variance * (1 / n + mean_s**2 / spread)) ** 0.5),
        1.0 - residual / total,
    )


def _build_estimate(value: float, half_width: float) -> Estimate:
    return Estimate(value, value - half_width, value + half_width)


def _find_reason(speed_mps: float, d_prime_m: float, r_squared: float) -> str:
    if r_squared < LEAST_R_SQUARED - _TOLERANCE:
        return "poor_fit"
    if not _is_within(speed_mps, SPEED_RANGE_MPS):
        return "implausible_speed"
    return "" if _is_within(d_prime_m, D_PRIME_RANGE_M) else "implausible_d_prime"


def _is_within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] - _TOLERANCE <= value <= limits[1] + _TOLERANCE


def _find_t_quantile(degrees: int) -> float:
    """The two-sided 95 % quantile of Student's t. From 11 degrees of freedom by its series (Fisher 1941)."""
    if degrees <= len(_T_95):
        return _T_95[degrees - 1]
    z = _Z_95
    first = (z**3 + z) / (4 * degrees)
    return z + first + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
