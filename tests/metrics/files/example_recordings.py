"""Build made-up recordings: with all readings, with pauses, with laps, and without positions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from metrics.recording import Lap, Pause, Recording, Samples, Totals

MORNING = datetime(2026, 6, 9, 6, 0, tzinfo=UTC)


def build_run(duration_s: int = 600) -> Recording:
    """A run at 3 m/s along a meridian, with a sample a second and every column recorded."""
    time_s = np.arange(duration_s + 1.0)
    samples = Samples(
        time_s=time_s,
        distance_m=time_s * 3,
        latitude_deg=10 + time_s * 3 / 111_195.08,
        longitude_deg=np.full(len(time_s), 20.0),
        altitude_m=np.round(100 + 5 * np.sin(time_s / 60), 1),
        speed_mps=np.full(len(time_s), 3.0),
        heart_rate_bpm=np.rint(np.linspace(120, 150, len(time_s))),
        cadence_spm=np.full(len(time_s), 170.0),
        power_w=np.rint(np.linspace(230, 270, len(time_s))),
    )
    totals = Totals(
        duration_s=duration_s,
        elapsed_s=duration_s,
        distance_m=duration_s * 3.0,
        avg_hr_bpm=135.0,
        max_hr_bpm=150.0,
        avg_cadence_spm=170.0,
        calories_kcal=100.0,
    )
    return Recording(
        sport="run",
        started_at=MORNING,
        totals=totals,
        samples=samples,
        name="Easy & <short>",
        device="Made-up 1",
    )


def build_paused_run() -> Recording:
    """A run of ten minutes. The fourth and fifth minute are a pause without samples."""
    run = build_run()
    running = (run.samples.time_s <= 180) | (run.samples.time_s >= 300)
    samples = _select_samples(run.samples, running)
    distance_m = np.where(samples.time_s <= 180, samples.time_s, samples.time_s - 120) * 3
    samples = replace(samples, distance_m=distance_m, latitude_deg=10 + distance_m / 111_195.08)
    avg_hr_bpm = float(samples.heart_rate_bpm.mean())
    totals = replace(run.totals, duration_s=480.0, distance_m=1_440.0, avg_hr_bpm=avg_hr_bpm)
    return replace(run, samples=samples, totals=totals, pauses=(Pause(180.0, 300.0),))


def build_run_with_laps() -> Recording:
    """A run of ten minutes in three laps of 600 metres."""
    laps = tuple(
        Lap(200.0 * lap, 200.0, 200.0, 600.0, 125.0 + 10 * lap, 130.0 + 10 * lap) for lap in range(3)
    )
    return replace(build_run(), laps=laps)


def build_treadmill_run() -> Recording:
    """A run without positions, altitude and power."""
    run = build_run()
    missing = np.full(len(run.samples), np.nan)
    samples = replace(
        run.samples, latitude_deg=missing, longitude_deg=missing, altitude_m=missing, power_w=missing
    )
    return replace(run, samples=samples, sub_sport="treadmill")


def build_ride() -> Recording:
    return replace(
        build_run(), sport="bike", samples=replace(build_run().samples, cadence_spm=np.full(601, 90.0))
    )


def _select_samples(samples: Samples, rows: np.ndarray) -> Samples:
    return Samples(*(getattr(samples, name)[rows] for name in Samples.__dataclass_fields__))
