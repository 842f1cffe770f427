"""Explain how a training load is calculated, and explain the warnings of an activity. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from astral.dates.local_time import format_date
from metrics.formatting import format_number, format_pace
from metrics.science.thresholds import Thresholds, hr_reference, threshold_cascade

FORMULAS_DOCUMENT = "docs/FORMULAS.md"
SPEED_FORMULA = "100 · hours · (speed / threshold speed)²"
HEART_RATE_FORMULA = "100 · hours · ((heart rate - resting) / (at threshold - resting))²"
# For each method: the input, the name of the formula in docs/FORMULAS.md, the formula.
LOAD_METHODS = {
    "pace_grade_stream": ("the speed of every second, corrected for its slope", "load_stream", SPEED_FORMULA),
    "pace_stream": ("the speed of every second, as if the course were level", "load_stream", SPEED_FORMULA),
    "pace_summary": ("the average speed over the distance with its climb", "load_summary", SPEED_FORMULA),
    "hr_stream": ("the heart rate of every second", "load_hr", HEART_RATE_FORMULA),
    "hr_summary": ("the average heart rate", "load_hr", HEART_RATE_FORMULA),
    "srpe": ("the perceived effort", "load_rpe", "hours · the load of an hour at this effort"),
    "duration": ("the duration alone", "load_duration", "hours · the load of a usual hour of this sport"),
}
QUALITIES = {
    "A": "from second-by-second pace",
    "B": "good",
    "C": "fair: from averages",
    "D": "rough: from how it felt",
    "E": "a guess: only the duration was known",
}
SOURCES = {
    "manual": "entered by the athlete",
    "coach": "entered by a coach",
    "laboratory": "measured in a laboratory",
    "race": "from a race",
    "device": "from a device",
    "estimated": "estimated",
}
WARNINGS = {
    "altitude_unreliable": "The altitude data is too noisy or has holes, so slopes are unknown.",
    "clock_jump": "The clock of the device jumped by days while recording; the jump was removed.",
    "cropped": (
        "It was cropped in the app that it comes from. Only the part that was kept there is used; the"
        " original file is whole."
    ),
    "damaged_file": "A part of the file is damaged; only the readable part is used.",
    "device_clock": "The device did not know the date, so the start may be wrong.",
    "distance_corrected": "The distance was corrected by hand; the speed of every second is scaled to it.",
    "distance_mismatch": "The distances of the device and of the samples differ by more than 3 %.",
    "gps_glitch": "The position jumped; impossible speeds are ignored, and detours are left out.",
    "hr_rest_default": "No resting heart rate is known; 60 bpm is used.",
    "implausible_duration": "The duration is impossible, so the samples are not used.",
    "implausible_load": "The load is unusually high; check the duration and the threshold.",
    "implausible_totals": (
        "The totals of the device are impossible; they are counted from the samples where possible."
    ),
    "intensity_clamped": (
        "The activity is much faster than the threshold allows; the threshold is probably too slow."
    ),
    "lthr_from_age": "No heart rate at threshold is known; it is estimated from the age.",
    "lthr_from_hr_max": "No heart rate at threshold is known; 90 % of the maximum is used.",
    "moving_time_mismatch": "The moving times of the device and of the samples differ by more than 10 %.",
    "no_duration": "The activity has no duration, so it has no load.",
    "partial_recording": "The recording is incomplete; its end is missing.",
    "sparse_stream": "The samples cover too little of the time; load and zones come from the totals.",
    "stale_records": (
        "Records or a start of other days are in the file; the day with the most records is used."
    ),
    "threshold_estimated": "No threshold is known from an entry or a race; an estimate is used.",
    "unreadable_positions": "Some positions in the file are not numbers; they are not used.",
    "unreadable_readings": "Some readings in the file are not numbers; they are not used.",
    "unreadable_times": "Some times in the file cannot be read; they are not used.",
}


@dataclass(frozen=True, slots=True)
class LoadExplanation:
    """`input_text` names the input, `name` and `formula` the formula; `quality` starts with its letter.

    `threshold_text` is the threshold in use, or empty.
    """

    input_text: str
    name: str
    formula: str
    quality: str
    threshold_text: str
    document: str = FORMULAS_DOCUMENT


def explain_load(
    method: str,
    quality: str,
    used_mps: float | None,
    used_lthr_bpm: float | None,
    known: Thresholds,
    units: str,
) -> LoadExplanation | None:
    """Explain a stored load; None without a load. `known`: the thresholds valid on its day, as stored now."""
    if method not in LOAD_METHODS:
        return None
    input_text, name, formula = LOAD_METHODS[method]
    threshold_text = ""
    if used_mps is not None:
        pace = format_pace(1000.0 / used_mps, units)
        threshold_text = f"threshold pace {pace}, {_describe_threshold_source(used_mps, known)}"
    elif used_lthr_bpm is not None:
        heart_rate = format_number(used_lthr_bpm, 0, "bpm")
        source = _describe_heart_rate_source(used_lthr_bpm, known)
        threshold_text = f"heart rate at threshold {heart_rate}, {source}"
    return LoadExplanation(
        input_text, name, formula, f"{quality}: {QUALITIES.get(quality, '')}", threshold_text
    )


def _describe_threshold_source(used_mps: float, known: Thresholds) -> str:
    """Where the threshold comes from, or that it was corrected later."""
    threshold = threshold_cascade(known)
    if threshold.value is None or abs(threshold.value - used_mps) > 1e-6:
        return "which has been corrected since"
    day = known.threshold_date if known.threshold_mps is not None else None
    return SOURCES.get(threshold.method, threshold.method) + (
        f", valid from {format_date(day)}" if day else ""
    )


def _describe_heart_rate_source(used_bpm: float, known: Thresholds) -> str:
    reference = hr_reference(known)
    if reference is None or abs(reference.lthr_bpm - used_bpm) > 1e-6:
        return "which has been corrected since"
    rest = format_number(reference.hr_rest_bpm, 0, "bpm")
    return f"{'as entered' if reference.measured else 'not measured'}, resting heart rate {rest}"


def explain_warning(word: str) -> str:
    return WARNINGS.get(word, word.replace("_", " "))
