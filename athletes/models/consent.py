"""Consent: what an athlete shares with the coaches of an organization.

Without a row, the category is shared: the athlete joined before joining asked. Whoever joins now gets a row
for health in any case, which says no until they say yes.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from astral.ids import new_id
from athletes.models.organizations import Organization
from athletes.models.people import Athlete
from athletes.rights import Category


class Consent(models.Model):
    """The current decision. It stays when the athlete leaves, and applies again if they come back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="consents", db_index=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="consents")
    category = models.CharField(max_length=16, choices=Category.choices)
    granted = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # Its index also serves the look-up: does this athlete withhold this category from this
            # organization?
            models.UniqueConstraint(fields=["athlete", "organization", "category"], name="one_consent_each"),
        ]
        indexes: ClassVar = [
            # Every roster asks whether an athlete withholds something from its organization.
            models.Index(
                fields=["organization"], condition=models.Q(granted=False), name="withheld_categories"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {'granted' if self.granted else 'withheld'}"


class ConsentChange(models.Model):
    """History: one row for each change of a consent. Rows are never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="consent_changes", db_index=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="consent_changes")
    category = models.CharField(max_length=16, choices=Category.choices)
    granted = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-changed_at", "category"]
        indexes: ClassVar = [
            models.Index(fields=["athlete", "organization", "changed_at"], name="consent_history"),
        ]

    def __str__(self) -> str:
        decision = "granted" if self.granted else "withheld"
        return f"{self.category}: {decision} at {self.changed_at:%Y-%m-%d %H:%M}"
