"""The recordings of one activity, complete in memory. A change is written to the activity and its streams.

The caller has locked the athlete's row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from astral.http.errors import ApiError
from athletes.events.kinds import EventKind
from athletes.events.outbox import record_event
from metrics.activities import streams as columns
from metrics.activities.changes import MEASUREMENT_INPUTS, remeasure_activity
from metrics.activities.measure import ThresholdsOverTime, serialize_laps, serialize_pauses
from metrics.activities.recordings.ranking import (
    RecordingRank,
    has_own_distance,
    list_channels,
    rank_recording,
)
from metrics.models import Activity, ActivityRecording, OriginalFile, Streams
from metrics.recording import Recording
from metrics.storage.identity import UNKNOWN_SPORT
from metrics.storage.same_activity import build_span

# What the activity has from the recording that counts, besides what is measured.
RECORDED_FIELDS = (
    "started_at", "utc_offset_min", "local_date", "duration_s", "elapsed_s", "recorded", "source", "device",
    "original_id",
)  # fmt: skip
# What a person can edit, and its value if nobody has said it. It stays with the activity.
BLANK_VALUES: dict[str, Any] = {
    "name": "", "activity_type": UNKNOWN_SPORT, "sub_type": "", "is_race": False, "perceived_effort": None,
    "feel": None, "pain_score": None, "pain_where": "", "athlete_note": "", "private_note": "", "gear": "",
    "is_commute": False,
}  # fmt: skip
DESCRIBED_FIELDS = tuple(BLANK_VALUES)
STREAMS_FIELDS = ("content", "pauses", "laps", "altitude_source")


def get_rank(recording: ActivityRecording) -> RecordingRank:
    return rank_recording(
        recording.channels,
        is_from_device=recording.source == Activity.Source.FILE,
        has_own_distance=recording.has_own_distance,
    )


def set_samples(recording: ActivityRecording, encoded: bytes) -> None:
    """Set the samples of a recording; b"": it has none."""
    recording.content = encoded or None
    try:
        samples = columns.decode(encoded) if encoded else None
    except columns.DamagedStreams:  # the bytes are kept, but they cannot count for much
        samples = None
    recording.channels = [] if samples is None else list_channels(samples)
    recording.has_own_distance = samples is not None and has_own_distance(samples)


@dataclass(slots=True)
class StoredRecordings:
    """An activity with its recordings, the first one first.

    `changed`: the rows to write. `is_recounted`: another recording counts now. `edited_fields`: the fields of
    the activity that it got from a recording, or lost with one.
    """

    activity: Activity
    rows: list[ActivityRecording]
    changed: list[ActivityRecording] = field(default_factory=list)
    is_recounted: bool = False
    edited_fields: set[str] = field(default_factory=set)

    @property
    def counting(self) -> ActivityRecording:
        return next(row for row in self.rows if row.counts)

    def get_recording(self, recording_id: UUID) -> ActivityRecording | None:
        return next((row for row in self.rows if row.pk == recording_id), None)

    def has_recording(self, started_at: datetime, recorded: dict[str, Any], encoded: bytes) -> bool:
        """Whether this recording is already there, from a file with other bytes."""
        return any(
            row.started_at == started_at
            and row.recorded | {"sport": ""} == recorded | {"sport": ""}
            and bytes(row.content or b"") == encoded
            for row in self.rows
        )

    def add_rows(self, added: Iterable[ActivityRecording]) -> None:
        """Add recordings that do not count. One of them counts if its rank is higher, or if it was chosen.

        A choice of a person for this activity stays.
        """
        for row in added:
            row.activity, row.counts, row.lent_fields = self.activity, False, []
            self.rows.append(row)
            self._mark_changed(row)
            self._lend_fields(row)
            if self.counting.is_chosen:
                row.is_chosen = False
            elif row.is_chosen or get_rank(row) > get_rank(self.counting):
                self.make_counting(row)

    def make_counting(self, row: ActivityRecording) -> None:
        if row.counts:
            return
        self._mark_changed(self.counting, row)
        self.counting.is_chosen = False
        self.counting.counts = False
        row.counts = True
        self.is_recounted = True

    def choose_row(self, row: ActivityRecording) -> None:
        """A person says that this recording counts."""
        self.make_counting(row)
        row.is_chosen = True
        self._mark_changed(row)

    def remove_row(self, row: ActivityRecording) -> None:
        """Take a recording out. If it counts, the highest rank of the others counts."""
        others = [other for other in self.rows if other is not row]
        if row.counts:
            self.make_counting(max(others, key=get_rank))  # of equal ranks, the first
        self.rows = others
        self.changed = [other for other in self.changed if other is not row]
        for name in row.lent_fields:
            if getattr(self.activity, name) == getattr(row, name):  # a later edit of a person stays
                setattr(self.activity, name, BLANK_VALUES[name])
                self.edited_fields.add(name)
        row.lent_fields, row.is_chosen = [], False

    def write(self, thresholds: ThresholdsOverTime) -> None:
        """Write the changed rows, and the activity with its streams if its numbers change."""
        for row in sorted(self.changed, key=lambda row: row.counts):  # at most one row may count
            save_row(row)
        if self.is_recounted or self.edited_fields & MEASUREMENT_INPUTS:
            measure_recording(self.activity, self.counting, thresholds)
        if self.is_recounted or self.edited_fields:
            self.activity.save(force_update=True)
        if self.is_recounted:
            write_streams(self.activity, self.counting)
        record_event(EventKind.ACTIVITY_UPDATED, self.activity.athlete_id, self.activity.pk)

    def _lend_fields(self, row: ActivityRecording) -> None:
        """Give the activity what nobody has said of it yet."""
        activity = self.activity
        is_unknown = not build_span(activity).sports
        for name in DESCRIBED_FIELDS:
            blank = BLANK_VALUES[name]
            is_blank = is_unknown if name == "activity_type" else getattr(activity, name) == blank
            if is_blank and getattr(row, name) != blank:
                setattr(activity, name, getattr(row, name))
                row.lent_fields = [*row.lent_fields, name]
                self.edited_fields.add(name)

    def _mark_changed(self, *rows: ActivityRecording) -> None:
        self.changed += [row for row in rows if not any(row is other for other in self.changed)]


def load_stored_recordings(activity: Activity) -> StoredRecordings:
    """The recordings of a locked activity. An activity without rows has one: itself. Two statements."""
    return _complete_rows(
        activity, list(ActivityRecording.objects.of_activity(activity.athlete_id, activity.pk))
    )


def _complete_rows(activity: Activity, rows: list[ActivityRecording]) -> StoredRecordings:
    streams = Streams.objects.filter(pk=activity.pk, athlete_id=activity.athlete_id).first()
    if not rows:
        rows = [build_recording(activity)]
        rows[0].id, rows[0].added_at = activity.pk, activity.created_at
    stored = StoredRecordings(activity, rows)
    _complete_counting(stored.counting, activity, streams)
    if stored.counting._state.adding:
        stored.changed.append(stored.counting)
    return stored


def list_recordings(activity: Activity) -> list[ActivityRecording]:
    """The recordings of an activity to show, without samples. One statement.

    An activity without rows has one: itself. This takes two statements more.
    """
    rows = list_rows(activity)
    if not rows:
        rows = _complete_rows(activity, []).rows
        if activity.original_id is not None:
            files = OriginalFile.objects.filter(pk=activity.original_id, athlete_id=activity.athlete_id)
            rows[0].original = files.defer("content").first()
    return rows


def list_rows(activity: Activity) -> list[ActivityRecording]:
    """The stored rows of an activity to show, without samples; none if it was recorded once."""
    rows = list(ActivityRecording.objects.of_activity(activity.athlete_id, activity.pk).without_samples())
    for row in rows:
        if row.counts:
            copy_recorded_values(row, activity)
    return rows


def describe_recording(row: ActivityRecording, activity: Activity) -> None:
    """Copy what people said of an activity to its recording."""
    for name in DESCRIBED_FIELDS:
        setattr(row, name, getattr(activity, name))


def build_recording(activity: Activity) -> ActivityRecording:
    """The unsaved row of the recording that an activity is, without samples."""
    row = ActivityRecording(athlete_id=activity.athlete_id, activity=activity, counts=True)
    describe_recording(row, activity)
    copy_recorded_values(row, activity)
    return row


def copy_recorded_values(row: ActivityRecording, activity: Activity) -> None:
    """Copy the values of the recording that counts from its activity."""
    for name in RECORDED_FIELDS:
        setattr(row, name, getattr(activity, name))
    if not row.recorded:  # made-up rows may have no recorded totals
        elapsed_s = activity.duration_s if activity.elapsed_s is None else activity.elapsed_s
        row.recorded = {"duration_s": activity.duration_s, "elapsed_s": elapsed_s}
        if activity.distance_m is not None:
            row.recorded["distance_m"] = activity.distance_m


def _complete_counting(row: ActivityRecording, activity: Activity, streams: Streams | None) -> None:
    """A person may have changed the numbers of an entry since, so they are read from the activity."""
    copy_recorded_values(row, activity)
    if streams is not None:
        for name in STREAMS_FIELDS:
            setattr(row, name, getattr(streams, name))
    if row._state.adding:
        set_samples(row, b"" if streams is None else bytes(streams.content))


def measure_recording(activity: Activity, row: ActivityRecording, thresholds: ThresholdsOverTime) -> None:
    """Give the activity the values of a recording and measure it; nothing is saved."""
    for name in RECORDED_FIELDS:
        setattr(activity, name, getattr(row, name))
    activity.avg_cadence_spm = row.recorded.get("avg_cadence_spm")
    try:
        remeasure_activity(activity, thresholds, _build_streams(activity, row))
    except columns.DamagedStreams:
        raise ApiError(
            "DAMAGED_RECORDING", "The samples of this recording are damaged, so it cannot count."
        ) from None


def write_streams(activity: Activity, row: ActivityRecording) -> None:
    """Make the samples of a recording the streams of the activity."""
    streams = _build_streams(activity, row)
    if streams is None:
        Streams.objects.filter(pk=activity.pk, athlete_id=activity.athlete_id).delete()
    else:
        Streams.objects.bulk_create(
            [streams], update_conflicts=True, unique_fields=["activity"], update_fields=STREAMS_FIELDS
        )


def build_recorded_streams(activity: Activity, recording: Recording, encoded: bytes) -> Streams:
    """The unsaved streams of an activity with the samples of a file."""
    return Streams(
        activity=activity,
        athlete_id=activity.athlete_id,
        content=encoded,
        pauses=serialize_pauses(recording),
        laps=serialize_laps(recording),
        altitude_source=recording.altitude_source,
    )


def _build_streams(activity: Activity, row: ActivityRecording) -> Streams | None:
    if not row.content:
        return None
    values = {name: getattr(row, name) for name in STREAMS_FIELDS}
    return Streams(activity=activity, athlete_id=activity.athlete_id, **values)


def save_row(row: ActivityRecording) -> None:
    """Save one recording. While it counts, its samples are only in the streams of the activity."""
    samples = row.content
    row.content = None if row.counts else samples
    row.save()
    row.content = samples
