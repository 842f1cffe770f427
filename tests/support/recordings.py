"""Artificial recordings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from metrics.recording import Recording, Samples, Totals

MORNING = datetime(2026, 6, 9, 6, 0, tzinfo=UTC)


def build_steady_run(
    started_at: datetime = MORNING, *, duration_s: int = 1_800, speed_mps: float = 3.0, sport: str = "run"
) -> Recording:
    """A run at constant speed along a meridian, one sample per second, heart rate from 120 to 150 bpm."""
    time_s = np.arange(duration_s + 1.0)
    missing = np.full(len(time_s), np.nan)
    samples = Samples(
        time_s=time_s,
        distance_m=time_s * speed_mps,
        latitude_deg=10.0 + time_s * speed_mps / 111_195,
        longitude_deg=np.full(len(time_s), 20.0),
        altitude_m=np.full(len(time_s), 100.0),
        speed_mps=np.full(len(time_s), speed_mps),
        heart_rate_bpm=np.rint(np.linspace(120, 150, len(time_s))),
        cadence_spm=np.full(len(time_s), 170.0),
        power_w=missing,
    )
    totals = Totals(
        duration_s=duration_s,
        elapsed_s=duration_s,
        distance_m=duration_s * speed_mps,
        avg_hr_bpm=135.0,
        max_hr_bpm=150.0,
    )
    return Recording(sport=sport, started_at=started_at, totals=totals, samples=samples)


def build_uneven_run(started_at: datetime = MORNING, *, duration_s: int = 3_600) -> Recording:
    """An hour of speed, altitude and heart rate in waves, a stop of 1 min, and 2 min without heart rate."""
    steady = build_steady_run(started_at, duration_s=duration_s)
    time_s = steady.samples.time_s
    speed = 3.2 + 0.5 * np.sin(time_s / 300) + 0.15 * np.sin(time_s / 37)
    speed[1_800:1_860] = 0.0
    course = np.concatenate(([0.0], np.cumsum(speed[1:])))
    bpm = np.rint(148 + 15 * np.sin(time_s / 300 - 0.5))
    bpm[2_400:2_520] = np.nan
    samples = replace(
        steady.samples,
        distance_m=course,
        latitude_deg=10.0 + course / 111_195,
        altitude_m=np.round(320 + 40 * np.sin(course / 1_500), 1),
        speed_mps=speed,
        heart_rate_bpm=bpm,
    )
    totals = replace(steady.totals, distance_m=float(course[-1]), avg_hr_bpm=148.0, max_hr_bpm=163.0)
    return replace(steady, samples=samples, totals=totals)
