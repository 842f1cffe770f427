"""CalendarFeed: the secret address of an athlete's calendar, for calendar programs."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from athletes.models import Athlete


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def with_active_athlete(self) -> CalendarFeedQuerySet:
        """Feeds whose athlete's account is active, with the athlete."""
        return self.filter(athlete__user__is_active=True).select_related("athlete")

    def read_before(self, moment: datetime) -> CalendarFeedQuerySet:
        return self.filter(Q(last_read_at=None) | Q(last_read_at__lt=moment))


class CalendarFeed(models.Model):
    """A secret address of a calendar. Only its digest is stored. Ending a feed deletes the row."""

    athlete = models.OneToOneField(Athlete, models.CASCADE, primary_key=True, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(editable=False)
    last_read_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Accurate to one hour."
    )

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"Calendar feed of {self.made_at:%Y-%m-%d %H:%M}"
