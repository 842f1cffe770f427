"""Measuring again: the position of a long run, and the formulas of each athlete's numbers."""

from __future__ import annotations

from django.db import models

from athletes.models import Athlete


class Remeasuring(models.Model):
    """One row for each unfinished run. A finished run has no row."""

    scope = models.CharField(
        max_length=120, primary_key=True, help_text="The athletes and the first day of this run."
    )
    reached = models.UUIDField(help_text="All athletes up to this id are done. The order is by id.")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.scope


class MeasurementState(models.Model):
    """The formulas with which all activities of an athlete were measured. No row: those of the first version.

    The counts are of the last change of formulas, until the athlete has been told.
    """

    athlete = models.OneToOneField(
        Athlete, models.CASCADE, primary_key=True, related_name="measurement_state"
    )
    formula = models.PositiveSmallIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0, help_text="Activities whose numbers changed.")
    changed_columns = models.JSONField(default=dict, help_text="How many activities changed in each column.")
    updated_at = models.DateTimeField(auto_now=True)
    told_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.athlete_id}: formula {self.formula}"
