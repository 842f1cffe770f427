"""Snapshot: an athlete's numbers of today, with their data version and local day."""

from __future__ import annotations

from django.db import models

from athletes.models import Athlete
from metrics.models.querysets import SnapshotQuerySet


class Snapshot(models.Model):
    """One row per athlete. It is renewed when the data or the day changes; an older one is never shown.

    It stores `metrics.snapshots.compute.CurrentNumbers`, which are computed from stored rows only.
    """

    athlete = models.OneToOneField(Athlete, models.CASCADE, primary_key=True, related_name="snapshot")
    data_version = models.BigIntegerField()
    local_date = models.DateField()
    formula = models.PositiveSmallIntegerField(
        help_text="Version of the computation. Every change raises it."
    )
    computed_at = models.DateTimeField()

    fitness = models.FloatField()
    fatigue = models.FloatField()
    form = models.FloatField()
    form_pct = models.FloatField(null=True)
    ramp = models.FloatField()
    history_d = models.PositiveIntegerField()
    current_week_load = models.FloatField()
    four_week_avg_load = models.FloatField(null=True)
    load_jump = models.FloatField(null=True)
    monotony = models.FloatField(null=True)
    strain = models.FloatField(null=True)
    week_distance_m = models.FloatField()
    week_pace_s_per_km = models.FloatField(null=True)
    hrv_avg_ms = models.FloatField(null=True)
    hrv_avg_7d_ago_ms = models.FloatField(null=True)
    hrv_mean_ms = models.FloatField(null=True)
    hrv_low_ms = models.FloatField(null=True)
    hrv_high_ms = models.FloatField(null=True)
    hrv_state = models.CharField(max_length=12)
    hrv_kind = models.CharField(max_length=5, blank=True)
    hrv_source = models.CharField(max_length=32, blank=True)
    resting_hr_bpm = models.FloatField(null=True)
    resting_hr_source = models.CharField(max_length=32, blank=True)
    recovery_score = models.SmallIntegerField(null=True)
    recovery_parts = models.JSONField()
    recovery_reason = models.CharField(max_length=40, blank=True)
    vo2max_ml_kg_min = models.FloatField(null=True)
    vo2max_method = models.CharField(max_length=10, blank=True)
    vdot = models.FloatField(null=True)
    last_activity_at = models.DateTimeField(null=True)

    objects = SnapshotQuerySet.as_manager()

    def __str__(self) -> str:
        """The admin loads the athlete with select_related, so this makes no SQL statement."""
        return f"{self.athlete} on {self.local_date}"
