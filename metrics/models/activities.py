"""Activity, its streams and its original file. Every row names its athlete."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from astral.ids import PublicIdModel, new_id
from athletes.models import Athlete
from athletes.models.people import validate_free_text, validate_plain
from metrics.models.querysets import ActivityQuerySet


class OriginalFile(models.Model):
    """The exact bytes of an upload, gzipped. The athlete owns them, and they can be read again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="+", db_index=False)
    sha256 = models.BinaryField(max_length=32)
    filename = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveIntegerField()
    content = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            # The same bytes are the same recording, also if 50 copies arrive at the same moment.
            models.UniqueConstraint(fields=["athlete", "sha256"], name="one_file_of_the_same_bytes"),
        ]

    def __str__(self) -> str:
        return self.filename or str(self.id)


MAX_NOTE_LENGTH = 4_000


def build_rating_field(lowest: int, highest: int, help_text: str) -> models.SmallIntegerField[Any, Any]:
    """A whole number that a person chooses, or nothing."""
    within = [MinValueValidator(lowest), MaxValueValidator(highest)]
    return models.SmallIntegerField(null=True, blank=True, validators=within, help_text=help_text)


def build_note_field(help_text: str) -> models.TextField[str, str]:
    """A text that a person writes. Rows of older programs have none."""
    limits: list[Any] = [MaxLengthValidator(MAX_NOTE_LENGTH), validate_free_text]
    return models.TextField(blank=True, default="", db_default="", validators=limits, help_text=help_text)


def build_curve_field(help_text: str) -> ArrayField[Any, Any]:
    """One number for each of CURVE_DURATIONS_S: all curves have the same length."""
    return ArrayField(models.SmallIntegerField(), null=True, blank=True, help_text=help_text)


class DescriptionBase(models.Model):
    """What people say of an activity, besides its name, sport and effort. Empty: nothing."""

    feel = build_rating_field(1, 5, "How it felt, from 1 (very weak) to 5 (very strong).")
    pain_score = build_rating_field(0, 10, "From 0 (none) to 10. Of category health.")
    pain_where = models.CharField(
        max_length=100, blank=True, default="", db_default="", validators=[validate_plain]
    )
    athlete_note = build_note_field("The athlete's words to the coaches.")
    private_note = build_note_field("Only the athlete may read it.")
    gear = models.CharField(
        max_length=100, blank=True, default="", db_default="", validators=[validate_plain]
    )
    is_commute = models.BooleanField(default=False, db_default=False)

    class Meta:
        abstract = True


