"""What the change history tracks of activities and health data: deletions."""

from __future__ import annotations

from athletes.changes.tracked_kinds import TrackedField, TrackedKind, format_choice, format_instant
from metrics.formatting import format_duration
from metrics.models import Activity, BinActivity, HealthDay

TRACKED_KINDS = (
    TrackedKind(
        "bin_activity",
        "activity",
        BinActivity,
        {
            "activity_type": TrackedField("sport", format_choice(dict(Activity.Type.choices))),
            "started_at": TrackedField("start", format_instant),
            "distance_m": TrackedField("distance", lambda value: f"{value:.0f} m"),
            "duration_s": TrackedField("time", format_duration),
        },
        Activity.prefix,
        {"created": "moved to the bin", "deleted": "restored, or deleted for good"},
    ),
    TrackedKind(
        "health_day",
        "health day",
        HealthDay,
        {"date": TrackedField("day"), "source": TrackedField("source")},
        actions={"deleted": "deleted"},
    ),
)
