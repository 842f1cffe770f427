"""Assessment: what a coach is told of an athlete today, with the data version and the local day it is of."""

from __future__ import annotations

from django.db import models

from athletes.models import Athlete


class Assessment(models.Model):
    """One row per athlete, renewed whenever the data or the day has moved on; nobody is shown an older one.

    As for a viewer who may see everything and has acknowledged nothing.
    """

    athlete = models.OneToOneField(Athlete, models.CASCADE, primary_key=True, related_name="assessment")
    data_version = models.BigIntegerField()
    local_date = models.DateField()
    formula = models.PositiveSmallIntegerField(help_text="Raised with every change of what is said here.")
    computed_at = models.DateTimeField()

    signals = models.JSONField(help_text="What stands today, in the order of the table of signals.")
    priority = models.FloatField(help_text="0–100, nothing acknowledged.")
    critical = models.PositiveSmallIntegerField(help_text="How many signals of this severity.")
    warning = models.PositiveSmallIntegerField()
    info = models.PositiveSmallIntegerField()
    positive = models.PositiveSmallIntegerField()
    next_a_race = models.DateField(null=True, help_text="The nearest A race ahead.")
    races = models.JSONField(help_text="The races ahead, with what the VDOT predicts.")
    plans = models.JSONField(help_text="Active and scheduled plans with the progress of the week.")
    data_quality_score = models.FloatField()
    data_quality_parts = models.JSONField()
    personal_bests = models.JSONField(
        help_text="Best times over the distances, up to which activity, which are new."
    )

    def __str__(self) -> str:
        """The athlete is at hand wherever one is written out: the admin selects them along."""
        return f"{self.athlete} on {self.local_date}"
