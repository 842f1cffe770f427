"""Measure one activity: compute from its samples and totals every number that is stored.

`measure` reads the samples. `measure_summary` reads only the totals (a manual entry, a file without records).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from metrics.recording import Pause, Samples, Totals
from metrics.science.best_efforts import BestEffort, best_efforts, race_vdot
from metrics.science.calories import estimated_calories
from metrics.science.graded_run import GradedRun, graded_run
from metrics.science.graded_speed import best_ngs
from metrics.science.load import session_rpe
from metrics.science.result import Result
from metrics.science.streams import GAP, GLITCH, STOPPED
from metrics.science.thresholds import Thresholds, threshold_cascade
from metrics.science.totals import PACED_SPORTS, believable_totals, completed_totals
from metrics.science.track import Track, read_track
from metrics.science.training_load import Effort, TrainingLoad, training_load
from metrics.science.vo2max import vo2max_estimate
from metrics.science.zones import hr_zone_bounds, time_in_hr_zones, time_in_zones

LONGEST_MOVING_S = 10 * 86_400.0  # judgement: above this the clock is wrong, and the 1 Hz axis too long
BEST_NGS_WINDOW_S = 1800
TIME_MISMATCH = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """All measured numbers of one activity. None means that it could not be measured.

    `class_s` has seconds in [MOVING, STOPPED, PAUSED, GAP, GLITCH]. `zone_s` has seconds in pace zones Z1 …
    Z5 (only runs with a threshold), `hr_zone_s` in heart-rate zones. `graded_speed_mps` is the NGS.
    `session_rpe_au` is Foster's session-RPE.
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
    trusted = believable_totals(totals, thresholds.hr_max_bpm)
    effort = _effort(trusted, sport, perceived_effort)
    return _build_measurement(trusted, effort, thresholds, is_race, mass_kg)


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
        return summary if track is None else _add_warning(summary, "implausible_duration")
    trusted = believable_totals(totals, thresholds.hr_max_bpm)
    full = completed_totals(trusted, track, sport, altitude_source)
    run = graded_run(track, full.elevation_gain_m, altitude_source) if sport == "run" else None
    effort = _add_stream(_effort(full, sport, perceived_effort), track, run)
    efforts = best_efforts(track.axis, track.speed_mps) if run else ()
    measured = _build_measurement(full, effort, thresholds, is_race, mass_kg, efforts)
    zones = time_in_hr_zones(track.heart_rate, hr_zone_bounds(thresholds))
    measured = replace(
        measured,
        class_s=tuple(track.intervals.class_seconds.tolist()),
        hr_zone_s=None if zones is None else tuple(zones),
        warnings=tuple(dict.fromkeys((*_find_warnings(track, trusted, sport), *measured.warnings))),
    )
    return measured if run is None else _add_run(measured, track, run, thresholds)


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


def _add_stream(effort: Effort, track: Track, run: GradedRun | None) -> Effort:
    if track.is_sparse:
        return replace(effort, glitch_s=track.intervals.seconds(GLITCH))
    return replace(
        effort,
        stream_moving_s=track.moving_s if track.moving_s > 0 else None,
        stream_timer_s=track.timer_s if track.timer_s > 0 else None,
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
    axis = track.axis
    zones = time_in_zones(run.graded_mps, threshold_cascade(thresholds).value)
    return replace(
        measured,
        graded_speed_mps=run.ngs_mps,
        zone_s=None if zones is None or track.moving_s < 1 else tuple(zones),
        best_30min_ngs_mps=best_ngs(run.graded_mps, BEST_NGS_WINDOW_S, axis.breaks_s(GAP, GLITCH)),
        vo2max=vo2max_estimate(
            run.graded_mps,
            run.grade,
            axis.read(track.heart_rate.bpm),
            thresholds.hr_max_bpm,
            axis.breaks_s(GAP, GLITCH, STOPPED),
        ),
        warnings=tuple(dict.fromkeys((*measured.warnings, *run.warnings))),
    )


def _find_warnings(track: Track, totals: Totals, sport: str) -> list[str]:
    """The parts of the recording that contradict each other."""
    warnings = ["sparse_stream"] if track.is_sparse else []
    if sport in PACED_SPORTS and track.has_glitches():
        warnings.append("gps_glitch")
    device_s, counted_s = totals.moving_s, track.moving_s
    if sport in PACED_SPORTS and device_s and abs(counted_s - device_s) > TIME_MISMATCH * device_s:
        warnings.append("moving_time_mismatch")
    return warnings


def _add_warning(measured: Measurement, warning: str) -> Measurement:
    return replace(measured, warnings=(*measured.warnings, warning))
