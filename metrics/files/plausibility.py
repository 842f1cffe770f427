"""What a file may claim: totals that no activity has are counted from its samples instead, or the file is refused."""

from __future__ import annotations

from dataclasses import fields, replace

from metrics.recording import Lap, Recording, Samples, Totals

from .errors import UNREADABLE_FILE, FileRefused
from .resampling import last

LONGEST_S = 10 * 86_400.0  # timer time; as for what is entered by hand
LONGEST_ELAPSED_S = 60 * 86_400.0
FURTHEST_M = 2_000_000.0
HIGHEST = 100_000.0  # of every other total, each in its own unit
OTHERS = [
    field.name for field in fields(Totals) if field.name not in ("duration_s", "elapsed_s", "distance_m")
]


def plausible(recording: Recording) -> Recording:
    """The recording with totals that can be true, warned of where the file said otherwise.

    Raises FileRefused (UNREADABLE_FILE) where its samples last too long as well.
    """
    totals = _totals(recording.totals, recording.samples)
    laps = tuple(lap for lap in recording.laps if _possible(lap))
    if totals == recording.totals and laps == recording.laps:
        return recording
    return replace(recording, totals=totals, laps=laps).warned("implausible_totals")


def _totals(told: Totals, samples: Samples) -> Totals:
    duration_s = _within(told.duration_s, LONGEST_S)
    if duration_s is None:
        duration_s = _within(float(samples.time_s[-1]) if len(samples) else None, LONGEST_S)
    if duration_s is None:
        raise FileRefused(UNREADABLE_FILE, "The recording says that it lasts longer than ten days.")
    distance_m = told.distance_m
    if distance_m is not None and _within(distance_m, FURTHEST_M) is None:
        distance_m = _within(last(samples.distance_m), FURTHEST_M)
    return replace(
        told,
        duration_s=duration_s,
        elapsed_s=max(_within(told.elapsed_s, LONGEST_ELAPSED_S) or 0.0, duration_s),
        distance_m=distance_m,
        **{
            name: _within(getattr(told, name), LONGEST_S if name == "moving_s" else HIGHEST)
            for name in OTHERS
        },
    )


def _within(value: float | None, highest: float) -> float | None:
    """None for what is missing, no number, negative or beyond what can be."""
    return value if value is not None and 0 <= value <= highest else None


def _possible(lap: Lap) -> bool:
    numbers = [getattr(lap, field.name) for field in fields(Lap)]
    return all(value is None or 0 <= value <= LONGEST_ELAPSED_S for value in numbers)
