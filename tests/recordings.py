"""Made-up recordings, and the files a device would write of them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from metrics.recording import Recording, Samples, Totals

MORNING = datetime(2026, 6, 9, 6, 0, tzinfo=UTC)


def steady_run(
    started_at: datetime = MORNING, *, duration_s: int = 1_800, speed_mps: float = 3.0, sport: str = "run"
) -> Recording:
    """A run at one speed along a meridian, a sample a second, heart rate rising from 120 to 150 bpm."""
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
