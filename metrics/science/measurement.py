"""Measure one activity: compute from its samples and totals every number that is stored.

`measure` reads the samples. `measure_summary` reads only the totals (a manual entry, a file without records).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.recording import Column, Pause, Samples, Totals
from metrics.science.best_efforts import BestEffort, best_efforts, race_vdot
from metrics.science.calories import estimated_calories
from metrics.science.durability import Durability, durability
from metrics.science.graded_run import GradedRun, graded_run
from metrics.science.graded_speed import best_ngs
from metrics.science.load import session_rpe
from metrics.science.result import Result
from metrics.science.speed_curve import speed_curve
from metrics.science.stream_totals import compare_with_totals
from metrics.science.streams import GAP, GLITCH, STOPPED
from metrics.science.thresholds import Thresholds, threshold_cascade
from metrics.science.totals import believable_totals, completed_totals
from metrics.science.track import Track, read_track
from metrics.science.training_load import Effort, TrainingLoad, training_load
from metrics.science.vo2max import vo2max_estimate
from metrics.science.zones import hr_zone_bounds, limit_seconds, time_in_hr_zones, time_in_zones

LONGEST_MOVING_S = 10 * 86_400.0  # judgement: above this the clock is wrong, and the 1 Hz axis too long
BEST_NGS_WINDOW_S = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """All measured numbers of one activity. None means that it could not be measured.

    `class_s` has seconds in [MOVING, STOPPED, PAUSED, GAP, GLITCH]. `zone_s` has seconds in pace zones Z1 …
    Z5 (only runs with a threshold), `hr_zone_s` in heart-rate zones. `graded_speed_mps` is the NGS.
    `session_rpe_au` is Foster's session-RPE. `speed_curve_mps` and `graded_curve_mps` are of `speed_curve`.
    `durability` is None for runs under 90 minutes.
    """

    distance_m: float | None
    moving_s: float
    load: TrainingLoad
    calories: Result
    vo2max: Result
    elevation_gain_m: float | None = None
    elevation_loss_m: float | None = None
    avg_hr_bpm: float | None = None
    max_hr_bpm: float | None = None
    session_rpe_au: float | None = None
    race_vdot: float | None = None
    class_s: tuple[float, ...] | None = None
    graded_speed_mps: float | None = None
    zone_s: tuple[int, ...] | None = None
    hr_zone_s: tuple[float, ...] | None = None
    best_efforts: tuple[BestEffort, ...] = ()
    best_30min_ngs_mps: float | None = None
    speed_curve_mps: Column | None = None
    graded_curve_mps: Column | None = None
    durability: Durability | None = None
    warnings: tuple[str, ...] = ()


def measure_summary(
    totals: Totals,
    sport: str,
    thresholds: Thresholds,
    perceived_effort: float | None = None,
    is_race: bool = False,
    mass_kg: float | None = None,
) -> Measurement:
    """Measure an activity by its totals only, without zones. It takes microseconds.

    Moving time is that of the device, else the timer time.
    """
    believable = believable_totals(totals, thresholds.hr_max_bpm)
    effort = _effort(believable, sport, perceived_effort)
    return _build_measurement(believable, effort, thresholds, is_race, mass_kg)


def measure(
    samples: Samples,
    pauses: Sequence[Pause],
    totals: Totals,
    sport: str,
    thresholds: Thresholds,
    perceived_effort: float | None = None,
    altitude_source: str = "",
    is_race: bool = False,
    mass_kg: float | None = None,
) -> Measurement:
    """Measure an activity by its samples. Totals of the device win over counted ones, except moving time.

    Odd recordings raise no error, every number is finite, and `warnings` names what looks damaged. Without
    usable samples this is `measure_summary`.
    """
    track = read_track(samples, pauses, sport, thresholds.hr_max_bpm)
    if track is None or track.moving_s > LONGEST_MOVING_S:
        summary = measure_summary(totals, sport, thresholds, perceived_effort, is_race, mass_kg)
        return summary if track is None else _add_warnings(summary, "implausible_duration")
    believable = believable_totals(totals, thresholds.hr_max_bpm)
    comparison = compare_with_totals(track, believable, sport)
    track = comparison.track
    full = completed_totals(believable, track, sport, comparison.is_sparse)
    run = graded_run(track, full.elevation_gain_m, altitude_source) if sport == "run" else None
    effort = _effort(full, sport, perceived_effort)
    effort = _add_stream(effort, track, run, comparison.is_sparse)
    efforts = best_efforts(track.intervals) if run else ()
    measured = _build_measurement(full, effort, thresholds, is_race, mass_kg, efforts)
    measured = replace(measured, class_s=tuple(track.intervals.class_seconds.tolist()))
    if not comparison.is_sparse:
        measured = replace(measured, hr_zone_s=_hr_zone_seconds(track, thresholds, full.duration_s))
    if run is not None:
        measured = _add_run(measured, track, run, thresholds)
        zone_s = _pace_zone_seconds(measured, run, thresholds, full.duration_s, comparison.is_sparse)
        measured = replace(measured, zone_s=zone_s)
        measured = _add_performance(measured, track, run, comparison.is_sparse)
    return replace(measured, warnings=tuple(dict.fromkeys((*comparison.warnings, *measured.warnings))))


def _effort(totals: Totals, sport: str, perceived_effort: float | None) -> Effort:
    return Effort(
        sport=sport,
        moving_s=totals.moving_s or totals.duration_s,
        timer_s=totals.duration_s,
        distance_m=totals.distance_m,
        gain_m=totals.elevation_gain_m,
        loss_m=totals.elevation_loss_m,
        avg_hr_bpm=totals.avg_hr_bpm,
        perceived_effort=perceived_effort,
    )


def _add_stream(effort: Effort, track: Track, run: GradedRun | None, is_sparse: bool) -> Effort:
    if is_sparse:
        return replace(effort, glitch_s=track.intervals.seconds(GLITCH))
    return replace(
        effort,
        stream_moving_s=min(track.moving_s, effort.timer_s) if track.moving_s > 0 else None,
        stream_timer_s=min(track.timer_s, effort.timer_s) if track.timer_s > 0 else None,
        glitch_s=track.intervals.seconds(GLITCH),
        graded_ngs_mps=run.graded_ngs_mps if run else None,
        flat_ngs_mps=run.flat_ngs_mps if run else None,
        heart_rate=track.heart_rate,
    )


def _build_measurement(
    totals: Totals,
    effort: Effort,
    thresholds: Thresholds,
    is_race: bool,
    mass_kg: float | None,
    efforts: tuple[BestEffort, ...] = (),
) -> Measurement:
    load = training_load(effort, thresholds)
    raced = is_race and effort.sport == "run"
    return Measurement(
        distance_m=totals.distance_m,
        moving_s=effort.moving_s,
        load=load,
        calories=_calories(totals, effort.sport, mass_kg),
        vo2max=Result.missing("no_stream"),
        elevation_gain_m=totals.elevation_gain_m,
        elevation_loss_m=totals.elevation_loss_m,
        avg_hr_bpm=totals.avg_hr_bpm,
        max_hr_bpm=totals.max_hr_bpm,
        session_rpe_au=_session_rpe(effort),
        race_vdot=race_vdot(efforts, totals.distance_m, totals.elapsed_s) if raced else None,
        best_efforts=efforts,
        warnings=load.warnings,
    )


def _calories(totals: Totals, sport: str, mass_kg: float | None) -> Result:
    if totals.calories_kcal is not None:
        return Result(value=totals.calories_kcal, method="device", quality="measured")
    if sport != "run":
        return Result.missing("not_a_run")
    return estimated_calories(mass_kg, totals.distance_m, totals.elevation_gain_m, totals.elevation_loss_m)


def _session_rpe(effort: Effort) -> float | None:
    if effort.perceived_effort is None:
        return None
    return session_rpe(effort.timer_s / 60.0, effort.perceived_effort)


def _add_run(measured: Measurement, track: Track, run: GradedRun, thresholds: Thresholds) -> Measurement:
    axis, heart_rate = track.axis, track.heart_rate
    return replace(
        measured,
        graded_speed_mps=run.ngs_mps,
        best_30min_ngs_mps=best_ngs(run.graded_mps, BEST_NGS_WINDOW_S, axis.breaks_s(GAP, GLITCH)),
        vo2max=_vo2max(track, run, np.where(heart_rate.credited_s > 0, heart_rate.bpm, np.nan), thresholds),
        warnings=(*measured.warnings, *run.warnings),
    )


def _add_performance(measured: Measurement, track: Track, run: GradedRun, is_sparse: bool) -> Measurement:
    intervals, axis, factor = track.intervals, track.axis, run.interval_factor
    credited_bpm = np.where(track.heart_rate.credited_s > 0, track.heart_rate.bpm, np.nan)
    columns = (track.speed_mps, run.graded_mps, run.grade, axis.read(credited_bpm))
    return replace(
        measured,
        speed_curve_mps=speed_curve(intervals),
        graded_curve_mps=None if factor is None else speed_curve(intervals, factor),
        durability=None if is_sparse else durability(*columns, track.heart_rate.coverage),
    )


def _vo2max(track: Track, run: GradedRun, hr_bpm: Column, thresholds: Thresholds) -> Result:
    if np.isnan(run.grade).any():
        return Result.missing("no_grade")
    axis = track.axis
    breaks_s = axis.breaks_s(GAP, GLITCH, STOPPED)
    return vo2max_estimate(run.graded_mps, run.grade, axis.read(hr_bpm), thresholds.hr_max_bpm, breaks_s)


def _hr_zone_seconds(track: Track, thresholds: Thresholds, duration_s: float) -> tuple[float, ...] | None:
    zones = time_in_hr_zones(track.heart_rate, hr_zone_bounds(thresholds))
    return None if zones is None else tuple(limit_seconds(zones, duration_s))


def _pace_zone_seconds(
    measured: Measurement, run: GradedRun, thresholds: Thresholds, duration_s: float, is_sparse: bool
) -> tuple[int, ...] | None:
    """Seconds in pace zones. If the samples are sparse, all of the time is in the zone of the mean speed."""
    threshold_mps, graded = threshold_cascade(thresholds).value, run.graded_mps
    if is_sparse and threshold_mps is not None and measured.load.method == "pace_summary":
        graded = np.full(int(measured.moving_s), threshold_mps * (measured.load.intensity or 0.0))
    zones = time_in_zones(graded, threshold_mps)
    if zones is None or not len(graded):
        return None
    return tuple(int(seconds) for seconds in limit_seconds(zones, duration_s))


def _add_warnings(measured: Measurement, *warnings: str) -> Measurement:
    return replace(measured, warnings=(*measured.warnings, *warnings))
