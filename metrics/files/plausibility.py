"""Replace impossible totals of a file by totals counted from its samples. If that fails, refuse the file."""

from __future__ import annotations

from dataclasses import fields, replace

from metrics.recording import Lap, Recording, Samples, Totals

from .errors import UNREADABLE_FILE, FileError
from .resampling import find_last

MAX_DURATION_S = 10 * 86_400.0  # timer time; the same limit as for activities entered by hand
MAX_ELAPSED_S = 60 * 86_400.0
MAX_DISTANCE_M = 2_000_000.0
MAX_OTHER_TOTAL = 100_000.0  # of every other total, each in its own unit
OTHER_TOTALS = [
    field.name for field in fields(Totals) if field.name not in ("duration_s", "elapsed_s", "distance_m")
]


def correct_implausible_totals(recording: Recording) -> Recording:
    """The recording with plausible totals. If something was corrected, it has a warning.

    Raises FileError (UNREADABLE_FILE) if the samples last too long as well.
    """
    totals = _correct_totals(recording.totals, recording.samples)
    laps = tuple(lap for lap in recording.laps if _is_possible_lap(lap))
    if totals == recording.totals and laps == recording.laps:
        return recording
    return replace(recording, totals=totals, laps=laps).with_warning("implausible_totals")


def _correct_totals(totals: Totals, samples: Samples) -> Totals:
    duration_s = _value_in_range(totals.duration_s, MAX_DURATION_S)
    if duration_s is None:
        duration_s = _value_in_range(float(samples.time_s[-1]) if len(samples) else None, MAX_DURATION_S)
    if duration_s is None:
        raise FileError(UNREADABLE_FILE, "The recording lasts longer than ten days.")
    distance_m = totals.distance_m
    if distance_m is not None and _value_in_range(distance_m, MAX_DISTANCE_M) is None:
        distance_m = _value_in_range(find_last(samples.distance_m), MAX_DISTANCE_M)
    return replace(
        totals,
        duration_s=duration_s,
        elapsed_s=max(_value_in_range(totals.elapsed_s, MAX_ELAPSED_S) or 0.0, duration_s),
        distance_m=distance_m,
        **{
            name: _value_in_range(
                getattr(totals, name), MAX_DURATION_S if name == "moving_s" else MAX_OTHER_TOTAL
            )
            for name in OTHER_TOTALS
        },
    )


def _value_in_range(value: float | None, highest: float) -> float | None:
    """The value, or None if it is missing, NaN, negative or above `highest`."""
    return value if value is not None and 0 <= value <= highest else None


def _is_possible_lap(lap: Lap) -> bool:
    numbers = [getattr(lap, field.name) for field in fields(Lap)]
    return all(value is None or 0 <= value <= MAX_ELAPSED_S for value in numbers)
