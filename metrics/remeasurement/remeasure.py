"""Measure stored activities again after a formula or a threshold has changed.

Each batch is one transaction. It writes only changed activities and raises the data version only then, so a
second run changes nothing. A long run stores its position after each athlete and can continue from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from athletes.models import Athlete
from athletes.models.querysets import AthleteQuerySet
from metrics.activities.changes import remeasure_activity
from metrics.activities.measure import MEASURED_COLUMNS, ThresholdsOverTime
from metrics.activities.recordings.stored_recordings import STREAMS_FIELDS
from metrics.activities.streams import DamagedStreams
from metrics.models import Activity, Remeasuring, Streams
from metrics.models.querysets import ActivityQuerySet
from metrics.remeasurement.reread import (
    REREAD_COLUMNS,
    OriginalReader,
    reread_other_recordings,
    take_over_recording,
)

ACTIVITIES_PER_BATCH = 50  # the athlete's row is locked during a batch, for about half a second
FILES_PER_BATCH = 20


@dataclass(frozen=True, slots=True)
class RemeasureCounts:
    """How many activities were measured, how many of them changed, and how many have damaged streams.

    `changed_columns` counts the activities that changed in each column.
    """

    measured: int = 0
    changed: int = 0
    damaged: int = 0
    changed_columns: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: RemeasureCounts) -> RemeasureCounts:
        return RemeasureCounts(
            self.measured + other.measured,
            self.changed + other.changed,
            self.damaged + other.damaged,
            self.changed_columns + other.changed_columns,
        )


@dataclass(frozen=True, slots=True)
class RemeasureScope:
    """Which activities to measure again: of these athletes, since this local date.

    `name` is its key in the database.
    """

    name: str
    athletes: AthleteQuerySet
    since: date | None = None

    @property
    def key(self) -> str:
        return f"{self.name} since {self.since}" if self.since else self.name

    @property
    def activities(self) -> ActivityQuerySet:
        return _filter_measurable(Activity.objects.among(self.athletes), self.since)

    def remaining_scope(self) -> RemeasureScope:
        """The rest of an interrupted run; the whole scope if there is none."""
        position = Remeasuring.objects.filter(pk=self.key).first()
        return (
            RemeasureScope(self.name, self.athletes.filter(pk__gt=position.reached), self.since)
            if position
            else self
        )


def remeasure_scope(scope: RemeasureScope) -> Iterator[RemeasureCounts]:
    """Measure a scope, athlete by athlete in order of id. Yields the counts of each batch."""
    stored = _filter_measurable(Activity.objects.filter(athlete_id=OuterRef("pk")), scope.since)
    for athlete_id in scope.athletes.filter(Exists(stored)).order_by("pk").values_list("pk", flat=True):
        yield from remeasure_athlete_activities(athlete_id, scope.since)
        Remeasuring.objects.update_or_create(pk=scope.key, defaults={"reached": athlete_id})
    delete_position(scope)


def delete_position(scope: RemeasureScope) -> None:
    """Delete the stored position; the next run starts from the beginning."""
    Remeasuring.objects.filter(pk=scope.key).delete()


def remeasure_athlete_activities(
    athlete_id: UUID, since: date | None = None, *, reread: bool = False
) -> Iterator[RemeasureCounts]:
    """Measure one athlete's activities with the thresholds of their days. Yields the counts of each batch.

    With `reread`, the original files are read again first.
    """
    activities = _filter_measurable(Activity.objects.filter(athlete_id=athlete_id), since)
    ids = list(activities.order_by("started_at", "id").values_list("pk", flat=True))
    size = FILES_PER_BATCH if reread else ACTIVITIES_PER_BATCH
    for start in range(0, len(ids), size):
        yield _remeasure_batch(athlete_id, ids[start : start + size], reread)


def _filter_measurable(activities: ActivityQuerySet, since: date | None) -> ActivityQuerySet:
    measurable = activities.exclude(recorded={})  # generated rows may have no recorded totals
    return measurable.filter(local_date__gte=since) if since else measurable


@transaction.atomic
def _remeasure_batch(athlete_id: UUID, ids: list[UUID], reread: bool) -> RemeasureCounts:
    # Lock the athlete's row first, as every writer does: no activity changes between read and write.
    athlete = Athlete.objects.select_for_update(no_key=True).filter(pk=athlete_id).first()
    if athlete is None:
        return RemeasureCounts()
    rows = Activity.objects.filter(athlete_id=athlete_id, pk__in=ids).select_related("streams")
    activities = list(rows if reread else rows.defer("streams__laps"))
    batch = _Batch(
        ThresholdsOverTime(athlete, athlete.thresholds.all()),
        OriginalReader.of_activities(activities) if reread else None,
    )
    for activity in activities:
        activity.athlete = athlete
        batch.remeasure(activity)
    batch.write(athlete_id)
    if reread:
        reread_other_recordings(athlete, activities)
    return batch.counts


class _Batch:
    """Measures activities again and writes those that changed."""

    def __init__(self, thresholds: ThresholdsOverTime, originals: OriginalReader | None) -> None:
        self.thresholds, self.originals = thresholds, originals
        self.columns = MEASURED_COLUMNS if originals is None else (*REREAD_COLUMNS, *MEASURED_COLUMNS)
        self.counts = RemeasureCounts()
        self.changed: list[Activity] = []
        self.new_streams: list[Streams] = []

    def remeasure(self, activity: Activity) -> None:
        before = {name: getattr(activity, name) for name in self.columns}
        streams = getattr(activity, "streams", None)
        recording = self.originals.find_recording(activity) if self.originals else None
        new_streams = take_over_recording(activity, recording) if recording else None
        try:
            remeasure_activity(activity, self.thresholds, new_streams or streams)
        except DamagedStreams:  # keep the stored numbers
            self.counts += RemeasureCounts(damaged=1)
            return
        changed = Counter(name for name, value in before.items() if value != getattr(activity, name))
        self.counts += RemeasureCounts(1, int(bool(changed)), 0, changed)
        self.changed += [activity] if changed else []
        if new_streams is not None and not _are_equal(streams, new_streams):
            self.new_streams.append(new_streams)

    def write(self, athlete_id: UUID) -> None:
        """Write the batch in one upsert for each table, which is much cheaper than Django's bulk_update."""
        if self.changed:
            Activity.objects.bulk_create(
                self.changed,
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=[*self.columns, "updated_at"],
            )
        if self.new_streams:
            Streams.objects.bulk_create(
                self.new_streams,
                update_conflicts=True,
                unique_fields=["activity"],
                update_fields=STREAMS_FIELDS,
            )
        if self.changed or self.new_streams:
            Athlete.objects.filter(pk=athlete_id).bump_version()


def _are_equal(stored: Streams | None, new: Streams) -> bool:
    return stored is not None and all(
        _to_plain(getattr(stored, name)) == _to_plain(getattr(new, name)) for name in STREAMS_FIELDS
    )


def _to_plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
