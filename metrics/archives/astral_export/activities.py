"""What the archive says of the files under originals/, and which activities have no file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from metrics.archives.entries import build_entry_item
from metrics.archives.items import ActivityDescription, ActivityEntry, ImportItem

from .json_rows import JsonRow, parse_row_instant

TEXTS = ("name", "activity_type", "sub_type", "athlete_note", "private_note", "gear")
MAX_TEXT = 4_000  # more than any column takes
TOTAL_NAMES = {
    "duration_s": "duration_s", "elapsed_s": "elapsed_s", "moving_time_s": "moving_s",
    "distance_m": "distance_m", "elevation_gain_m": "elevation_gain_m",
    "elevation_loss_m": "elevation_loss_m", "avg_hr_bpm": "avg_hr_bpm", "max_hr_bpm": "max_hr_bpm",
    "calories_kcal": "calories_kcal", "avg_cadence_spm": "avg_cadence_spm",
}  # fmt: skip
"""Of an entry, the names in `recorded`, the column with what a device or a person said."""


@dataclass(slots=True)
class ActivityIndex:
    """Activities and recordings of the archive by their id in the archive.

    `descriptions` and `totals`: of activities alone in their file. `starts`: the instants as text. `entries`:
    activities without a file, which may have samples.
    """

    descriptions: dict[str, ActivityDescription] = field(default_factory=dict)
    totals: dict[str, ActivityEntry] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)
    recording_ids: set[str] = field(default_factory=set)
    entries: dict[str, ImportItem] = field(default_factory=dict)

    def find_rank(self, file_id: str) -> int:
        """0: the recording of an activity; 1: a further recording; 2: of nothing that is restored."""
        if file_id in self.starts:
            return 0
        return 1 if file_id in self.recording_ids else 2


def index_activities(
    path: str, activities: Iterable[JsonRow], recordings: Iterable[JsonRow]
) -> ActivityIndex:
    index = ActivityIndex()
    files: Counter[str] = Counter()
    file_by_id: dict[str, str] = {}
    for number, row in enumerate(activities, start=1):
        activity_id, started_at = str(row.get("id")), parse_row_instant(row.get("started_at"))
        description = build_description(row)
        if started_at is not None:
            index.starts[activity_id] = started_at.isoformat()
        if isinstance(row.get("original"), str):
            file_by_id[activity_id] = row["original"]
            files[row["original"]] += 1
            index.descriptions[activity_id] = description
            totals = build_entry(row)
            if totals is not None:
                index.totals[activity_id] = totals
        else:
            name = f"{path}, activity {number}"
            index.entries[activity_id] = build_entry_item(name, build_entry(row), description)
    for activity_id, original in file_by_id.items():
        if files[original] > 1:
            index.descriptions.pop(activity_id, None)
            index.totals.pop(activity_id, None)
    for row in recordings:
        recording_id, kept = str(row.get("id")), find_kept_interval(row)
        index.recording_ids.add(recording_id)
        if kept is not None:
            index.descriptions[recording_id] = ActivityDescription(cropped_to=kept)
    return index


def build_description(row: JsonRow) -> ActivityDescription:
    texts = {name: row[name][:MAX_TEXT] for name in TEXTS if isinstance(row.get(name), str)}
    effort = row.get("perceived_effort")
    return ActivityDescription(
        **texts,
        cropped_to=find_kept_interval(row),
        is_race=row.get("is_race") is True,
        is_commute=row.get("is_commute") is True,
        perceived_effort=effort if isinstance(effort, int) and not isinstance(effort, bool) else None,
    )


def find_kept_interval(row: JsonRow) -> tuple[datetime, datetime] | None:
    """The part of the file that its owner kept. None: all of it."""
    recorded = row.get("recorded")
    kept = recorded.get("cropped_to") if isinstance(recorded, Mapping) else None
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    first, last = map(parse_row_instant, kept)
    return (first, last) if first is not None and last is not None and first < last else None


def build_entry(row: JsonRow) -> ActivityEntry | None:
    """The totals of an activity without a file. None without a start or a duration."""
    started_at = parse_row_instant(row.get("started_at"))
    recorded = row.get("recorded") if isinstance(row.get("recorded"), Mapping) else {}
    totals = {name: _read_number(recorded, source, row, name) for name, source in TOTAL_NAMES.items()}
    duration_s = totals.pop("duration_s")
    if started_at is None or duration_s is None:
        return None
    offset = row.get("utc_offset_min")
    return ActivityEntry(
        started_at,
        duration_s,
        utc_offset_min=offset if isinstance(offset, int) else None,
        device=row["device"][:MAX_TEXT] if isinstance(row.get("device"), str) else "",
        **totals,
    )


def _read_number(recorded: Any, source: str, row: JsonRow, name: str) -> float | None:
    """A total as it was said. Rows of older programs have only columns."""
    value = recorded.get(source) if recorded else row.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
