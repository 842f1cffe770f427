"""Race: a race of an athlete, with goal and result."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from astral.ids import PublicIdModel
from athletes.models import Athlete
from athletes.models.people import validate_plain
from coaching.models.querysets import RaceQuerySet


class Race(PublicIdModel):
    """An athlete's race on a local date. Times in seconds; null means no goal, or not run yet."""

    prefix: ClassVar[str] = "race"
    SHORTEST_M, FURTHEST_M = 100.0, 1_000_000.0
    LONGEST_S: ClassVar[float] = 10 * 86_400.0

    class Priority(models.TextChoices):
        A = "A", "A: the season's aim"
        B = "B", "B: matters"
        C = "C", "C: trained through"

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="races", db_index=False)
    name = models.CharField(max_length=120, validators=[validate_plain])
    date = models.DateField(help_text="The local date.")
    distance_m = models.FloatField(validators=[MinValueValidator(SHORTEST_M), MaxValueValidator(FURTHEST_M)])
    goal_time_s = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_S)]
    )
    result_time_s = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_S)]
    )
    priority = models.CharField(max_length=1, choices=Priority.choices, default=Priority.A)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RaceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["date", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(distance_m__gt=0), name="race_distance_positive"),
        ]
        indexes: ClassVar = [models.Index(fields=["athlete", "date"], name="race_of_athlete")]

    def __str__(self) -> str:
        return f"{self.name} {self.date}"
