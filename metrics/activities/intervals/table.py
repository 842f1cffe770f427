"""The repetitions of an activity as rows of a table, in the viewer's units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.activities.intervals.session_steps import ActivityIntervals
from metrics.formatting import NO_VALUE, format_number, format_pace
from metrics.pace_or_speed import format_pace_or_speed, format_sport_distance
from metrics.science.intervals.repetitions import Repetition
from metrics.science.intervals.steps import SessionPart, TargetBand
from metrics.science.pace import mmss

METHOD_TEXTS = {
    "steps": "Matched with the steps of the session.",
    "laps": "Found by speed. They begin and end with the laps of the watch.",
    "speed": "Found by speed.",
}
# The side of the band: the words, and the badge.
SIDES = {
    ("pace", "in"): ("on target", "good"),
    ("pace", "below"): ("slower", "warning"),
    ("pace", "above"): ("faster", "warning"),
    ("heart_rate", "in"): ("on target", "good"),
    ("heart_rate", "below"): ("lower", "warning"),
    ("heart_rate", "above"): ("higher", "warning"),
}


@dataclass(frozen=True, slots=True)
class RepetitionRow:
    """`target` and `planned` are empty without a step."""

    distance: str
    time: str
    pace: str
    heart_rate: str
    rest: str
    planned: str
    target: str
    in_target: str
    side: str
    badge: str


@dataclass(frozen=True, slots=True)
class IntervalTable:
    rows: Sequence[RepetitionRow]
    method_text: str
    has_targets: bool
    missed: Sequence[str]
    session_title: str


def build_interval_table(intervals: ActivityIntervals, sport: str, units: str) -> IntervalTable | None:
    found = intervals.found
    if found is None:
        return None
    rows = [_build_row(one, sport, units) for one in found.repetitions]
    missed = [describe_part(one.part, sport, units) or "a step" for one in found.missed]
    title = intervals.session.title if intervals.session and found.method == "steps" else ""
    has_targets = any(row.planned for row in rows)
    return IntervalTable(rows, METHOD_TEXTS[found.method], has_targets, missed, title)


def describe_part(part: SessionPart, sport: str, units: str) -> str:
    """Its length and its target, such as "1.00 km at 4:10 to 4:00 /km"."""
    return " at ".join(
        text for text in (_format_length(part, sport, units), format_band(part.band, units)) if text
    )


def format_band(band: TargetBand | None, units: str) -> str:
    if band is None:
        return ""
    if band.quantity == "heart_rate":
        low, high = format_number(band.low), format_number(band.high, 0, "bpm")
    else:
        low, high = (format_pace(1000 / mps, units) for mps in (band.low, band.high))
        low = low.split()[0]
    return high if low == high.split()[0] else f"{low} to {high}"


def _format_length(part: SessionPart, sport: str, units: str) -> str:
    if part.duration_s is not None:
        return mmss(part.duration_s) or ""
    if part.distance_m is not None:
        return format_sport_distance(part.distance_m, sport, units, 2)
    return ""


def _build_row(one: Repetition, sport: str, units: str) -> RepetitionRow:
    part = one.match.part if one.match else None
    band = part.band if part else None
    side, badge = SIDES[(band.quantity, one.side)] if band and one.side else ("", "")
    return RepetitionRow(
        distance=format_sport_distance(one.distance_m, sport, units, 2),
        time=mmss(one.duration_s) or NO_VALUE,
        pace=format_pace_or_speed(one.duration_s, one.distance_m, sport, units),
        heart_rate=f"{format_number(one.avg_hr_bpm)} / {format_number(one.max_hr_bpm)}"
        if one.avg_hr_bpm is not None
        else NO_VALUE,
        rest=mmss(one.rest_s) or "",
        planned=_format_length(part, sport, units) if part else "",
        target=format_band(band, units),
        in_target=mmss(one.in_target_s) or "",
        side=side,
        badge=badge,
    )
