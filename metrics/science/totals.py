"""The totals of an activity: from the device, else counted from its samples (FORMULAS §1.1)."""

from __future__ import annotations

from dataclasses import replace

from metrics.recording import Totals
from metrics.science.heart_rate import LOWEST_BPM, highest_valid
from metrics.science.track import Track

PACED_SPORTS = frozenset({"run", "walk", "hike", "bike"})  # their speed separates moving from standing
LONGEST_ACTIVITY_S = 366 * 86_400.0


def believable_totals(totals: Totals, hr_max_bpm: float | None = None) -> Totals:
    """The totals without impossible values: negative, not finite, or not a human heart rate."""
    highest = highest_valid(hr_max_bpm)
    duration = _positive(totals.duration_s, LONGEST_ACTIVITY_S)
    elapsed = _positive(totals.elapsed_s, LONGEST_ACTIVITY_S)
    return Totals(
        duration_s=duration or elapsed or 0.0,
        elapsed_s=elapsed or duration or 0.0,
        distance_m=_positive(totals.distance_m, 1e7),
        moving_s=_positive(totals.moving_s, LONGEST_ACTIVITY_S),
        elevation_gain_m=_within(totals.elevation_gain_m, 0.0, 1e5),
        elevation_loss_m=_within(totals.elevation_loss_m, 0.0, 1e5),
        avg_hr_bpm=_within(totals.avg_hr_bpm, LOWEST_BPM, highest),
        max_hr_bpm=_within(totals.max_hr_bpm, LOWEST_BPM, highest),
        calories_kcal=_positive(totals.calories_kcal, 1e5),
    )


def _within(value: float | None, lowest: float, highest: float) -> float | None:
    return value if value is not None and lowest <= value <= highest else None


def _positive(value: float | None, highest: float) -> float | None:
    return value if value is not None and 0 < value <= highest else None


def completed_totals(totals: Totals, track: Track, sport: str, is_sparse: bool) -> Totals:
    """The device's totals. Missing ones, and moving time if possible, are counted from the samples.

    The moving time is never longer than the timer's time. Totals of a heart rate that covers less than 80 %
    of the time are not counted.
    """
    distance = totals.distance_m or track.distance_m() or None
    can_count_moving = sport in PACED_SPORTS and track.moving_s > 0 and not is_sparse
    duration = totals.duration_s or track.timer_s
    gain, loss = totals.elevation_gain_m, totals.elevation_loss_m
    if (gain is None or loss is None) and track.altitudes is not None and track.altitudes.are_trusted:
        counted_gain, counted_loss = track.altitudes.gain_loss_m
        gain, loss = (counted_gain if gain is None else gain), (counted_loss if loss is None else loss)
    steady_hr = track.heart_rate if track.heart_rate.usable else None
    return replace(
        totals,
        duration_s=duration,
        distance_m=distance,
        moving_s=min(track.moving_s, duration) if can_count_moving else totals.moving_s or duration,
        elevation_gain_m=gain,
        elevation_loss_m=loss,
        avg_hr_bpm=totals.avg_hr_bpm or (steady_hr.mean_bpm() if steady_hr else None),
        max_hr_bpm=totals.max_hr_bpm or (steady_hr.highest_bpm if steady_hr else None),
    )
