"""Restore what people said of activities, when they came, and their numbers.

A recording gives the same numbers again only with the thresholds that were known when it was measured. So the
numbers of the archive are taken, if the same formulas gave them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from athletes.personal_data.restorer import (
    RestoredRows,
    RestoreTarget,
    Row,
    build_valid_row,
    parse_archived_instant,
)
from metrics.activities.changes import remeasure_activity
from metrics.activities.measure import MEASUREMENT_FORMULA, ThresholdsOverTime
from metrics.activities.recordings.merge import load_thresholds_over_time, split_recording
from metrics.activities.recordings.stored_recordings import DESCRIBED_FIELDS
from metrics.archives.astral_export.tables import FORMULA_KEY
from metrics.imports.astral_export.measured_numbers import read_measured_columns, read_totals
from metrics.imports.files.described import copy_described
from metrics.models import Activity, ActivityRecording, ImportedActivity, MeasurementState, Streams

ACTIVITY_COLUMNS = ("local_date", "source")
NOT_THERE = "An activity is not there, because its file was refused."
ONE_DAY = timedelta(days=1)


def restore_activities(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Change the activities that this import has stored, if nobody has edited them since. Others stay."""
    restored = RestoredRows()
    activities = _load_activities(target, rows)
    brought = _load_brought(target, activities)
    thresholds = load_thresholds_over_time(target.athlete)
    for row in rows:
        try:
            change = _read_row(target, row)
            activity = activities.get(change.started_at) or _split_off(target, change, brought)
            imported = brought.get(activity.pk)
            if imported is None or not _is_as_imported(activity, imported):
                restored.known_count += 1
                continue
            _apply(change, activity, thresholds)
            imported.described = copy_described(activity)
            imported.save(update_fields=["described"])
            restored.changed_count += 1
        except ValidationError as error:
            restored.errors.append(" ".join(error.messages))
    _remember_formula(target)
    return restored


@dataclass(frozen=True, slots=True)
class ActivityChange:
    """What the archive says of one activity. `measured` is None if other formulas gave the numbers."""

    started_at: datetime
    created_at: datetime
    described: Mapping[str, Any]
    columns: Mapping[str, Any]
    totals: Mapping[str, Any]
    measured: Mapping[str, Any] | None


def _read_row(target: RestoreTarget, row: Row) -> ActivityChange:
    built = build_valid_row(Activity, row, (*DESCRIBED_FIELDS, *ACTIVITY_COLUMNS))
    return ActivityChange(
        parse_archived_instant(row.get("started_at"), target.now + ONE_DAY),
        parse_archived_instant(row.get("created_at"), target.now),
        {name: getattr(built, name) for name in DESCRIBED_FIELDS},
        {name: getattr(built, name) for name in ACTIVITY_COLUMNS},
        read_totals(row),
        read_measured_columns(row) if row.get(FORMULA_KEY) == MEASUREMENT_FORMULA else None,
    )


def _apply(change: ActivityChange, activity: Activity, thresholds: ThresholdsOverTime) -> None:
    has_file = activity.original_id is not None
    for name, value in change.described.items():
        setattr(activity, name, value)
    if abs(change.columns["local_date"] - activity.local_date) <= ONE_DAY:  # another time zone at that time
        activity.local_date = change.columns["local_date"]
    if not has_file:
        activity.source = change.columns["source"]
        for name, value in change.totals.items():
            setattr(activity, name, value)
    if change.measured is None:
        streams = Streams.objects.filter(pk=activity.pk, athlete_id=activity.athlete_id).first()
        remeasure_activity(activity, thresholds, streams)
    else:
        for name, value in change.measured.items():
            setattr(activity, name, value)
    activity.save(force_update=True)
    Activity.objects.filter(pk=activity.pk).update(created_at=change.created_at)


def _remember_formula(target: RestoreTarget) -> None:
    """Nothing has to be measured again if all activities came with this import."""
    came = ImportedActivity.objects.filter(athlete=target.athlete, file__parent=target.import_id)
    others = Activity.objects.filter(athlete=target.athlete).exclude(pk__in=came.values("activity_id"))
    if not others.exists():
        MeasurementState.objects.get_or_create(
            athlete=target.athlete, defaults={"formula": MEASUREMENT_FORMULA}
        )


def _load_activities(target: RestoreTarget, rows: Iterable[Row]) -> dict[datetime, Activity]:
    """The stored activities that begin when these begin."""
    starts = []
    for row in rows:
        try:
            starts.append(parse_archived_instant(row.get("started_at"), target.now + ONE_DAY))
        except ValidationError:
            continue  # the row is refused later
    found = Activity.objects.filter(athlete=target.athlete, started_at__in=starts)
    return {activity.started_at: activity for activity in found.select_related("athlete__user")}


def _load_brought(
    target: RestoreTarget, activities: Mapping[datetime, Activity]
) -> dict[Any, ImportedActivity]:
    """What this import has stored, by the id of the activity."""
    stored = ImportedActivity.objects.filter(
        athlete=target.athlete,
        file__parent=target.import_id,
        outcome=ImportedActivity.Outcome.STORED,
        recording_id=None,
        activity_id__in=[activity.pk for activity in activities.values()],
    )
    return {imported.activity_id: imported for imported in stored}


def _split_off(
    target: RestoreTarget, change: ActivityChange, brought: dict[Any, ImportedActivity]
) -> Activity:
    """An activity that overlaps another one, because somebody has taken it out, is taken out again.

    Raises ValidationError if it is not there.
    """
    recording = (
        ActivityRecording.objects.filter(athlete=target.athlete, started_at=change.started_at, counts=False)
        .select_related("activity")
        .first()
    )
    imported = (
        recording
        and ImportedActivity.objects.filter(
            athlete=target.athlete, file__parent=target.import_id, recording_id=recording.pk
        ).first()
    )
    if recording is None or not imported:
        raise ValidationError(NOT_THERE)
    own = split_recording(recording.activity, recording.pk)
    imported.activity_id, imported.recording_id = own.pk, None
    imported.outcome, imported.described = ImportedActivity.Outcome.STORED, copy_described(own)
    imported.save()
    brought[own.pk] = imported
    return Activity.objects.select_related("athlete__user").get(pk=own.pk)


def _is_as_imported(activity: Activity, imported: ImportedActivity) -> bool:
    current = copy_described(activity)
    return all(current[name] == value for name, value in imported.described.items() if name in current)
