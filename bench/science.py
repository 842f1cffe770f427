"""Time to measure one run: `python -m bench.science`. This is a benchmark, not a test with a time limit."""

from __future__ import annotations

import timeit
from collections.abc import Callable

import numpy as np

from metrics.recording import Samples, Totals
from metrics.science.measurement import measure, measure_summary
from metrics.science.thresholds import Thresholds

TARGET_MS, SUMMARY_TARGET_US = 10.0, 30.0
RUNNER = Thresholds(threshold_mps=3.9, lthr_bpm=170, hr_max_bpm=190, hr_rest_bpm=50)


def build_hour_run(seconds: int = 3600) -> Samples:
    """A run over small hills at 1 Hz, with every column that `measure` reads."""
    rng = np.random.default_rng(1)
    t = np.arange(seconds + 1, dtype=np.float64)
    speed = 3.2 + 0.3 * np.sin(t / 300) + rng.normal(0, 0.08, len(t))
    distance = np.concatenate(([0.0], np.cumsum(speed[1:])))
    return Samples(
        time_s=t,
        distance_m=distance,
        latitude_deg=10 + distance / 111_195,
        longitude_deg=np.full(len(t), 20.0),
        altitude_m=np.round(100 + 10 * np.sin(distance / 800) + rng.normal(0, 0.05, len(t)), 1),
        speed_mps=speed,
        heart_rate_bpm=np.round(150 + 5 * np.sin(t / 300)),
        cadence_spm=np.full(len(t), 172.0),
        power_w=np.full(len(t), np.nan),
    )


def measure_best_s(call: Callable[[], object], calls: int) -> float:
    """Seconds of one call in the fastest of five rounds."""
    return min(timeit.repeat(call, number=calls, repeat=5)) / calls


def build_bare_pass(samples: Samples) -> Callable[[], object]:
    """The floor: differences, three cumulative sums and two interpolations over the same arrays."""

    def floor() -> None:
        speed = np.diff(samples.distance_m) / np.diff(samples.time_s)
        for column in (speed, samples.altitude_m, samples.heart_rate_bpm):
            np.cumsum(column)
        middle = (samples.distance_m[1:] + samples.distance_m[:-1]) / 2
        np.interp(middle + 25, samples.distance_m, samples.altitude_m)
        np.interp(middle - 25, samples.distance_m, samples.altitude_m)

    return floor


def main() -> None:
    samples = build_hour_run()
    totals = Totals(duration_s=3600.0, elapsed_s=3600.0, distance_m=float(samples.distance_m[-1]))
    hour_s = measure_best_s(
        lambda: measure(samples, (), totals, "run", RUNNER, 5, "barometric", False, 70.0), 20
    )
    floor = measure_best_s(build_bare_pass(samples), 200)
    summary = measure_best_s(lambda: measure_summary(totals, "run", RUNNER, 5, False, 70.0), 2000)
    print(f"one 1 Hz hour, everything  {1e3 * hour_s:8.2f} ms   target {TARGET_MS:.0f} ms")
    print(f"  floor: bare numpy pass   {1e3 * floor:8.2f} ms")
    print(f"one summary                {1e6 * summary:8.1f} µs   target {SUMMARY_TARGET_US:.0f} µs")


if __name__ == "__main__":
    main()
