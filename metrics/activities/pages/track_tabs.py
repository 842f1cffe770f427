"""The profile of an activity, along its distance or its time, and the tabs between the two."""

from __future__ import annotations

from dataclasses import dataclass

from astral.charts import Chart
from metrics.activities import streams as columns
from metrics.activities.track_charts import build_track_charts
from metrics.activities.track_profile import ProfileAxis, TrackProfile, build_track_profile
from metrics.formatting import format_climb, format_number
from metrics.models import Activity
from metrics.pace_or_speed import name_pace_or_speed
from metrics.recording import Pause


@dataclass(frozen=True, slots=True)
class TrackTabs:
    """`tabs`: (by, what it is called), none where there is no choice; `by` is the one that is shown.

    `smoothing` says what a point of the line of pace is.
    """

    by: ProfileAxis
    tabs: tuple[tuple[ProfileAxis, str], ...]
    charts: list[Chart]
    smoothing: str


def build_track_tabs(activity: Activity, by: ProfileAxis, units: str) -> TrackTabs | None:
    """None without a recording. What went nowhere is shown along its time, whatever was asked."""
    streams = getattr(activity, "streams", None)
    if streams is None:
        return None
    samples, pauses = columns.decode(bytes(streams.content)), [Pause(*pause) for pause in streams.pauses]
    went = activity.distance_m or 0.0
    asked = (
        build_track_profile(samples, pauses, activity.activity_type, by) if by == "time" or went > 0 else None
    )
    found = asked or build_track_profile(samples, pauses, activity.activity_type, "time")
    if found is None:
        return None
    shown: ProfileAxis = by if asked else "time"
    charts = build_track_charts(found, shown, activity.activity_type, units)
    both: tuple[tuple[ProfileAxis, str], ...] = (("distance", "Over distance"), ("time", "Over time"))
    smoothing = _describe_smoothing(found, shown, activity.activity_type, units)
    return TrackTabs(shown, both if went > 0 else (), charts, smoothing) if charts else None


def _describe_smoothing(found: TrackProfile, by: ProfileAxis, sport: str, units: str) -> str:
    """How wide the stretches are that pace is the mean of."""
    width = float(found.bucket_edges()[1])
    wide = format_number(width, 0, "s") if by == "time" else format_climb(width, units)
    broken = "Where a line is broken, nothing was recorded or nobody moved."
    return f"{name_pace_or_speed(sport)} is the mean of every {wide}, while moving. {broken}"
