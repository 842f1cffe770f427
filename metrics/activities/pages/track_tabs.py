"""The profile charts of an activity over distance or time, with tabs to switch."""

from __future__ import annotations

from dataclasses import dataclass

from astral.charts import Chart
from metrics.activities.intervals.session_steps import ActivityIntervals
from metrics.activities.intervals.stored_run import StoredRun
from metrics.activities.track_charts import build_track_charts, mark_spans
from metrics.activities.track_profile import ProfileAxis, TrackProfile, build_track_profile
from metrics.formatting import format_climb, format_number
from metrics.models import Activity
from metrics.pace_or_speed import name_pace_or_speed


@dataclass(frozen=True, slots=True)
class TrackTabs:
    """`tabs`: (axis, label), empty if there is only one; `by` is the current axis.

    `smoothing` explains the points of the pace line. `marks` and `repetition_marks`: the part of the x axis
    of each lap and of each repetition.
    """

    by: ProfileAxis
    tabs: tuple[tuple[ProfileAxis, str], ...]
    charts: list[Chart]
    smoothing: str
    marks: str
    repetition_marks: str


def build_track_tabs(
    activity: Activity, stored: StoredRun | None, intervals: ActivityIntervals, by: ProfileAxis, units: str
) -> TrackTabs | None:
    """Build the charts; None without a recording. Without distance the axis is always time."""
    if stored is None:
        return None
    samples, pauses = stored.samples, stored.pauses
    distance_m = activity.distance_m or 0.0
    requested = (
        build_track_profile(samples, pauses, activity.activity_type, by)
        if by == "time" or distance_m > 0
        else None
    )
    profile = requested or build_track_profile(samples, pauses, activity.activity_type, "time")
    if profile is None:
        return None
    axis: ProfileAxis = by if requested else "time"
    charts = build_track_charts(profile, axis, activity.activity_type, units)
    axes: tuple[tuple[ProfileAxis, str], ...] = (("distance", "Over distance"), ("time", "Over time"))
    smoothing = _describe_smoothing(profile, axis, activity.activity_type, units)
    laps = [(lap.start_s, lap.start_s + lap.elapsed_s) for lap in stored.laps]
    repetitions = [
        (one.start_s, one.end_s) for one in (intervals.found.repetitions if intervals.found else ())
    ]
    marks, more = (mark_spans(profile, spans, axis, units) for spans in (laps, repetitions))
    return TrackTabs(axis, axes if distance_m > 0 else (), charts, smoothing, marks, more) if charts else None


def _describe_smoothing(profile: TrackProfile, by: ProfileAxis, sport: str, units: str) -> str:
    """Explain over which length or time pace is averaged."""
    width = float(profile.bucket_edges()[1])
    bucket_width = format_number(width, 0, "s") if by == "time" else format_climb(width, units)
    gaps = "A gap in a line means no recording or no movement."
    return f"{name_pace_or_speed(sport)} is the mean of every {bucket_width}, while moving. {gaps}"
