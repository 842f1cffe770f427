"""HealthDay: the readings of one device, or of a person, for an athlete on one local date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from astral.ids import new_id
from athletes.models import Athlete
from athletes.models.people import validate_plain
from metrics.models.querysets import HealthDayQuerySet

SOURCE_PATTERN = r"[a-z0-9_.-]{1,32}"


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """The lowest and highest value that a reading can have."""

    lowest: float
    highest: float
    unit: str


def _reading_field(limits: ReadingLimits) -> models.FloatField[float | None, float | None]:
    within = [MinValueValidator(limits.lowest), MaxValueValidator(limits.highest)]
    return models.FloatField(
        null=True, blank=True, validators=within, help_text=f"In {limits.unit}. Empty if not measured."
    )


def _rating_field(limits: ReadingLimits, help_text: str) -> models.SmallIntegerField[Any, Any]:
    within = [MinValueValidator(limits.lowest), MaxValueValidator(limits.highest)]
    return models.SmallIntegerField(null=True, blank=True, validators=within, help_text=help_text)


class HealthDay(models.Model):
    """The readings of one source on one local date of the athlete. There is no time zone.

    A missing reading is null, never 0. rMSSD and SDNN are two kinds of heart-rate variability. Never mix
    them.
    """

    # rMSSD and resting heart rate: FORMULAS §7.1, §7.4. The other limits are our judgement: SDNN of a whole
    # day reaches 300 ms, and a sleep above 20 hours is a forgotten watch.
    LIMITS: ClassVar[dict[str, ReadingLimits]] = {
        "hrv_rmssd_ms": ReadingLimits(5, 250, "ms"),
        "hrv_sdnn_ms": ReadingLimits(5, 300, "ms"),
        "resting_hr_bpm": ReadingLimits(25, 120, "bpm"),
        "vo2max_ml_kg_min": ReadingLimits(10, 100, "mL/kg/min"),
        "sleep_s": ReadingLimits(60, 72_000, "seconds"),
        "weight_kg": ReadingLimits(20, 300, "kg"),
        "sleep_quality": ReadingLimits(1, 5, "points"),
        "soreness": ReadingLimits(1, 5, "points"),
        "fatigue": ReadingLimits(1, 5, "points"),
        "stress": ReadingLimits(1, 5, "points"),
        "mood": ReadingLimits(1, 5, "points"),
        "pain_score": ReadingLimits(0, 10, "points"),
    }
    READINGS: ClassVar[tuple[str, ...]] = tuple(LIMITS)
    VALUES: ClassVar[tuple[str, ...]] = (*READINGS, "pain_where", "is_ill")  # all that a source can say

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="health_days", db_index=False)
    date = models.DateField(help_text="The local date. For a night, the day of waking up.")
    source = models.CharField(
        max_length=32,
        validators=[RegexValidator(rf"\A{SOURCE_PATTERN}\Z")],
        help_text="The device or service: garmin, whoop, manual, …",
    )
    hrv_rmssd_ms = _reading_field(LIMITS["hrv_rmssd_ms"])
    hrv_sdnn_ms = _reading_field(LIMITS["hrv_sdnn_ms"])
    resting_hr_bpm = _reading_field(LIMITS["resting_hr_bpm"])
    vo2max_ml_kg_min = _reading_field(LIMITS["vo2max_ml_kg_min"])
    sleep_s = _reading_field(LIMITS["sleep_s"])
    weight_kg = _reading_field(LIMITS["weight_kg"])
    sleep_quality = _rating_field(LIMITS["sleep_quality"], "From 1 (very bad) to 5 (very good).")
    soreness = _rating_field(LIMITS["soreness"], "From 1 (none) to 5 (very sore).")
    fatigue = _rating_field(LIMITS["fatigue"], "From 1 (none) to 5 (very tired).")
    stress = _rating_field(LIMITS["stress"], "From 1 (none) to 5 (very much).")
    mood = _rating_field(LIMITS["mood"], "From 1 (very bad) to 5 (very good).")
    pain_score = _rating_field(LIMITS["pain_score"], "From 0 (none) to 10.")
    pain_where = models.CharField(
        max_length=100, blank=True, default="", db_default="", validators=[validate_plain]
    )
    is_ill = models.BooleanField("ill", null=True, blank=True, help_text="Empty: not said.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = HealthDayQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-date", "-source", "-athlete_id"]
        constraints: ClassVar = [
            # Every series reads one athlete's days in this index and does not read the table. Columns that no
            # series reads are not in it: a rebuild of the index locks a large table.
            models.UniqueConstraint(
                fields=["athlete", "date", "source"],
                include=["hrv_rmssd_ms", "hrv_sdnn_ms", "resting_hr_bpm", "vo2max_ml_kg_min", "sleep_s"],
                name="one_health_day_of_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.source}"
