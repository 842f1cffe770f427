"""Querysets of activities, health days and snapshots: by athlete, time and kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from athletes.models.querysets import AthleteQuerySet
from athletes.rights import Viewer

if TYPE_CHECKING:
    from metrics.models import (  # noqa: F401
        Activity,
        ActivityRecording,
        BinActivity,
        HealthDay,
        Import,
        ImportFile,
        Snapshot,
    )


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


class ActivityRecordingQuerySet(models.QuerySet["ActivityRecording"]):
    def of_activity(self, athlete_id: UUID, activity_id: UUID) -> ActivityRecordingQuerySet:
        return self.filter(athlete_id=athlete_id, activity_id=activity_id)

    def of_outer_activity(self) -> ActivityRecordingQuerySet:
        """For a subquery in a statement about activities."""
        return self.filter(activity=OuterRef("pk"))

    def without_samples(self) -> ActivityRecordingQuerySet:
        """With the name of the file, but without bytes: for lists."""
        return self.select_related("original").defer("content", "laps", "pauses", "original__content")


class BinActivityQuerySet(models.QuerySet["BinActivity"]):
    def in_bin_of(self, athlete_id: UUID) -> BinActivityQuerySet:
        """The activities in this athlete's bin, the last deleted one first."""
        return self.filter(athlete_id=athlete_id).order_by("-deleted_at", "-pk")


class HealthDayQuerySet(models.QuerySet["HealthDay"]):
    def within(self, first: date, last: date) -> HealthDayQuerySet:
        """Days from `first` to `last`, both included."""
        return self.filter(date__range=(first, last))


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def for_athletes(self, athletes: Iterable[UUID]) -> SnapshotQuerySet:
        return self.filter(athlete_id__in=list(athletes))


class ImportQuerySet(models.QuerySet["Import"]):
    def made_or_owned_by(self, viewer: Viewer) -> ImportQuerySet:
        """Imports of the viewer's own data, and those that the viewer made. Staff see all.

        A report names files, also of health data. So a coach sees only what the coach brought.
        """
        if viewer.is_staff:
            return self
        if viewer.pk is None:
            return self.filter(organization=viewer.query_id)
        return self.filter(Q(athlete=viewer.pk) | Q(made_by=viewer.pk))

    def active(self) -> ImportQuerySet:
        """Those that the worker has still to do something for."""
        busy = ("queued", "running")
        return self.filter(Q(status__in=busy) | Q(undo_state__in=busy))


class ImportFileQuerySet(models.QuerySet["ImportFile"]):
    def waiting(self) -> ImportFileQuerySet:
        return self.filter(status="")

    def without_content(self) -> ImportFileQuerySet:
        """For lists: the bytes of a refused file may be megabytes."""
        return self.defer("content")
