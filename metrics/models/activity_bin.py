"""The bin: activities that were deleted, with their streams, until they are deleted for good.

They are in tables of their own, so no other query has to leave them out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

from athletes.models import Athlete
from metrics.models.activities import ActivityBase, OriginalFile, StreamsBase
from metrics.models.querysets import BinActivityQuerySet
from metrics.models.recordings import RecordingBase

KEPT_IN_BIN = timedelta(days=30)


class BinActivity(ActivityBase):
    """A deleted activity with all its columns. It keeps its id."""

    class DeletedBy(models.TextChoices):
        """The kind of person who deleted it. It names nobody, because a coach may delete the own account."""

        ATHLETE = "athlete", "the athlete"
        COACH = "coach", "a coach"
        STAFF = "staff", "staff"
        API_KEY = "api_key", "an API key"

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="+", db_index=False)
    original = models.ForeignKey(
        OriginalFile, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    deleted_at = models.DateTimeField()
    deleted_by = models.CharField(max_length=8, choices=DeletedBy.choices)
    links = models.JSONField(
        default=list, help_text="Rows that named the activity and went with it: their model and columns."
    )

    objects = BinActivityQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-deleted_at", "-id"]
        verbose_name = "activity in the bin"
        verbose_name_plural = "activities in the bin"
        indexes: ClassVar = [
            models.Index(fields=["athlete", "-deleted_at"], name="bin_of_an_athlete"),
        ]

    @property
    def kept_until(self) -> datetime:
        return self.deleted_at + KEPT_IN_BIN


class BinStreams(StreamsBase):
    """The samples of an activity in the bin."""

    activity = models.OneToOneField(BinActivity, models.CASCADE, primary_key=True, related_name="streams")
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "streams in the bin"

    def __str__(self) -> str:
        return str(self.activity_id)


class BinRecording(RecordingBase):
    """A recording of an activity in the bin that was recorded more than once."""

    activity = models.ForeignKey(BinActivity, models.CASCADE, related_name="recordings")
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="+")
    original = models.ForeignKey(
        OriginalFile, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name_plural = "recordings in the bin"
