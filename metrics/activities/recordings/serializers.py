"""Recordings in the API. Read serializers only document the schema; the answers are plain dicts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import IdField, StrictSerializer
from astral.ids import encode
from metrics.activities.descriptions import DescriptionReader
from metrics.activities.ingest import IngestResult
from metrics.activities.recording_places import IngestOutcome
from metrics.activities.recordings.cards import find_origin_id
from metrics.activities.recordings.ranking import CHANNELS
from metrics.activities.serializers import ActivitySerializer, round_value, serialize_activity
from metrics.models import Activity, ActivityRecording


class MergeRequest(StrictSerializer):
    """Body to make another activity's recordings recordings of this activity."""

    activity_id = IdField(Activity.prefix, help_text="The other activity, act_…. It is deleted.")


def _nullable_number(help_text: str) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, help_text=help_text)


class RecordingSerializer(serializers.Serializer[Any]):
    recording_id = serializers.CharField(help_text="rec_….")
    counts = serializers.BooleanField(help_text="Whether the activity's numbers are of this recording.")
    chosen = serializers.BooleanField(help_text="Whether a person chose it.")
    activity_type = serializers.ChoiceField(Activity.Type.choices, help_text="The sport as recorded.")
    started_at = serializers.DateTimeField(help_text="ISO 8601 with Z.")
    duration = serializers.FloatField(help_text="Timer time, seconds.")
    elapsed_time = _nullable_number("From start to end, seconds.")
    distance = _nullable_number("Metres, as the device or file gives them.")
    avg_heart_rate = _nullable_number("bpm, as the device or file gives it.")
    channels = serializers.ListField(
        child=serializers.ChoiceField(CHANNELS), help_text="Which columns have samples."
    )
    own_distance = serializers.BooleanField(
        help_text="Whether the device measured distance or speed; false: counted from positions."
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of this name, not the option
        Activity.Source.choices, help_text="The origin of the recording."
    )
    device = serializers.CharField(help_text="The recording device; may be empty.")
    file_name = serializers.CharField(allow_null=True, help_text="The uploaded file; null without one.")
    added_at = serializers.DateTimeField(help_text="When it was stored, ISO 8601 with Z.")
    added_by = serializers.ChoiceField(
        ActivityRecording.AddedBy.choices, allow_null=True, help_text="Who stored it; null if unknown."
    )


class RecordingsSerializer(serializers.Serializer[Any]):
    activity_id = serializers.CharField(help_text="act_….")
    split_from = serializers.CharField(
        allow_null=True,
        help_text="The activity that this one was taken out of, act_…, also if it was deleted since; null"
        " otherwise.",
    )
    recordings = RecordingSerializer(many=True, help_text="In the order they came; exactly one counts.")


class UploadOutcomeSerializer(serializers.Serializer[Any]):
    activity_id = serializers.CharField(help_text="act_….")
    status = serializers.ChoiceField(
        [outcome.value for outcome in IngestOutcome],
        help_text="stored: a new activity, or the first recording of an entry by hand. already_there: it was "
        "stored before. second_recording: another recording of a stored activity; it is kept with it.",
    )


class UploadedActivitiesSerializer(serializers.Serializer[Any]):
    activities = ActivitySerializer(many=True, help_text="The activities of the file, in file order.")
    outcomes = UploadOutcomeSerializer(many=True, help_text="What happened to each activity, in this order.")
    merged = serializers.BooleanField(help_text="Whether one is another recording of a stored activity.")


def serialize_ingest_result(ingested: IngestResult, reader: DescriptionReader) -> dict[str, Any]:
    pairs = zip(ingested.activities, ingested.outcomes, strict=True)
    return {
        "activities": [serialize_activity(activity, reader) for activity in ingested.activities],
        "outcomes": [
            {"activity_id": activity.public_id, "status": outcome.value} for activity, outcome in pairs
        ],
        "merged": ingested.second_count > 0,
    }


def serialize_recordings(activity: Activity, rows: list[ActivityRecording]) -> dict[str, Any]:
    origin_id = find_origin_id(rows)
    return {
        "activity_id": activity.public_id,
        "split_from": origin_id and encode(Activity.prefix, origin_id),
        "recordings": [serialize_recording(row) for row in rows],
    }


def serialize_recording(row: ActivityRecording) -> dict[str, Any]:
    return {
        "recording_id": row.public_id,
        "counts": row.counts,
        "chosen": row.is_chosen,
        "activity_type": row.recorded.get("sport", row.activity_type),
        "started_at": row.started_at,
        "duration": round_value(row.duration_s),
        "elapsed_time": round_value(row.elapsed_s),
        "distance": round_value(row.recorded.get("distance_m")),
        "avg_heart_rate": round_value(row.recorded.get("avg_hr_bpm"), 1),
        "channels": row.channels,
        "own_distance": row.has_own_distance,
        "source": row.source,
        "device": row.device,
        "file_name": row.original.filename if row.original else None,
        "added_at": row.added_at,
        "added_by": row.added_by or None,
    }
