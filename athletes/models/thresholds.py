"""Thresholds of an athlete (such as heart rate at threshold), each with source and first day.

A new value applies from its own day on and does not replace older ones, so old activities keep their zones.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from astral.ids import new_id
from athletes.models.people import Athlete
from athletes.models.querysets import ThresholdQuerySet


class Threshold(models.Model):
    class Kind(models.TextChoices):
        THRESHOLD_PACE = "threshold_pace", "threshold pace, s/km"
        LTHR = "lthr", "heart rate at threshold, bpm"
        HR_MAX = "hr_max", "maximum heart rate, bpm"
        HR_REST = "hr_rest", "resting heart rate, bpm"
        VDOT = "vdot", "VDOT (Daniels–Gilbert)"
        MASS_KG = "mass_kg", "body mass, kg"

    class Source(models.TextChoices):
        MANUAL = "manual", "entered by the athlete"
        COACH = "coach", "entered by a coach"
        LABORATORY = "laboratory", "measured in a laboratory"
        RACE = "race", "from a race"
        DEVICE = "device", "from a device"
        ESTIMATED = "estimated", "estimated"

    # Humanly possible values with some margin. The API and the admin refuse others.
    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {
        Kind.THRESHOLD_PACE: (120.0, 900.0),
        Kind.LTHR: (80.0, 230.0),
        Kind.HR_MAX: (100.0, 240.0),
        Kind.HR_REST: (25.0, 120.0),
        Kind.VDOT: (15.0, 90.0),
        Kind.MASS_KG: (20.0, 300.0),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="thresholds", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.FloatField(validators=[MinValueValidator(15.0), MaxValueValidator(900.0)])
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.MANUAL)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField(auto_now=True)

    objects = ThresholdQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["athlete_id", "kind", "valid_from"]
        constraints: ClassVar = [
            # Its index also serves the look-up: values of one athlete and kind, by day.
            models.UniqueConstraint(fields=["athlete", "kind", "valid_from"], name="one_threshold_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value:g} from {self.valid_from}"
