"""Choose the formula for the training load of an activity (FORMULAS §4.1)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from metrics.science.grade import GAP_MODEL, equivalent_distance
from metrics.science.heart_rate import HeartRateStream
from metrics.science.load import HIGHEST_INTENSITY, load_duration, load_hr, load_if, load_rpe
from metrics.science.result import Result
from metrics.science.thresholds import HeartRateReference, Thresholds, hr_reference, threshold_cascade

IMPLAUSIBLE_LOAD = 600.0
STEEP_M_PER_KM = 50.0
MOST_GLITCHES = 0.10  # of the moving time


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLoad(Result):
    """The load of one activity and the values it was computed from.

    `method` is pace_grade_stream, pace_stream, pace_summary, hr_stream, hr_summary, srpe or duration.
    `quality` is A to E. `intensity` is the IF over `duration_s`. At most one of `threshold_mps` and
    `lthr_bpm` is set: the one that was used.
    """

    intensity: float | None = None
    duration_s: float | None = None
    threshold_mps: float | None = None
    lthr_bpm: float | None = None
    gap_model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """All inputs for the load of one activity: finite numbers or None.

    `moving_s` and `timer_s` come from the summary. `stream_moving_s` and `stream_timer_s` are counted from
    the samples; None if these cover too little of the recording. `graded_ngs_mps` needs reliable altitudes,
    `flat_ngs_mps` only speed. `glitch_s` is the time of impossible speeds.
    """

    sport: str
    moving_s: float
    timer_s: float
    distance_m: float | None = None
    gain_m: float | None = None
    loss_m: float | None = None
    stream_moving_s: float | None = None
    stream_timer_s: float | None = None
    glitch_s: float = 0.0
    graded_ngs_mps: float | None = None
    flat_ngs_mps: float | None = None
    heart_rate: HeartRateStream | None = None
    avg_hr_bpm: float | None = None
    perceived_effort: float | None = None


def training_load(effort: Effort, thresholds: Thresholds) -> TrainingLoad:
    """The load by the first method that can be computed, in the order of FORMULAS §4.1.

    Three rules change the order. (a) Without a distance, or with more than 10 % glitches, pace is not used.
    (b) On a steep course, heart rate comes first if the LTHR is measured and the heart rate covers the run.
    (c) Sports other than running start with heart rate. The last method is the duration. A workout without
    heart rate and perceived effort has no load.
    """
    if effort.timer_s <= 0 and effort.moving_s <= 0:
        return TrainingLoad(
            value=0.0, method="duration", quality="E", duration_s=0.0, warnings=("no_duration",)
        )
    for method in _methods(effort, thresholds):
        load = method(effort, thresholds)
        if load is not None:
            return load
    return TrainingLoad.missing("no_hr_or_rpe")


Method = Callable[[Effort, Thresholds], TrainingLoad | None]


def _methods(effort: Effort, thresholds: Thresholds) -> tuple[Method, ...]:
    if not _pace_is_trusted(effort):
        return _BY_BODY
    if _is_steep(effort) and thresholds.lthr_bpm is not None:
        return (_hr_stream, *_BY_PACE, *_BY_BODY)
    return (*_BY_PACE, *_BY_BODY)


def _pace_is_trusted(effort: Effort) -> bool:
    glitches = effort.glitch_s > MOST_GLITCHES * effort.moving_s
    return effort.sport == "run" and (effort.distance_m or 0.0) > 0 and not glitches


def _is_steep(effort: Effort) -> bool:
    return (effort.gain_m or 0.0) > STEEP_M_PER_KM * (effort.distance_m or 0.0) / 1000.0


def _pace_grade_stream(effort: Effort, thresholds: Thresholds) -> TrainingLoad | None:
    return _by_ngs(effort.graded_ngs_mps, effort, thresholds, "pace_grade_stream", "A")


def _pace_stream(effort: Effort, thresholds: Thresholds) -> TrainingLoad | None:
    return _by_ngs(effort.flat_ngs_mps, effort, thresholds, "pace_stream", "B")


def _by_ngs(
    speed_mps: float | None, effort: Effort, thresholds: Thresholds, method: str, quality: str
) -> TrainingLoad | None:
    if speed_mps is None or effort.stream_moving_s is None:
        return None
    return _by_speed(speed_mps, effort.stream_moving_s, thresholds, method, quality)


def _pace_summary(effort: Effort, thresholds: Thresholds) -> TrainingLoad | None:
    if not effort.moving_s > 0:
        return None
    level_m = equivalent_distance(effort.distance_m or 0.0, effort.gain_m, effort.loss_m)
    return _by_speed(level_m / effort.moving_s, effort.moving_s, thresholds, "pace_summary", "C")


def _by_speed(
    speed_mps: float, duration_s: float, thresholds: Thresholds, method: str, quality: str
) -> TrainingLoad | None:
    threshold = threshold_cascade(thresholds)
    if threshold.value is None:
        return None
    intensity = speed_mps / threshold.value
    clamped = ("intensity_clamped",) if intensity > HIGHEST_INTENSITY else ()
    return _build_load(
        load_if(duration_s, intensity),
        duration_s,
        method,
        quality,
        warnings=(*threshold.warnings, *clamped),
        threshold_mps=threshold.value,
    )


def _hr_stream(effort: Effort, thresholds: Thresholds) -> TrainingLoad | None:
    stream, reference = effort.heart_rate, hr_reference(thresholds)
    if stream is None or not stream.usable or reference is None or effort.stream_timer_s is None:
        return None
    intensity = (stream.bpm - reference.hr_rest_bpm) / (reference.lthr_bpm - reference.hr_rest_bpm)
    counted = np.clip(np.nan_to_num(intensity), 0.0, HIGHEST_INTENSITY)
    load = 100.0 / 3600.0 * float(np.sum(stream.credited_s * counted * counted)) / stream.coverage
    return _by_hr(load, effort.stream_timer_s, reference, "hr_stream", "B")


def _hr_summary(effort: Effort, thresholds: Thresholds) -> TrainingLoad | None:
    reference = hr_reference(thresholds)
    if effort.avg_hr_bpm is None or reference is None:
        return None
    minutes = effort.timer_s / 60.0
    load = load_hr([(minutes, effort.avg_hr_bpm)], reference.hr_rest_bpm, reference.lthr_bpm)
    return None if load is None else _by_hr(load, effort.timer_s, reference, "hr_summary", "C")


def _by_hr(
    load: float, duration_s: float, reference: HeartRateReference, method: str, quality: str
) -> TrainingLoad:
    return _build_load(
        load, duration_s, method, quality, warnings=reference.warnings, lthr_bpm=reference.lthr_bpm
    )


def _srpe(effort: Effort, thresholds: Thresholds) -> TrainingLoad | None:
    if effort.perceived_effort is None:
        return None
    load = load_rpe(effort.timer_s / 60.0, effort.perceived_effort)
    return None if load is None else _build_load(load, effort.timer_s, "srpe", "D")


def _duration(effort: Effort, thresholds: Thresholds) -> TrainingLoad | None:
    load = load_duration(effort.timer_s / 60.0, effort.sport)
    return None if load is None else _build_load(load, effort.timer_s, "duration", "E")


def _build_load(
    load: float,
    duration_s: float,
    method: str,
    quality: str,
    *,
    warnings: tuple[str, ...] = (),
    threshold_mps: float | None = None,
    lthr_bpm: float | None = None,
) -> TrainingLoad:
    return TrainingLoad(
        value=load,
        method=method,
        quality=quality,
        warnings=(*warnings, "implausible_load") if load > IMPLAUSIBLE_LOAD else warnings,
        intensity=math.sqrt(load * 36.0 / duration_s) if duration_s > 0 else 0.0,
        duration_s=duration_s,
        threshold_mps=threshold_mps,
        lthr_bpm=lthr_bpm,
        gap_model="" if threshold_mps is None else GAP_MODEL,
    )


_BY_PACE: tuple[Method, ...] = (_pace_grade_stream, _pace_stream, _pace_summary)
_BY_BODY: tuple[Method, ...] = (_hr_stream, _hr_summary, _srpe, _duration)
