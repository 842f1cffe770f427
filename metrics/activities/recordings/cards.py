"""The recordings of an activity as text for its page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from metrics.formatting import format_duration
from metrics.models import Activity, ActivityRecording
from metrics.pace_or_speed import format_sport_distance

CHANNEL_WORDS = {
    "heart_rate_bpm": "heart rate",
    "distance_m": "distance",
    "speed_mps": "speed",
    "latitude_deg": "position",
    "altitude_m": "altitude",
    "cadence_spm": "cadence",
    "power_w": "power",
}

ADDED_WORDS = {
    ActivityRecording.AddedBy.ATHLETE.value: "added by the athlete",
    ActivityRecording.AddedBy.COACH.value: "added by a coach",
    ActivityRecording.AddedBy.STAFF.value: "added by staff",
    ActivityRecording.AddedBy.API_KEY.value: "added with an API key",
}


@dataclass(frozen=True, slots=True)
class RecordingCard:
    """One recording as text, and the addresses of its buttons."""

    title: str
    numbers: str
    channels: str
    file_name: str
    added: str
    counts: bool
    chosen: bool
    choose_url: str
    split_url: str


def build_recording_cards(
    activity: Activity, rows: list[ActivityRecording], units: str
) -> list[RecordingCard]:
    """In the order they came."""
    return [_build_card(activity, row, units) for row in rows]


def find_origin_id(rows: list[ActivityRecording]) -> UUID | None:
    """The activity that the counting recording was taken out of. It may have been deleted since."""
    return next((row.split_from for row in rows if row.counts), None)


def _build_card(activity: Activity, row: ActivityRecording, units: str) -> RecordingCard:
    sport = row.recorded.get("sport", row.activity_type)
    distance = format_sport_distance(row.recorded.get("distance_m"), sport, units)
    words = [CHANNEL_WORDS[name] for name in row.channels if name in CHANNEL_WORDS]
    address = [activity.public_id, row.public_id]
    return RecordingCard(
        title=row.device or row.get_source_display().capitalize(),
        numbers=f"{distance} in {format_duration(row.duration_s)}",
        channels=", ".join(words) or "no samples",
        file_name=row.original.filename if row.original else "",
        added=ADDED_WORDS.get(row.added_by, ""),
        counts=row.counts,
        chosen=row.is_chosen,
        choose_url=reverse("activity-recording-choose-page", args=address),
        split_url=reverse("activity-recording-split-page", args=address),
    )
