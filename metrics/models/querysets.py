"""Querysets of activities, health days and snapshots: by athlete, time and kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from athletes.models.querysets import AthleteQuerySet

if TYPE_CHECKING:
    from metrics.models import Activity, BinActivity, HealthDay, Snapshot  # noqa: F401

# Two recordings are the same activity if both start and distance differ by no more than this.
SAME_START_TOLERANCE = timedelta(seconds=60)
SAME_DISTANCE_TOLERANCE = 0.02


def build_start_filter(started_at: datetime) -> Q:
    """Activities that start close enough to be the same recording."""
    return Q(started_at__range=(started_at - SAME_START_TOLERANCE, started_at + SAME_START_TOLERANCE))


def is_similar_distance(first_m: float, second_m: float) -> bool:
    return abs(first_m - second_m) <= SAME_DISTANCE_TOLERANCE * max(first_m, second_m)


class ActivityQuerySet(models.QuerySet["Activity"]):
    def for_athletes(self, athletes: Iterable[UUID]) -> ActivityQuerySet:
        return self.filter(athlete_id__in=list(athletes))

    def among(self, athletes: AthleteQuerySet) -> ActivityQuerySet:
        """Activities of these athletes. The visibility rule is part of the same SQL statement."""
        return self.filter(Exists(athletes.filter(pk=OuterRef("athlete_id"))))

    def between(self, start: datetime, end: datetime) -> ActivityQuerySet:
        """Activities that started in [start, end)."""
        return self.filter(started_at__gte=start, started_at__lt=end)

    def runs(self) -> ActivityQuerySet:
        return self.filter(activity_type="run")


class BinActivityQuerySet(models.QuerySet["BinActivity"]):
    def in_bin_of(self, athlete_id: UUID) -> BinActivityQuerySet:
        """The activities in this athlete's bin, the last deleted one first."""
        return self.filter(athlete_id=athlete_id).order_by("-deleted_at", "-pk")


class HealthDayQuerySet(models.QuerySet["HealthDay"]):
    def among(self, athletes: AthleteQuerySet) -> HealthDayQuerySet:
        """Health days of these athletes. The visibility rule is part of the same SQL statement."""
        return self.filter(Exists(athletes.filter(pk=OuterRef("athlete_id"))))

    def within(self, first: date, last: date) -> HealthDayQuerySet:
        """Days from `first` to `last`, both included."""
        return self.filter(date__range=(first, last))


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def for_athletes(self, athletes: Iterable[UUID]) -> SnapshotQuerySet:
        return self.filter(athlete_id__in=list(athletes))
