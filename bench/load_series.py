"""Time to compute the daily series of a roster: `python -m bench.load_series`.

Floors: a copy of the load matrix (memory only), and the plain recurrence with one step per day over all
athletes.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from time import perf_counter

import numpy as np

from metrics.science.hrv import hrv_series
from metrics.science.load_series import FATIGUE_TAU_D, FITNESS_TAU_D, alpha, load_series
from metrics.science.recovery import form_for_recovery, recovery_series
from metrics.science.resting_hr import resting_hr_series
from metrics.science.rolling import Days
from metrics.science.week import week_series

ATHLETES, DAYS, WELLNESS_DAYS, REPEATS = 200, 3 * 365, 120, 15
TARGET_MS = 50.0


def measure_fastest_ms(work: Callable[[], object]) -> float:
    """The fastest of several runs. Other processes disturbed it least."""
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return 1000 * min(times)


def run_plain_recurrence(loads: Days) -> None:
    """Compute fitness and fatigue day by day."""
    by_day = np.ascontiguousarray(loads.T)
    for tau in (FITNESS_TAU_D, FATIGUE_TAU_D):
        state, weight = np.zeros(len(loads)), alpha(tau)
        series = np.empty_like(by_day)
        for day, load in enumerate(by_day):
            state = state + (load - state) * weight
            series[day] = state


def main() -> None:
    rng = np.random.default_rng(7)
    loads = np.where(rng.random((ATHLETES, DAYS)) < 0.6, rng.gamma(4, 18, (ATHLETES, DAYS)), 0.0)
    readings = np.exp(rng.normal(4.1, 0.15, (ATHLETES, WELLNESS_DAYS)))
    readings[rng.random(readings.shape) < 0.2] = np.nan
    athlete_loads = loads[0].tolist()

    def wellness() -> None:
        load = load_series(loads[:, -WELLNESS_DAYS:])
        hrv, rhr = hrv_series(readings), resting_hr_series(readings - 10)
        recovery_series(hrv.acute_z, rhr.day_z, np.nan, form_for_recovery(load))

    print(f"{platform.machine()}, numpy {np.__version__}; {ATHLETES} athletes, best of {REPEATS}")
    rows: list[tuple[str, Callable[[], object], str]] = [
        ("floor: copy of the matrix", loads.copy, ""),
        ("floor: plain recurrence, 3 years", lambda: run_plain_recurrence(loads), ""),
        ("fitness, fatigue, form, ramp, 3 years", lambda: load_series(loads), f"target {TARGET_MS:.0f} ms"),
        ("week figures, 3 years", lambda: week_series(loads), ""),
        (f"HRV, resting HR, recovery, {WELLNESS_DAYS} days", wellness, ""),
        (
            "one athlete: load averages and week figures",
            lambda: (load_series(athlete_loads), week_series(athlete_loads)),
            "",
        ),
    ]
    for name, work, target in rows:
        print(f"{name:46s} {measure_fastest_ms(work):8.2f} ms   {target}")


if __name__ == "__main__":
    main()
