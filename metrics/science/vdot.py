"""VO2eq ("VDOT"), equivalent race times and training paces (FORMULAS §5.1).

Source: Daniels J & Gilbert J, Oxygen Power, 1979. Inside the formulas, speeds are in m/min and times in
minutes, as printed there. Everywhere else Astral uses m/s and seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from metrics.science.pace import METRES_PER_MILE
from metrics.science.result import Result

MARATHON_M = 42195.0
MIN_DISTANCE_M = 1500.0
DURATION_RANGE_S = (3.5 * 60, 300.0 * 60)
VDOT_RANGE = (15.0, 90.0)
THRESHOLD_FRACTION = 0.88
INTERVAL_FRACTION = 0.975
EASY_FRACTIONS = (0.59, 0.74)
CURRENT_FOR_DAYS = 120
_EPSILON = 1e-9


def vo2_cost(speed_m_min: float) -> float:
    """Oxygen cost in ml/kg/min at `speed_m_min` on level ground: -4.60 + 0.182258 v + 0.000104 v²."""
    return -4.60 + 0.182258 * speed_m_min + 0.000104 * speed_m_min * speed_m_min


def v_at_vo2(vo2: float) -> float:
    """Speed in m/min with an oxygen cost of `vo2` ml/kg/min: the exact inverse of `vo2_cost`."""
    a, b, c = 0.000104, 0.182258, -(4.60 + vo2)
    return (-b + math.sqrt(b * b - 4 * a * c)) / (2 * a)


def frac_vo2max(minutes: float) -> float:
    """The fraction of VO2max that a runner holds in a race of `minutes`."""
    return 0.8 + 0.1894393 * math.exp(-0.012778 * minutes) + 0.2989558 * math.exp(-0.1932605 * minutes)


def vdot_raw(distance_m: float, duration_s: float) -> float:
    """VDOT without a domain check. Both arguments must be above 0."""
    minutes = duration_s / 60.0
    return vo2_cost(distance_m / minutes) / frac_vo2max(minutes)


def vdot(distance_m: float | None, duration_s: float | None) -> float | None:
    """VDOT of a race in ml/kg/min. Use the elapsed (chip) time.

    None outside the domain of the equations: at least 1,500 m, 3.5 to 300 minutes, result 15 to 90.
    """
    if distance_m is None or duration_s is None:
        return None
    shortest, longest = DURATION_RANGE_S
    if not (distance_m >= MIN_DISTANCE_M - _EPSILON and shortest <= duration_s <= longest):
        return None
    value = vdot_raw(distance_m, duration_s)
    return value if VDOT_RANGE[0] <= value <= VDOT_RANGE[1] else None


def race_time(vdot_value: float | None, distance_m: float) -> float | None:
    """Race time in seconds over `distance_m` at this VDOT, by bisection. None without VDOT or distance."""
    if vdot_value is None or not (vdot_value > 0 and distance_m > 0):
        return None
    return 60.0 * _race_minutes(vdot_value, distance_m)


def _race_minutes(vdot_value: float, distance_m: float) -> float:
    # The fraction of VO2max is between 0.8 and 1.289. This limits the speed, and so the time.
    fast = distance_m / v_at_vo2(1.3 * vdot_value)
    slow = distance_m / v_at_vo2(0.8 * vdot_value)
    for _ in range(80):
        minutes = (fast + slow) / 2
        if vo2_cost(distance_m / minutes) > vdot_value * frac_vo2max(minutes):
            fast = minutes
        else:
            slow = minutes
    return (fast + slow) / 2


def train_pace(vdot_value: float, fraction: float) -> float:
    """Seconds per kilometre at `fraction` of VDOT."""
    return 60_000.0 / v_at_vo2(fraction * vdot_value)


@dataclass(frozen=True, slots=True)
class TrainingPaces:
    """Daniels' five training paces in seconds per kilometre."""

    easy_slowest: float
    easy_fastest: float
    marathon: float
    threshold: float
    interval: float
    repetition: float


def training_paces(vdot_value: float | None) -> TrainingPaces | None:
    """E 59-74 %, M marathon pace, T 88 %, I 97.5 % of VDOT, R mile pace. None for a VDOT outside 15-90."""
    if vdot_value is None or not VDOT_RANGE[0] <= vdot_value <= VDOT_RANGE[1]:
        return None
    return TrainingPaces(
        easy_slowest=train_pace(vdot_value, EASY_FRACTIONS[0]),
        easy_fastest=train_pace(vdot_value, EASY_FRACTIONS[1]),
        marathon=60_000.0 * _race_minutes(vdot_value, MARATHON_M) / MARATHON_M,
        threshold=train_pace(vdot_value, THRESHOLD_FRACTION),
        interval=train_pace(vdot_value, INTERVAL_FRACTION),
        repetition=60_000.0 * _race_minutes(vdot_value, METRES_PER_MILE) / METRES_PER_MILE,
    )


def threshold_speed(vdot_value: float) -> float:
    """Threshold speed v_T in m/s: the speed with an oxygen cost of 88 % of the VDOT (Daniels' T pace)."""
    return v_at_vo2(THRESHOLD_FRACTION * vdot_value) / 60.0


def vdot_from_threshold(threshold_mps: float) -> float:
    """The VDOT with this threshold speed: VO2(v_T) / 0.88."""
    return vo2_cost(60.0 * threshold_mps) / THRESHOLD_FRACTION


def vdot_current(efforts: Iterable[tuple[int, float]]) -> Result:
    """The athlete's VDOT from race and best efforts (age in days, VDOT).

    It is the highest of the last 120 days. If all are older, it is the highest of all, with the warning
    `stale`.
    """
    known = [(age, value) for age, value in efforts if VDOT_RANGE[0] <= value <= VDOT_RANGE[1]]
    recent = [value for age, value in known if age <= CURRENT_FOR_DAYS]
    if recent:
        return Result(value=max(recent), method="race", n=len(recent))
    if known:
        return Result(value=max(v for _, v in known), method="race", n=len(known), warnings=("stale",))
    return Result.missing("no_race_effort")
