"""Absence: days on which an athlete is not expected to train."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from astral.ids import PublicIdModel
from athletes.models import Athlete
from coaching.models.querysets import AbsenceQuerySet


class Absence(PublicIdModel):
    """Local dates, both included. An absence without a last day has no end yet."""

    prefix: ClassVar[str] = "abs"

    class Kind(models.TextChoices):
        INJURED = "injured"
        ILL = "ill"
        HOLIDAY = "holiday"
        OFF_SEASON = "off_season", "off season"

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="absences", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True, help_text="Empty: no end yet.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-first_day", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")) | Q(last_day__isnull=True),
                name="absence_ends_after_start",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["athlete", "first_day"], name="absence_of_athlete")]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_day} – {self.last_day or '…'}"
