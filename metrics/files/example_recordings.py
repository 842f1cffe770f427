"""Write a made-up recording to files, so that nobody has to use another person's data.

`python -m metrics.files.example_recordings run.fit [run.gpx …]` writes one run of an hour over small hills.
It has a sample a second and five faster intervals; heart rate follows them. Pure.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from metrics.recording import Recording, Samples, Totals

METRES_PER_DEGREE = 111_195.0
WRITERS = {".fit": encode_fit, ".gpx": encode_gpx, ".tcx": encode_tcx}


def build_example_run(
    started_at: datetime, *, duration_s: int = 3_600, easy_mps: float = 2.9, seed: int = 1
) -> Recording:
    """A run of `duration_s` that starts at `started_at` (aware). Equal arguments give equal runs."""
    random = np.random.default_rng(seed)
    time_s = np.arange(duration_s + 1.0)
    faster = (time_s % 600 > 360) & (time_s > 600)
    speed = np.where(faster, easy_mps * 1.22, easy_mps) + random.normal(0, 0.06, len(time_s))
    distance = np.concatenate(([0.0], np.cumsum((speed[1:] + speed[:-1]) / 2)))
    effort = np.convolve(np.where(faster, 164.0, 141.0), np.full(60, 1 / 60), "full")[: len(time_s)]
    heart_rate = np.rint(
        np.where(time_s < 240, 95 + time_s * 0.19, effort) + random.normal(0, 1, len(time_s))
    )
    samples = Samples(
        time_s=time_s,
        distance_m=distance,
        latitude_deg=35.0 + distance / METRES_PER_DEGREE,
        longitude_deg=np.full(len(time_s), -40.0),  # in the middle of the Atlantic, where nobody lives
        altitude_m=60.0 + 12.0 * np.sin(distance / 640.0),
        speed_mps=speed,
        heart_rate_bpm=heart_rate,
        cadence_spm=np.where(faster, 178.0, 168.0),
        power_w=np.full(len(time_s), np.nan),
    )
    totals = Totals(
        duration_s=float(duration_s),
        elapsed_s=float(duration_s),
        distance_m=float(distance[-1]),
        avg_hr_bpm=float(np.rint(heart_rate.mean())),
        max_hr_bpm=float(heart_rate.max()),
    )
    return Recording("run", started_at, totals, samples, name="Made-up run", altitude_source="barometric")


def main(names: Sequence[str], now: datetime) -> int:
    unknown = [name for name in names if Path(name).suffix.lower() not in WRITERS]
    if unknown or not names:
        print(f"Give file names that end in {', '.join(WRITERS)}.", file=sys.stderr)
        return 2
    start = (now - timedelta(days=1)).replace(hour=6, minute=30, second=0, microsecond=0)
    for name in names:
        Path(name).write_bytes(WRITERS[Path(name).suffix.lower()](build_example_run(start)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], datetime.now(UTC)))
