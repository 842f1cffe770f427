"""The profile of an activity, along its distance or its time, and the tabs between the two."""

from __future__ import annotations

from dataclasses import dataclass

from astral.charts import Chart
from metrics.activities import streams as columns
from metrics.activities.track_charts import profile_charts
from metrics.activities.track_profile import By, Profile, profile
from metrics.formatting import climb_text, number_text
from metrics.models import Activity
from metrics.pace_or_speed import going_name
from metrics.recording import Pause


@dataclass(frozen=True, slots=True)
class ProfileTabs:
    """`tabs`: (by, what it is called), none where there is no choice; `by` is the one that is shown.

    `smoothing` says what a point of the line of pace is.
    """

    by: By
    tabs: tuple[tuple[By, str], ...]
    charts: list[Chart]
    smoothing: str


def profile_of(activity: Activity, by: By, units: str) -> ProfileTabs | None:
    """None without a recording. What went nowhere is shown along its time, whatever was asked."""
    streams = getattr(activity, "streams", None)
    if streams is None:
        return None
    samples, pauses = columns.unpack(bytes(streams.content)), [Pause(*pause) for pause in streams.pauses]
    went = activity.distance_m or 0.0
    asked = profile(samples, pauses, activity.activity_type, by) if by == "time" or went > 0 else None
    found = asked or profile(samples, pauses, activity.activity_type, "time")
    if found is None:
        return None
    shown: By = by if asked else "time"
    charts = profile_charts(found, shown, activity.activity_type, units)
    both: tuple[tuple[By, str], ...] = (("distance", "Over distance"), ("time", "Over time"))
    smoothing = _smoothing(found, shown, activity.activity_type, units)
    return ProfileTabs(shown, both if went > 0 else (), charts, smoothing) if charts else None


def _smoothing(found: Profile, by: By, sport: str, units: str) -> str:
    """How wide the stretches are that pace is the mean of."""
    width = float(found.edges()[1])
    wide = number_text(width, 0, "s") if by == "time" else climb_text(width, units)
    broken = "Where a line is broken, nothing was recorded or nobody moved."
    return f"{going_name(sport)} is the mean of every {wide}, while moving. {broken}"
