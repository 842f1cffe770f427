"""Compare the samples of an activity with the totals of its device (FORMULAS §1.0, §1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.recording import Totals
from metrics.science.totals import PACED_SPORTS
from metrics.science.track import SPORTS_ON_FOOT, Track

TIME_MISMATCH = 0.10
DISTANCE_MISMATCH = 0.03
CORRECTED_FROM, CORRECTED_RANGE = 0.01, (0.5, 2.0)  # judgement: what a person corrects on a treadmill


@dataclass(frozen=True, slots=True)
class Comparison:
    """The track that fits the totals, and what was found: whether its samples are too few, and warnings."""

    track: Track
    is_sparse: bool
    warnings: tuple[str, ...]


def compare_with_totals(track: Track, totals: Totals, sport: str) -> Comparison:
    """Find where samples and believable totals contradict each other.

    Without positions, the total distance of a sport on foot is right: somebody corrected it. The track is
    scaled to it.
    """
    is_sparse = track.is_sparse(totals)
    warnings = ["sparse_stream"] if is_sparse else []
    if sport in PACED_SPORTS and track.has_glitches():
        warnings.append("gps_glitch")
    if sport in PACED_SPORTS and not is_sparse and _times_differ(track, totals):
        warnings.append("moving_time_mismatch")
    factor = _distance_factor(track, totals) if not is_sparse else 1.0
    lowest, highest = CORRECTED_RANGE
    if sport in SPORTS_ON_FOOT and not track.has_positions and lowest <= factor <= highest:
        if abs(factor - 1.0) > CORRECTED_FROM:
            return Comparison(track.scaled(factor), is_sparse, (*warnings, "distance_corrected"))
    elif sport in PACED_SPORTS and abs(factor - 1.0) > DISTANCE_MISMATCH:
        warnings.append("distance_mismatch")
    return Comparison(track, is_sparse, tuple(warnings))


def _times_differ(track: Track, totals: Totals) -> bool:
    device_s = totals.moving_s or 0.0
    return device_s > 0 and abs(track.moving_s - device_s) > TIME_MISMATCH * device_s


def _distance_factor(track: Track, totals: Totals) -> float:
    """Total distance / distance of the samples. 1 if one of them is unknown."""
    counted_m = track.distance_m()
    return totals.distance_m / counted_m if totals.distance_m and counted_m > 0 else 1.0
