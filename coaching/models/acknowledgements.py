"""Acknowledgement: a coach has acknowledged a signal. It is muted for the organization for some days."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models

from astral.ids import new_id
from athletes.models import Athlete, Organization, User
from athletes.models.people import validate_plain
from coaching.science import priority

MAX_REASON_LENGTH = 200


class Acknowledgement(models.Model):
    """It applies to all coaches of the organization, not to the athlete's other organizations.

    It ends after `until`, or at once if the signal becomes more severe.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="acknowledgements", db_index=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    coach = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=24)
    severity = models.CharField(max_length=8)
    since = models.DateField(help_text="The athlete's local date.")
    until = models.DateField(help_text="The athlete's local date, included.")
    reason = models.CharField(
        max_length=MAX_REASON_LENGTH, blank=True, default="", db_default="", validators=[validate_plain]
    )

    cached_names: ClassVar = ("coach",)  # see `find_athletes_naming`

    class Meta:
        ordering: ClassVar = ["-until", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["athlete", "organization", "code"], name="one_acknowledgement_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} until {self.until}"

    def applies_to(self, severity: str, today: date) -> bool:
        return priority.AcknowledgementPeriod(self.severity, self.since, self.until).applies_to(
            severity, today
        )
