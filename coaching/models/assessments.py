"""Assessment: an athlete's signals and priority today, with their data version and local day."""

from __future__ import annotations

from django.db import models

from athletes.models import Athlete


class Assessment(models.Model):
    """One row per athlete. It is renewed when the data or the local day changes; an outdated row is never shown.

    It holds everything, without consent limits and without acknowledgements.
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
        """Needs `athlete` loaded; the admin uses `select_related`."""
        return f"{self.athlete} on {self.local_date}"
