"""Assessment: an athlete's signals and priority today, with their data version and local day."""

from __future__ import annotations

from django.db import models

from athletes.models import Athlete


class Assessment(models.Model):
    """One row per athlete. It is recomputed when the data, the local day or the formula changes.

    Readers never show a stale row. It contains all data, whatever the athlete withholds, and no
    acknowledgements. The JSON is written and read by `coaching.assessments.stored_facts`.
    """

    athlete = models.OneToOneField(Athlete, models.CASCADE, primary_key=True, related_name="assessment")
    data_version = models.BigIntegerField()
    local_date = models.DateField()
    formula = models.PositiveSmallIntegerField(
        help_text="The version of the formulas and of the stored form."
    )
    computed_at = models.DateTimeField()

    signals = models.JSONField(help_text="The active signals, in the order of the signal table.")
    priority = models.FloatField(help_text="0–100, without acknowledgements.")
    critical = models.PositiveSmallIntegerField(help_text="The number of signals with this severity.")
    warning = models.PositiveSmallIntegerField()
    info = models.PositiveSmallIntegerField()
    positive = models.PositiveSmallIntegerField()
    next_a_race = models.DateField(null=True, help_text="The date of the next A race.")
    races = models.JSONField(help_text="The races ahead, with their forecasts.")
    plans = models.JSONField(help_text="Active and scheduled plans, with the progress of this week.")
    data_quality_score = models.FloatField()
    data_quality_parts = models.JSONField()
    personal_bests = models.JSONField(help_text="New best times of the last weeks, by day and distance.")

    def __str__(self) -> str:
        """Needs `athlete` loaded; the admin uses `select_related`."""
        return f"{self.athlete} on {self.local_date}"
