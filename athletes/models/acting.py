"""Staff who act as a person, and the person's permission to see health data meanwhile."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from astral.ids import new_id
from athletes.models.people import Athlete, User


class ActingSession(models.Model):
    """Staff acted as a person from `started_at` on, at most until `until`. The person reads it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="acting_sessions", editable=False)
    staff = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    reason = models.CharField(max_length=300, editable=False)
    started_at = models.DateTimeField(editable=False)
    until = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class SupportConsent(models.Model):
    """Until when staff who act as this athlete see activities and health data, too. Without a row: never.

    A table of its own: the athlete's row changes with each upload, and this belongs to the change history.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.OneToOneField(Athlete, models.CASCADE, related_name="support_consent")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.until:%Y-%m-%d %H:%M}"
