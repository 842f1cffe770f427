"""Say in the report what a file has in common with what was here before."""

from __future__ import annotations

from collections.abc import Sequence

from astral.dates.local_time import format_date
from athletes.models import Athlete
from metrics.activities.ingest import IngestResult, Upload, is_file_stored
from metrics.activities.recording_places import IngestOutcome
from metrics.models import Activity

DESCRIBED = "It has got what the export says of it."


def describe_overlap(athlete: Athlete, ingested: IngestResult, upload: Upload) -> str:
    """What a recording overlaps. Empty if all of it is new."""
    pairs = list(zip(ingested.activities, ingested.outcomes, strict=True))
    second = [activity for activity, outcome in pairs if outcome is IngestOutcome.SECOND_RECORDING]
    if second:
        return f"It overlaps {_name_activities(second)}. Both recordings are kept."
    there = [activity for activity, outcome in pairs if outcome is IngestOutcome.ALREADY_THERE]
    if not there:
        return ""
    what = "file" if is_file_stored(athlete, upload.sha256) else "recording"
    return f"The same {what} is here already: {_name_activities(there)}."


def describe_same_activity(activity: Activity, is_described: bool) -> str:
    """Which activity an entry is, and whether that one was told something."""
    return join_sentences(
        f"It is the same activity as {_name_activities([activity])}.", DESCRIBED if is_described else ""
    )


def join_sentences(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _name_activities(activities: Sequence[Activity]) -> str:
    """Such as “Morning Run” of Wed 10 Jun 2026, and 2 more."""
    first = activities[0]
    more = f", and {len(activities) - 1} more" if len(activities) > 1 else ""
    return f"“{first.name or first.get_activity_type_display()}” of {format_date(first.local_date)}{more}"
