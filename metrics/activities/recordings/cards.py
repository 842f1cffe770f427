"""The recordings of an activity as text for its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from metrics.formatting import format_distance, format_duration
from metrics.models import Activity, ActivityRecording

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


def find_origin_id(rows: list[ActivityRecording]) -> str | None:
    """The public id of the activity that the counting recording was taken out of."""
    origin = next((row.split_from for row in rows if row.counts), None)
    return None if origin is None else Activity(id=origin).public_id


def _build_card(activity: Activity, row: ActivityRecording, units: str) -> RecordingCard:
    distance = format_distance(row.recorded.get("distance_m"), units)
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
