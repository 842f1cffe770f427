"""ActivityRecording: the recordings of an activity that was recorded more than once."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from astral.ids import PublicIdModel
from athletes.models import Athlete
from metrics.models.activities import Activity, DescriptionBase, OriginalFile
from metrics.models.querysets import ActivityRecordingQuerySet


class RecordingBase(DescriptionBase, PublicIdModel):
    """The columns of one recording, of a stored activity or of one in the bin."""

    prefix: ClassVar[str] = "rec"

    class AddedBy(models.TextChoices):
        """The kind of person who added it. It names nobody, because a coach may delete the own account."""

        ATHLETE = "athlete"
        COACH = "coach"
        STAFF = "staff"
        API_KEY = "api_key", "API key"
        COMMAND = "command", "command of the server"

    counts = models.BooleanField(help_text="Whether the numbers of the activity are of this recording.")
    is_chosen = models.BooleanField(default=False, help_text="A person chose it. No rule replaces it.")

    name = models.CharField(max_length=200, blank=True)
    activity_type = models.CharField(max_length=8, choices=Activity.Type.choices)
    sub_type = models.CharField(max_length=40, blank=True)
    is_race = models.BooleanField(default=False)
    perceived_effort = models.SmallIntegerField(null=True, blank=True)
    lent_fields = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        help_text="Which of the fields above the activity has from this recording. They leave with it.",
    )

    started_at = models.DateTimeField()
    utc_offset_min = models.SmallIntegerField(null=True, blank=True)
    local_date = models.DateField()
    duration_s = models.FloatField()
    elapsed_s = models.FloatField(null=True, blank=True)
    recorded = models.JSONField(default=dict, help_text="The totals, as in the activity.")
    source = models.CharField(max_length=10, choices=Activity.Source.choices)
    device = models.CharField(max_length=80, blank=True)
    channels = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    has_own_distance = models.BooleanField(
        default=False, help_text="The device measured distance or speed. Not counted from positions."
    )

    content = models.BinaryField(null=True, help_text="The samples; empty while this recording counts.")
    pauses = models.JSONField(default=list)
    laps = models.JSONField(default=list)
    altitude_source = models.CharField(max_length=10, blank=True)

    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.CharField(
        max_length=8, choices=AddedBy.choices, blank=True, help_text="Empty: unknown."
    )
    split_from = models.UUIDField(
        null=True,
        blank=True,
        help_text="The activity that a person took this recording out of. They are never merged by rule.",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.device or self.name or self.public_id


class ActivityRecording(RecordingBase):
    """One recording of an activity. An activity has rows only after a second recording has come.

    One recording counts: its values and samples are those of the activity and its streams, and here `content`
    is empty. The first recording has the id of its activity.
    """

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="+")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="recordings")
    original = models.ForeignKey(
        OriginalFile, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    objects = ActivityRecordingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["added_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["athlete", "activity"], condition=Q(counts=True), name="one_counting_recording"
            ),
        ]
