"""How the training load of an activity came about, and what to know about its numbers, in plain words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from astral.local_time import format_date
from metrics.formatting import format_number, format_pace
from metrics.science.thresholds import Thresholds, hr_reference, threshold_cascade

FORMULAS_DOCUMENT = "docs/FORMULAS.md"
SPEED_FORMULA = "100 · hours · (speed / threshold speed)²"
HEART_RATE_FORMULA = "100 · hours · ((heart rate - resting) / (at threshold - resting))²"
# Of each method: what it reads, the name of its formula in docs/FORMULAS.md, the formula.
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
    "A": "the best there is",
    "B": "good",
    "C": "fair: from averages",
    "D": "rough: from how it felt",
    "E": "a guess: nothing but the duration was known",
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
    "altitude_unreliable": "The altitudes are too noisy to be believed, so hills were left out of the load.",
    "clock_jump": "The device's clock leapt while recording; the days it leapt were taken out.",
    "damaged_file": "A part of the file is damaged; what could be read is here.",
    "device_clock": "The device did not know the date, so the start may be wrong.",
    "gps_glitch": "The position jumped: impossible speeds were left out.",
    "hr_rest_default": "No resting heart rate is known; 60 bpm was taken.",
    "implausible_duration": "The duration cannot be true, so the samples were not used.",
    "implausible_load": "The load is higher than almost anything possible; check duration and threshold.",
    "implausible_totals": "The device's totals cannot be true; they were counted from the samples where possible.",
    "intensity_clamped": "It was far faster than the threshold allows; the threshold is probably too slow.",
    "lthr_from_age": "No heart rate at threshold is known; it was guessed from the age.",
    "lthr_from_hr_max": "No heart rate at threshold is known; it was taken as 90 % of the maximum.",
    "moving_time_mismatch": "The moving time of the device and of the samples differ by more than a tenth.",
    "no_duration": "It has no duration, so there is no load.",
    "partial_recording": "The recording breaks off; what came after it is missing.",
    "sparse_stream": "There are too few samples to measure every second; averages were used.",
    "threshold_estimated": "No threshold was entered or raced; an estimated one was taken.",
}


@dataclass(frozen=True, slots=True)
class LoadExplanation:
    """`taken_from` is what was read, `name` and `formula` are how; `quality` begins with its letter.

    `yardstick` is the threshold it was measured by, or empty.
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
    """A stored load in words; None where there is none. `known`: what held on its day, as it is known by now."""
    if method not in LOAD_METHODS:
        return None
    taken_from, name, formula = LOAD_METHODS[method]
    yardstick = ""
    if used_mps is not None:
        yardstick = f"threshold pace {format_pace(1000.0 / used_mps, units)}, {_describe_threshold_source(used_mps, known)}"
    elif used_lthr_bpm is not None:
        yardstick = f"heart rate at threshold {format_number(used_lthr_bpm, 0, 'bpm')}, {_describe_heart_rate_source(used_lthr_bpm, known)}"
    return LoadExplanation(taken_from, name, formula, f"{quality}: {QUALITIES.get(quality, '')}", yardstick)


def _describe_threshold_source(used_mps: float, known: Thresholds) -> str:
    """Where the threshold is from; one that was corrected since then says so."""
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
