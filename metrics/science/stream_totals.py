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
    if is_sparse or not totals.distance_m or track.distance_m() <= 0:
        return Comparison(track, is_sparse, tuple(warnings))
    factor = _correction_factor(track, totals.distance_m)
    lowest, highest = CORRECTED_RANGE
    is_correction = abs(factor - 1.0) > CORRECTED_FROM and lowest <= factor <= highest
    if is_correction and sport in SPORTS_ON_FOOT and not track.has_positions:
        return Comparison(track.scaled(factor), is_sparse, (*warnings, "distance_corrected"))
    if sport in PACED_SPORTS and abs(totals.distance_m / track.distance_m() - 1.0) > DISTANCE_MISMATCH:
        warnings.append("distance_mismatch")
    return Comparison(track, is_sparse, tuple(warnings))


def _times_differ(track: Track, totals: Totals) -> bool:
    device_s = totals.moving_s or 0.0
    return device_s > 0 and abs(track.moving_s - device_s) > TIME_MISMATCH * device_s


def _correction_factor(track: Track, total_m: float) -> float:
    """Total / distance of the samples. 1 if the total counts holes and jumps of the samples too."""
    counted_m, with_holes_m = track.distance_m(), float(track.intervals.course_m[-1])
    return total_m / min(max(total_m, counted_m), max(counted_m, with_holes_m))
