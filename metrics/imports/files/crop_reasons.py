"""Say in the report that an activity is cropped, or that it is cropped only in the export."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from metrics.activities.ingest import IngestResult, Upload
from metrics.activities.recording_places import IngestOutcome
from metrics.activities.streams import DamagedStreams, decode
from metrics.files.crop import KEPT_KEY, LEAST_CUT_S, is_cropped
from metrics.models import Activity, ActivityRecording, Streams
from metrics.recording import Interval, Pause, Recording, Totals, empty_samples

CROPPED, CROPPED_IN_EXPORT = "CROPPED", "CROPPED_IN_EXPORT"
CROP_REASONS = {
    "": "",
    CROPPED: "It is cropped in the export. Only that part counts. The file is kept whole.",
    CROPPED_IN_EXPORT: "It is cropped in the export. It was here before, so it stays whole.",
}


def find_crop_code(ingested: IngestResult, upload: Upload) -> str:
    """CROPPED, CROPPED_IN_EXPORT, or nothing if the export has the whole."""
    if upload.cropped_to is None:
        return ""
    ids = ingested.recording_ids or (None,) * len(ingested.activities)
    for activity, outcome, recording_id in zip(ingested.activities, ingested.outcomes, ids, strict=True):
        if outcome is IngestOutcome.ALREADY_THERE:
            if KEPT_KEY not in activity.recorded and _is_cropped_in_export(activity, upload.cropped_to):
                return CROPPED_IN_EXPORT
        elif KEPT_KEY in _read_recorded(activity, recording_id):
            return CROPPED
    return ""


def _read_recorded(activity: Activity, recording_id: UUID | None) -> dict[str, Any]:
    """What is stored of the recording that has come."""
    recorded: dict[str, Any] | None = activity.recorded
    if recording_id is not None:
        recordings = ActivityRecording.objects.filter(pk=recording_id, athlete_id=activity.athlete_id)
        recorded = recordings.values_list("recorded", flat=True).first()
    return recorded or {}


def _is_cropped_in_export(activity: Activity, kept: Interval) -> bool:
    """Whether the export has less than is stored. The samples are read only if the times differ."""
    elapsed_s = activity.duration_s if activity.elapsed_s is None else activity.elapsed_s
    ended_at = activity.started_at + timedelta(seconds=elapsed_s)
    if max(kept[0] - activity.started_at, ended_at - kept[1]) < timedelta(seconds=LEAST_CUT_S):
        return False
    streams = Streams.objects.filter(pk=activity.pk, athlete_id=activity.athlete_id).first()
    with suppress(DamagedStreams):
        samples = decode(bytes(streams.content)) if streams else empty_samples()
        pauses = tuple(Pause(*pause) for pause in (streams.pauses if streams else ()))
        totals = Totals(activity.duration_s, elapsed_s)
        stored = Recording(activity.activity_type, activity.started_at, totals, samples, pauses=pauses)
        return is_cropped(stored, *kept)
    return False
