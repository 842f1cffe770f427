"""Merge activities that are one, choose which recording counts, and take a recording out again.

Every write locks the athlete's row. Nothing is lost: each of these changes can be undone with another.
"""

from __future__ import annotations

from uuid import UUID

from django.db import models, transaction

from astral.http.errors import ApiError
from athletes.events.kinds import EventKind
from athletes.events.outbox import record_event
from athletes.models import Athlete
from metrics.activities.changes import lock_activity
from metrics.activities.measure import ThresholdsOverTime
from metrics.activities.recordings.stored_recordings import (
    DESCRIBED_FIELDS,
    StoredRecordings,
    describe_recording,
    load_stored_recordings,
    measure_recording,
    save_row,
    write_streams,
)
from metrics.models import Activity, ActivityRecording, BinActivity, Streams
from metrics.storage.quotas import check_activity_quota
from metrics.storage.same_activity import build_span

OWN_MODELS = (Streams, ActivityRecording)  # they move with the recordings


@transaction.atomic
def choose_recording(activity: Activity, recording_id: UUID) -> Activity:
    """Let this recording count. A person's choice stays when further recordings come.

    Raises 404 NO_RECORDING, 400 DAMAGED_RECORDING, and Activity.DoesNotExist if it was deleted meanwhile.
    """
    current = lock_activity(activity)
    stored = load_stored_recordings(current)
    row = get_row(stored, recording_id)
    if len(stored.rows) > 1:
        stored.choose_row(row)
        stored.write(load_thresholds_over_time(current.athlete))
    return current


@transaction.atomic
def split_recording(activity: Activity, recording_id: UUID) -> Activity:
    """Take a recording out of its activity; returns its own activity. No rule merges the two again.

    If it counted, another recording of the activity counts now. Raises 404 NO_RECORDING, 400 ONLY_RECORDING,
    and QuotaReached if one more activity is too many.
    """
    current = lock_activity(activity)
    stored = load_stored_recordings(current)
    row = get_row(stored, recording_id)
    if len(stored.rows) == 1:
        raise ApiError("ONLY_RECORDING", "This is the only recording of the activity.")
    check_activity_quota(current.athlete_id)
    thresholds = load_thresholds_over_time(current.athlete)
    stored.remove_row(row)
    own = _create_own_activity(row, thresholds)
    row.activity, row.counts, row.split_from = own, True, current.pk
    save_row(row)
    write_streams(own, row)
    stored.write(thresholds)
    record_event(EventKind.ACTIVITY_CREATED, own.athlete_id, own.pk)
    return own


@transaction.atomic
def merge_activities(kept: Activity, other: Activity) -> Activity:
    """Make the recordings of `other` recordings of `kept`, and delete `other`. Both are of one athlete.

    What people said of `kept` stays. What they said only of `other` joins it. Raises 400
    NOT_AT_THE_SAME_TIME, and Activity.DoesNotExist if one of them was deleted meanwhile.
    """
    current = lock_activity(kept)
    joining = Activity.objects.get(pk=other.pk, athlete_id=current.athlete_id)
    if current == joining:
        raise ApiError("SAME_ACTIVITY", "An activity cannot be merged with itself.", field="activity_id")
    if build_span(current).count_shared_seconds(build_span(joining)) <= 0:
        raise ApiError(
            "NOT_AT_THE_SAME_TIME",
            "These activities do not overlap in time, so they are not recordings of one activity.",
            field="activity_id",
        )
    merge_locked_activities(current, joining, load_thresholds_over_time(current.athlete))
    return current


def merge_locked_activities(kept: Activity, other: Activity, thresholds: ThresholdsOverTime) -> None:
    """Merge two activities. The caller has locked their athlete."""
    stored, joining = load_stored_recordings(kept), load_stored_recordings(other)
    describe_recording(joining.counting, other)
    for row in joining.rows:
        row.split_from = None if row.split_from == kept.pk else row.split_from
    stored.add_rows(sorted(joining.rows, key=lambda row: not row.counts))
    _move_references(other, kept)
    stored.write(thresholds)
    record_event(EventKind.ACTIVITY_DELETED, other.athlete_id, other.pk)
    other.delete()


def get_row(stored: StoredRecordings, recording_id: UUID) -> ActivityRecording:
    row = stored.get_recording(recording_id)
    if row is None:
        raise ApiError("NO_RECORDING", "The activity has no such recording.", 404)
    return row


def load_thresholds_over_time(athlete: Athlete) -> ThresholdsOverTime:
    return ThresholdsOverTime(athlete, athlete.thresholds.all())


def _create_own_activity(row: ActivityRecording, thresholds: ThresholdsOverTime) -> Activity:
    """Store the activity of a recording, which has the id of the recording if no activity has it.

    So an activity that was merged comes back with its id. One in the bin keeps its id, to be restored.
    """
    own = Activity(athlete=thresholds.athlete, **{name: getattr(row, name) for name in DESCRIBED_FIELDS})
    if not _has_activity(row.athlete_id, row.pk):
        own.id = row.pk
    measure_recording(own, row, thresholds)
    own.save(force_insert=True)
    Activity.objects.filter(pk=own.pk, athlete_id=own.athlete_id).update(created_at=row.added_at)
    return own


def _has_activity(athlete_id: UUID, activity_id: UUID) -> bool:
    """Whether an activity has this id, stored or in the bin."""
    return any(
        model._default_manager.filter(pk=activity_id, athlete_id=athlete_id).exists()
        for model in (Activity, BinActivity)
    )


def _move_references(source: Activity, target: Activity) -> None:
    """Let rows of other models that name one activity name the other.

    A row stays where `target` can have only one and has it.
    """
    for relation in Activity._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.related_model in OWN_MODELS:
            continue
        name, rows = relation.field.name, relation.related_model._base_manager
        of_target = rows.filter(**{name: target, "athlete": target.athlete_id})
        if not (_allows_one_row(relation) and of_target.exists()):
            rows.filter(**{name: source, "athlete": target.athlete_id}).update(**{name: target})


def _allows_one_row(relation: models.ForeignObjectRel) -> bool:
    """Whether an activity can have only one row of this relation."""
    constraints = relation.related_model._meta.total_unique_constraints
    pair = {relation.field.name, "athlete"}
    return relation.one_to_one or any(
        relation.field.name in one.fields and pair.issuperset(one.fields) for one in constraints
    )