class ActivityBase(DescriptionBase, PublicIdModel):
    """The columns of one activity, in SI units, stored or in the bin.

    Missing readings are null, never 0. Sums leave them out.
    """

    prefix: ClassVar[str] = "act"

    class Type(models.TextChoices):
        RUN = "run"
        BIKE = "bike"
        SWIM = "swim"
        WALK = "walk"
        HIKE = "hike"
        WORKOUT = "workout"  # everything else and every unknown sport

    class Source(models.TextChoices):
        FILE = "file", "uploaded file"
        MANUAL = "manual", "entered by hand"
        DEMO = "demo", "made up for the demo"

    name = models.CharField(max_length=200, blank=True, validators=[validate_plain])
    activity_type = models.CharField(max_length=8, choices=Type.choices)
    sub_type = models.CharField(max_length=40, blank=True)
    is_race = models.BooleanField(default=False)

    started_at = models.DateTimeField()
    utc_offset_min = models.SmallIntegerField(
        null=True, blank=True, help_text="UTC offset of the place, in minutes. Empty if unknown."
    )
    local_date = models.DateField(help_text="The local date of the start.")

    distance_m = models.FloatField(null=True, blank=True)
    duration_s = models.FloatField(help_text="Timer time, or else the time of the recorded segments.")
    moving_time_s = models.FloatField(null=True, blank=True)
    elapsed_s = models.FloatField(null=True, blank=True)
    elevation_gain_m = models.FloatField(null=True, blank=True)
    elevation_loss_m = models.FloatField(null=True, blank=True)
    avg_hr_bpm = models.FloatField(null=True, blank=True)
    max_hr_bpm = models.FloatField(null=True, blank=True)
    avg_cadence_spm = models.FloatField(null=True, blank=True)
    calories_kcal = models.FloatField(null=True, blank=True)
    perceived_effort = build_rating_field(1, 10, "RPE, 1–10.")

    training_load = models.FloatField(null=True, blank=True)
    load_method = models.CharField(max_length=20, blank=True)
    load_quality = models.CharField(max_length=1, blank=True)
    zone1_s = models.FloatField(null=True, blank=True)
    zone2_s = models.FloatField(null=True, blank=True)
    zone3_s = models.FloatField(null=True, blank=True)
    zone4_s = models.FloatField(null=True, blank=True)
    zone5_s = models.FloatField(null=True, blank=True)

    intensity = models.FloatField(
        null=True, blank=True, help_text="Relative to the athlete's threshold, from 0 to 1.5."
    )
    load_threshold_mps = models.FloatField(
        null=True, blank=True, help_text="The threshold speed that gave this load."
    )
    load_lthr_bpm = models.FloatField(
        null=True, blank=True, help_text="The threshold heart rate that gave this load."
    )
    graded_speed_mps = models.FloatField(null=True, blank=True, help_text="Normalised graded speed (NGS).")
    best_30min_ngs_mps = models.FloatField(null=True, blank=True, help_text="NGS of the best 30 minutes.")
    vo2max_ml_kg_min = models.FloatField("VO2max estimate", null=True, blank=True)
    race_vdot = models.FloatField("VDOT of the race", null=True, blank=True)
    hr_zones_s = ArrayField(
        models.FloatField(), null=True, blank=True, help_text="Seconds in heart-rate zones 1–5."
    )
    best_efforts = models.JSONField(
        default=list, blank=True, help_text="Distance, duration and start of each best effort."
    )
    speed_curve_mmps = build_curve_field("Best mean speed by the clock over fixed times, mm/s; 0: none.")
    graded_curve_mmps = build_curve_field("The same of the graded speed.")
    durability = models.JSONField(
        null=True, blank=True, help_text="Decoupling of a run of at least 90 minutes, or why there is none."
    )
    recorded = models.JSONField(
        default=dict,
        blank=True,
        help_text="The totals from the device or from a person. The fields above are computed from them.",
    )

    warnings = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    device = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name or self.activity_type} {self.local_date}"


class Activity(ActivityBase):
    """One recorded or manually entered activity."""

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="activities", db_index=False)
    original = models.ForeignKey(
        OriginalFile, models.SET_NULL, null=True, blank=True, related_name="activities", editable=False
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-started_at", "-id"]
        verbose_name_plural = "activities"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(duration_s__gte=0), name="duration_not_negative"),
            models.CheckConstraint(
                condition=Q(distance_m__gte=0) | Q(distance_m__isnull=True), name="distance_not_negative"
            ),
        ]
        indexes: ClassVar = [
            # Every statistic reads one range of this index and does not read the table.
            models.Index(
                fields=["athlete", "started_at"],
                include=[
                    "activity_type",
                    "distance_m",
                    "duration_s",
                    "avg_hr_bpm",
                    "elevation_gain_m",
                    "training_load",
                    "calories_kcal",
                    "zone1_s",
                    "zone2_s",
                    "zone3_s",
                    "zone4_s",
                    "zone5_s",
                ],  # fmt: skip
                name="activity_statistics",
            ),
        ]


class StreamsBase(models.Model):
    """The samples of an activity in one row, compressed by column (see `metrics.activities.streams`)."""

    content = models.BinaryField()
    pauses = models.JSONField(default=list, help_text="[start_s, end_s] of each pause.")
    laps = models.JSONField(default=list, help_text="The laps of the device.")
    altitude_source = models.CharField(max_length=10, blank=True)

    class Meta:
        abstract = True


class Streams(StreamsBase):
    """The samples of a stored activity."""

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="streams")
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "streams"

    def __str__(self) -> str:
        return str(self.activity_id)
