"""Restore which of several recordings of an activity counts."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from athletes.personal_data.restorer import (
    RestoredRows,
    RestoreTarget,
    Row,
    build_valid_row,
    parse_archived_instant,
    restore_each,
)
from metrics.activities.recordings.merge import choose_recording
from metrics.models import ActivityRecording, ImportedActivity

RECORDING_COLUMNS = ("duration_s", "device", "is_chosen")


def restore_recordings(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Let the recording count that counted in the archive, of activities that this import has stored."""
    return restore_each(rows, lambda row: _restore_choice(target, row))


def _restore_choice(target: RestoreTarget, row: Row) -> bool:
    built = build_valid_row(ActivityRecording, row, RECORDING_COLUMNS)
    started_at = parse_archived_instant(row.get("started_at"), target.now)
    recordings = ActivityRecording.objects.filter(athlete=target.athlete, started_at=started_at)
    same = recordings.filter(duration_s=built.duration_s, device=built.device).select_related("activity")
    recording = same.first()
    if recording is None:
        raise ValidationError("A recording is not there, because its file was refused.")
    brought = ImportedActivity.objects.filter(
        athlete=target.athlete,
        file__parent=target.import_id,
        activity_id=recording.activity_id,
        outcome=ImportedActivity.Outcome.STORED,
    )
    is_same = (recording.counts, recording.is_chosen) == (True, built.is_chosen)
    if is_same or not brought.exists():
        return False
    choose_recording(recording.activity, recording.pk)
    if not built.is_chosen:
        ActivityRecording.objects.filter(pk=recording.pk).update(is_chosen=False)
    return True
