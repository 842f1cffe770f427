"""Stored activities that are one: find them, and merge them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from athletes.models import Athlete
from metrics.activities.recordings.merge import load_thresholds_over_time, merge_locked_activities
from metrics.models import Activity, ActivityRecording
from metrics.storage.locks import lock_athlete
from metrics.storage.same_activity import build_span

COMPARED_FIELDS = (
    "athlete", "name", "activity_type", "started_at", "duration_s", "elapsed_s", "distance_m", "source",
    "device", "recorded", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DoubleActivity:
    """Two stored activities that are one. `kept` was stored first."""

    kept: Activity
    other: Activity


def find_doubles(athlete_id: UUID) -> list[DoubleActivity]:
    """The doubles of an athlete, by start. An activity is in at most one of them. Two statements.

    The index on (athlete, started_at) gives the activities in order. Two entries by hand are never the same,
    and neither are activities that a person has taken apart.
    """
    split = ActivityRecording.objects.filter(athlete_id=athlete_id, split_from__isnull=False)
    apart = {frozenset(pair) for pair in split.values_list("activity_id", "split_from")}
    activities = Activity.objects.filter(athlete_id=athlete_id).order_by("started_at", "id")
    found: list[DoubleActivity] = []
    taken: set[UUID] = set()
    for first, second in _pair_overlapping(activities.only(*COMPARED_FIELDS)):
        if taken.isdisjoint((first.pk, second.pk)) and _is_double(first, second, apart):
            kept, other = sorted((first, second), key=lambda activity: (activity.created_at, activity.pk))
            found.append(DoubleActivity(kept, other))
            taken |= {kept.pk, other.pk}
    return found


@transaction.atomic
def merge_doubles(athlete_id: UUID) -> list[DoubleActivity]:
    """Merge the doubles of an athlete, in one transaction. Returns what was merged.

    An activity can be stored three times, so this looks again until there is none.
    """
    athlete = Athlete.objects.select_related("user").filter(pk=athlete_id).first()
    if athlete is None or not find_doubles(athlete_id):
        return []
    try:
        lock_athlete(athlete_id)
    except Athlete.DoesNotExist:  # the account was deleted meanwhile
        return []
    thresholds, merged = load_thresholds_over_time(athlete), []
    while doubles := find_doubles(athlete_id):
        for double in doubles:
            both = Activity.objects.filter(athlete_id=athlete_id).in_bulk([double.kept.pk, double.other.pk])
            merge_locked_activities(both[double.kept.pk], both[double.other.pk], thresholds)
        merged += doubles
    return merged


def _pair_overlapping(activities: Iterable[Activity]) -> Iterator[tuple[Activity, Activity]]:
    """Yield the pairs that overlap in time. `activities` are in order of their start."""
    running: list[tuple[datetime, Activity]] = []
    for activity in activities:
        span = build_span(activity)
        running = [(end, other) for end, other in running if end >= span.started_at]
        yield from ((other, activity) for _, other in running)
        running.append((span.started_at + timedelta(seconds=span.elapsed_s), activity))


def _is_double(first: Activity, second: Activity, apart: set[frozenset[UUID | None]]) -> bool:
    entered = {first.source, second.source} == {Activity.Source.MANUAL}
    is_apart = frozenset((first.pk, second.pk)) in apart
    return not entered and not is_apart and build_span(first).is_same_activity(build_span(second))
