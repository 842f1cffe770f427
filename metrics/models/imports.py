"""Import: an upload of many things at once, its files, and what each of them brought."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from astral.ids import PublicIdModel, new_id
from athletes.models import Athlete, Organization, User
from metrics.models.activities import Activity
from metrics.models.querysets import ImportFileQuerySet, ImportQuerySet
from metrics.models.recordings import ActivityRecording


class Import(PublicIdModel):
    """An archive, a folder or a file that somebody brought for an athlete.

    `kind` is known once `planned_at` is set: from then on `files` lists all that it contains. A dry run stops
    there. The worker goes through the files in their order.
    """

    prefix: ClassVar[str] = "imp"

    class Kind(models.TextChoices):
        STRAVA_EXPORT = "strava_export", "Strava export"
        GARMIN_EXPORT = "garmin_export", "Garmin export"
        APPLE_HEALTH = "apple_health", "Apple Health export"
        ASTRAL_EXPORT = "astral_export", "Astral export"
        HEALTH_CSV = "health_csv", "health data"
        FOLDER = "folder", "recordings"

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    class UndoState(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="imports", db_index=False)
    made_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Empty: a program."
    )
    organization = models.ForeignKey(
        Organization,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose API key made it. Its keys see it.",
    )
    added_by = models.CharField(max_length=8, choices=ActivityRecording.AddedBy.choices)
    filename = models.CharField(max_length=200, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.BinaryField(max_length=32, default=b"")
    kind = models.CharField(max_length=16, choices=Kind.choices, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)

    is_dry_run = models.BooleanField(default=False, help_text="Only say what would come.")
    accept_partial = models.BooleanField(
        default=False, help_text="Import incomplete files as far as possible."
    )
    may_write_health = models.BooleanField(
        default=False, help_text="Whether the maker could record health data at that time."
    )
    activity_type_if_unknown = models.CharField(
        max_length=8, choices=Activity.Type.choices, blank=True, help_text="For files that name no sport."
    )

    work_total = models.BigIntegerField(default=0, help_text="Bytes of work of all files.")
    work_done = models.BigIntegerField(default=0)
    file_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    planned_share = models.FloatField(default=0.0, help_text="Progress of planning, from 0 to 1.")
    planning_s = models.FloatField(default=0.0, help_text="Seconds that planning took.")
    worked_s = models.FloatField(default=0.0, help_text="Seconds of work so far, planning included.")

    code = models.CharField(max_length=40, blank=True, help_text="Why it failed.")
    message = models.CharField(max_length=500, blank=True)
    undo_state = models.CharField(max_length=8, choices=UndoState.choices, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["athlete", "-created_at"], name="imports_of_an_athlete"),
            models.Index(fields=["made_by", "-created_at"], name="imports_of_a_maker"),
        ]

    def __str__(self) -> str:
        return self.filename or self.public_id

    @property
    def is_active(self) -> bool:
        """Whether the worker has still to do something, an undo included."""
        waits = self.status in (self.Status.QUEUED, self.Status.RUNNING)
        return waits or self.undo_state in (self.UndoState.QUEUED, self.UndoState.RUNNING)


class ImportFile(PublicIdModel):
    """One line of the report: a recording, an entry, a file with health data, or something that is not read.

    `status` is empty while it waits. `details` has the description and the entry (`metrics.archives.items`).
    """

    prefix: ClassVar[str] = "imf"

    class Kind(models.TextChoices):
        RECORDING = "recording"
        ENTRY = "entry", "activity without a recording"
        HEALTH = "health", "health data"
        SETTINGS = "settings", "settings and thresholds"
        ROWS = "rows", "races, plans and other rows"
        UNREAD = "unread", "not read"

    class Status(models.TextChoices):
        STORED = "stored"
        ALREADY_THERE = "already_there"
        SECOND_RECORDING = "second_recording"
        SKIPPED = "skipped"
        REFUSED = "refused"

    class UndoOutcome(models.TextChoices):
        REMOVED = "removed"
        KEPT = "kept"

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="+", db_index=False)
    parent = models.ForeignKey(Import, models.CASCADE, related_name="files", db_index=False)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    locator = models.TextField(blank=True)
    size_bytes = models.BigIntegerField(default=0)
    details = models.JSONField(default=dict, blank=True)

    status = models.CharField(max_length=16, choices=Status.choices, blank=True)
    code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    days_stored = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    content = models.BinaryField(
        null=True, blank=True, help_text="The bytes of a refused file, compressed, for 30 days."
    )
    kept_bytes = models.PositiveIntegerField(default=0, help_text="Size of `content` before compression.")

    undo_outcome = models.CharField(max_length=8, choices=UndoOutcome.choices, blank=True)
    undo_reason = models.CharField(max_length=200, blank=True)

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["parent", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "position"], name="one_import_file_each"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["parent", "status", "position"], name="import_files_by_status"),
            # The quota counts these bytes.
            models.Index(
                fields=["athlete"],
                include=["kept_bytes"],
                condition=Q(kept_bytes__gt=0),
                name="kept_import_files",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportedActivity(models.Model):
    """An activity that a file of an import gave or described. The import can be undone with it.

    The ids are no foreign keys: they stay while the activity is in the bin or merged with another one.
    """

    class Outcome(models.TextChoices):
        STORED = "stored"
        ALREADY_THERE = "already_there"
        SECOND_RECORDING = "second_recording"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="+", db_index=False)
    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="activities")
    activity_id = models.UUIDField(help_text="The activity, stored or in the bin.")
    recording_id = models.UUIDField(
        null=True, blank=True, help_text="The recording, if the activity was there before."
    )
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    is_sport_unknown = models.BooleanField(default=False, help_text="The file does not name its sport.")
    described = models.JSONField(
        default=dict, help_text="What people can edit, as stored: later edits show in a comparison."
    )
    lent = models.JSONField(
        default=dict, help_text="What the import said of an activity that was there: [before, after]."
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["athlete", "activity_id"], name="imports_of_an_activity")]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.outcome}"


class ImportedDay(models.Model):
    """A health day as an import found it and as it left it. `before` is null if the day was new."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="+", db_index=False)
    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="days")
    date = models.DateField()
    source = models.CharField(max_length=32)
    before = models.JSONField(null=True)
    after = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["athlete", "date", "source"], name="imports_of_a_day")]

    def __str__(self) -> str:
        return f"{self.date} {self.source}"
