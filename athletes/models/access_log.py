"""The access log: who looked at the data of which athletes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from astral.ids import new_id


class AccessLogQuerySet(models.QuerySet["AccessLogEntry"]):
    def about(self, athlete_id: UUID) -> AccessLogQuerySet:
        """Looks at this athlete."""
        return self.filter(athlete_ids__contains=[athlete_id])


class AccessLogEntry(models.Model):
    """Looks of one viewer at the same categories of the same athletes by one door, within a second.

    A roster of 200 athletes is one row. The table has a partition for each month. There are no foreign keys:
    a row outlives a key and a club. The deletion of an account calls `forget_looks`.
    """

    class ViewerKind(models.TextChoices):
        PERSON = "person"
        STAFF = "staff"
        KEY = "key"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    viewed_at = models.DateTimeField(editable=False)
    viewer_kind = models.CharField(max_length=10, choices=ViewerKind.choices, editable=False)
    viewer = models.UUIDField(null=True, editable=False, help_text="A user or a key; null if deleted.")
    organization = models.UUIDField(null=True, editable=False, help_text="The club of a key.")
    athlete_ids = ArrayField(models.UUIDField(), editable=False)
    categories = ArrayField(models.CharField(max_length=16), editable=False)
    door = models.CharField(max_length=20, editable=False)
    is_refused = models.BooleanField(editable=False)
    looks = models.PositiveIntegerField(editable=False, help_text="How many equal looks in this second.")

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-viewed_at", "-id"]
        verbose_name = "access log entry"
        verbose_name_plural = "access log entries"
        indexes: ClassVar = [
            GinIndex(fields=["athlete_ids"], name="access_log_athletes"),
            models.Index(fields=["viewer"], name="access_log_viewer"),
        ]

    def __str__(self) -> str:
        return f"{self.viewer_kind} by {self.door} at {self.viewed_at:%Y-%m-%d %H:%M}"
