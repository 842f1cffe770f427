"""CalendarSession: a session on a day of an athlete. PlanLink: the activity that it was. CalendarChange."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from astral.ids import PublicIdModel, new_id
from athletes.models import Athlete, Organization, User
from athletes.models.people import validate_plain
from coaching.models.plan_instances import PlanInstance
from coaching.models.plans import PlanSession, Prescription
from coaching.models.querysets import CalendarChangeQuerySet, CalendarSessionQuerySet
from metrics.models import Activity


class CalendarSession(Prescription, PublicIdModel):
    """A session that is planned for one athlete. A plan filled it in, or somebody added it.

    The calendar is the truth about what is planned; a plan is a template that fills it. Sessions after the
    end of their plan instance are not expected.

    Compliance judges a session once: as it stood at the end of the local day before its day. `as_planned`
    keeps that state from the first change that comes later; None: the session is judged as it is.
    """

    prefix: ClassVar[str] = PlanSession.prefix

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="calendar_sessions", db_index=False)
    day = models.DateField(help_text="The athlete's local date.")
    position = models.PositiveSmallIntegerField(default=0, help_text="The order of the sessions of a day.")
    instance = models.ForeignKey(
        PlanInstance,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sessions",
        help_text="The plan that filled it in. Empty for a single session.",
    )
    plan_session = models.ForeignKey(
        PlanSession,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The session of the plan that it came from.",
    )
    organization = models.ForeignKey(
        Organization,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose coaches may change it. Empty: the athlete's own.",
    )
    is_adjusted = models.BooleanField(
        default=False, help_text="It was changed for this athlete, so changes of the plan leave it alone."
    )
    is_skipped = models.BooleanField(default=False)
    skip_reason = models.CharField(max_length=500, blank=True, validators=[validate_plain])
    is_removed = models.BooleanField(default=False, help_text="It was deleted; undo brings it back.")
    as_planned = models.JSONField(
        null=True, blank=True, help_text="How it stood on the day before, if it was changed later."
    )
    version = models.PositiveIntegerField(default=1)

    objects = CalendarSessionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day", "position", "id"]
        indexes: ClassVar = [
            models.Index(fields=["athlete", "day"], name="calendar_of_athlete"),
            models.Index(
                fields=["athlete"], name="calendar_judged_otherwise", condition=Q(as_planned__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sport="rest")
                | Q(duration_s__gt=0)
                | Q(distance_m__gt=0)
                | Q(load__gt=0)
                | ~Q(steps=[]),
                name="calendar_session_has_a_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.sport} on {self.day}"


class PlanLink(models.Model):
    """A manual link: this activity was this session. They are at most MAX_DAYS_APART days apart."""

    MAX_DAYS_APART: ClassVar[int] = 28

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="+", db_index=False)
    session = models.OneToOneField(CalendarSession, models.CASCADE, related_name="link")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["athlete", "activity"], name="one_session_an_activity"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} was {self.session_id}"


class CalendarChange(PublicIdModel):
    """One operation on an athlete's calendar: who, when, why, and each session before and after.

    `rows`: [{"session_id", "before", "after"}]; null: the session was not there. The rows of a proposal say
    what it would do; its `request` is what it asks for.
    """

    prefix: ClassVar[str] = "chg"

    class State(models.TextChoices):
        PROPOSED = "proposed"
        DECLINED = "declined"
        MADE = "made"
        UNDONE = "undone"

    class Kind(models.TextChoices):
        ADD = "add"
        CHANGE = "change"
        MOVE = "move"
        SKIP = "skip"
        UNSKIP = "unskip"
        REMOVE = "remove"
        SHIFT = "shift"
        COPY_WEEK = "copy_week"
        PLAN_CHANGED = "plan_changed"
        UNDO = "undo"

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="calendar_changes", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.MADE)
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(
        max_length=150, blank=True, help_text="The API key that it was. Empty for a person."
    )
    organization = models.ForeignKey(
        Organization,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="For whom they acted.",
    )
    reason = models.CharField(max_length=500, blank=True, validators=[validate_plain])
    rows = models.JSONField(default=list)
    request = models.JSONField(null=True, blank=True, help_text="What a proposal asks for.")
    undoes = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="undone_by",
        help_text="What it took back.",
    )
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    objects = CalendarChangeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["athlete", "-made_at"], name="changes_of_athlete"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d}"

    def name_author(self) -> str:
        """The person or API key; empty for a deleted account. Needs `author` loaded."""
        return str(self.author) if self.author else self.author_name
