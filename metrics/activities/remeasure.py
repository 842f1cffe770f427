"""Measure stored activities again after a formula or a threshold has changed.

Each batch is one transaction. It writes only changed activities and raises the data version only then, so a
second run changes nothing. A long run stores its position after each athlete and can continue from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from athletes.models import Athlete
from athletes.models.querysets import AthleteQuerySet
from metrics.activities.manual_entry import remeasure_activity
from metrics.activities.measure import MEASURED_COLUMNS, ThresholdsOverTime
from metrics.activities.streams import DamagedStreams
from metrics.models import Activity, Remeasuring
from metrics.models.querysets import ActivityQuerySet

ACTIVITIES_PER_BATCH = 50  # the athlete's row is locked during a batch, for about half a second


@dataclass(frozen=True, slots=True)
class RemeasureCounts:
    """How many activities were measured, how many of them changed, and how many have damaged streams."""

    measured: int = 0
    changed: int = 0
    damaged: int = 0

    def __add__(self, other: RemeasureCounts) -> RemeasureCounts:
        return RemeasureCounts(
            self.measured + other.measured, self.changed + other.changed, self.damaged + other.damaged
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


def remeasure_athlete_activities(athlete_id: UUID, since: date | None = None) -> Iterator[RemeasureCounts]:
    """Measure one athlete's activities with the thresholds of their days. Yields the counts of each batch."""
    activities = _filter_measurable(Activity.objects.filter(athlete_id=athlete_id), since)
    ids = list(activities.order_by("started_at", "id").values_list("pk", flat=True))
    for start in range(0, len(ids), ACTIVITIES_PER_BATCH):
        yield _remeasure_batch(athlete_id, ids[start : start + ACTIVITIES_PER_BATCH])


def _filter_measurable(activities: ActivityQuerySet, since: date | None) -> ActivityQuerySet:
    measurable = activities.exclude(recorded={})  # generated rows may have no recorded totals
    return measurable.filter(local_date__gte=since) if since else measurable


@transaction.atomic
def _remeasure_batch(athlete_id: UUID, ids: list[UUID]) -> RemeasureCounts:
    # Lock the athlete's row first, as every writer does: no activity changes between read and write.
    athlete = Athlete.objects.select_for_update(no_key=True).filter(pk=athlete_id).first()
    if athlete is None:
        return RemeasureCounts()
    thresholds = ThresholdsOverTime(athlete, athlete.thresholds.all())
    rows = (
        Activity.objects.filter(athlete_id=athlete_id, pk__in=ids)
        .select_related("streams")
        .defer("streams__laps")
    )
    changed: list[Activity] = []
    damaged = measured = 0
    for activity in rows:
        try:
            differs = _remeasure_and_compare(activity, thresholds)
        except DamagedStreams:  # keep the stored numbers
            damaged += 1
            continue
        measured += 1
        changed += [activity] if differs else []
    _write_changes(athlete_id, changed)
    return RemeasureCounts(measured, len(changed), damaged)


def _remeasure_and_compare(activity: Activity, thresholds: ThresholdsOverTime) -> bool:
    """Measure again without saving; True if a column changed."""
    before = [getattr(activity, name) for name in MEASURED_COLUMNS]
    remeasure_activity(activity, thresholds, getattr(activity, "streams", None))
    return before != [getattr(activity, name) for name in MEASURED_COLUMNS]


def _write_changes(athlete_id: UUID, changed: list[Activity]) -> None:
    """Write the batch in one upsert, which is much cheaper than Django's bulk_update."""
    if not changed:
        return
    Activity.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=[*MEASURED_COLUMNS, "updated_at"]
    )
    Athlete.objects.filter(pk=athlete_id).bump_version()
