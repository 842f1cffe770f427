"""What an export says of an activity, as columns; and lend it to an activity that is there already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from metrics.activities.changes import update_activity
from metrics.activities.recordings.stored_recordings import BLANK_VALUES, DESCRIBED_FIELDS
from metrics.archives.items import ActivityDescription
from metrics.models import Activity
from metrics.models.activities import MAX_NOTE_LENGTH
from metrics.storage.identity import UNKNOWN_SPORT
from metrics.storage.original_files import remove_unprintable
from metrics.storage.same_activity import build_span

NOTES = ("athlete_note", "private_note")


def build_described(description: ActivityDescription | None) -> dict[str, Any]:
    """The columns that people can edit, without empty ones and without the sport."""
    values = asdict(description) if description else {}
    cleaned = {
        name: _clean_value(name, values[name])
        for name in DESCRIBED_FIELDS
        if name != "activity_type" and name in values
    }
    return {name: value for name, value in cleaned.items() if value != BLANK_VALUES[name]}


def choose_sport(description: ActivityDescription | None, if_unknown: str) -> str:
    """The sport of a recording or an entry that names none; empty if nobody says it."""
    said = description.activity_type if description else ""
    is_known = said in Activity.Type.values and said != UNKNOWN_SPORT
    return said if is_known else if_unknown


def lend_description(activity: Activity, described: Mapping[str, Any], sport: str) -> dict[str, list[Any]]:
    """Give a stored activity what nobody has said of it. Returns [before, after] of each changed column."""
    changes = {
        name: value for name, value in described.items() if getattr(activity, name) == BLANK_VALUES[name]
    }
    if sport and not build_span(activity).sports:
        changes["activity_type"] = sport
    lent = {name: [getattr(activity, name), value] for name, value in changes.items()}
    update_activity(activity, changes)
    return lent


def copy_described(activity: Activity) -> dict[str, Any]:
    """What people can edit, as it is now."""
    return {name: getattr(activity, name) for name in DESCRIBED_FIELDS}


def _clean_value(name: str, value: Any) -> Any:
    """A value that its column can store, else the blank one."""
    if isinstance(value, str):
        lines = value.splitlines() if name in NOTES else [value]
        text = "\n".join(remove_unprintable(line) for line in lines).strip()
        longest = getattr(Activity._meta.get_field(name), "max_length", None) or MAX_NOTE_LENGTH
        return text[:longest]
    if name == "perceived_effort" and (not isinstance(value, int) or not 1 <= value <= 10):
        return None
    return value
