"""Plan: a training plan without dates. PlanSession: one of its sessions."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from astral.ids import PublicIdModel
from athletes.models import Athlete, Organization, User
from athletes.models.people import validate_free_text, validate_plain
from coaching.models.querysets import PlanManager, PlanQuerySet
from metrics.models import Activity


def _range_validators(lowest: int, highest: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(lowest), MaxValueValidator(highest)]


class Plan(PublicIdModel):
    """A template without dates. A `PlanInstance` assigns it to an athlete.

    An instance fills the athlete's calendar once. Later changes of the sessions reach calendars only if
    somebody says so (`coaching.calendar.changes.plan_changes`), and never the past.

    A plan belongs to an organization, or to the athlete who brought it back with an archive. Only
    that athlete follows an own plan, and it cannot be assigned.

    A revision is a copy that `revises` a plan which athletes follow: coaches edit it, then apply or discard
    it. `objects` leaves revisions out, so nobody lists or follows one; `everything` has them.
    """

    prefix: ClassVar[str] = "plan"
    MAX_WEEKS = 104

    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, related_name="plans", db_index=False
    )
    athlete = models.ForeignKey(
        Athlete,
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="own_plans",
        help_text="Whose own plan it is. Empty for the plan of an organization.",
    )
    name = models.CharField(max_length=120, validators=[validate_plain])
    description = models.TextField(max_length=2_000, blank=True, validators=[validate_free_text])
    total_weeks = models.PositiveSmallIntegerField(
        validators=_range_validators(1, MAX_WEEKS), help_text="Length in weeks."
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it is not offered any more. Those who follow it keep it."
    )
    version = models.PositiveIntegerField(
        default=1,
        db_default=1,
        editable=False,
        help_text="Grows with each change of its name, text and sessions.",
    )
    revises = models.OneToOneField(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The plan that this copy is to change. Empty for a plan of its own.",
    )
    revised_version = models.PositiveIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="The version of the plan that was copied. Empty for a plan of its own.",
    )

    objects = PlanManager()
    everything = PlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        indexes: ClassVar = [models.Index(fields=["organization", "name"], name="plan_of_organization")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organization__isnull=False, athlete__isnull=True)
                | Q(organization__isnull=True, athlete__isnull=False),
                name="plan_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(revises__isnull=True, revised_version__isnull=True)
                | Q(revises__isnull=False, revised_version__isnull=False),
                name="revision_has_a_version",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Prescription(models.Model):
    """What a session asks for, in a plan or in a calendar: seconds, metres, load, a pace zone 1–5, steps."""

    REST = "rest"
    SPORTS: ClassVar = [*Activity.Type.choices, (REST, "rest")]

    sport = models.CharField(max_length=8, choices=SPORTS, default=Activity.Type.RUN)
    title = models.CharField(max_length=120, blank=True, validators=[validate_plain])
    description = models.TextField(
        max_length=2_000, blank=True, default="", db_default="", validators=[validate_free_text]
    )
    duration_s = models.FloatField(null=True, blank=True)
    distance_m = models.FloatField(null=True, blank=True)
    load = models.FloatField("training load", null=True, blank=True)
    zone = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=_range_validators(1, 5),
        help_text="The pace zone of the whole session, 1–5.",
    )
    steps = models.JSONField(
        default=list, blank=True, help_text="The parts of the session, if one zone does not describe it."
    )
    is_key = models.BooleanField(default=False, help_text="A key session of the week.")

    class Meta:
        abstract = True


class PlanSession(Prescription, PublicIdModel):
    """One session on a weekday of a plan week. It has at least one target, except rest."""

    prefix: ClassVar[str] = "ses"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sessions", db_index=False)
    week = models.PositiveSmallIntegerField(
        validators=_range_validators(1, Plan.MAX_WEEKS), help_text="The week of the plan, from 1."
    )
    weekday = models.PositiveSmallIntegerField(
        validators=_range_validators(1, 7), help_text="1 is Monday, 7 is Sunday."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="The order of the sessions of a day.")

    class Meta:
        ordering: ClassVar = ["week", "weekday", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "week", "weekday", "position"], name="one_session_at_a_place"
            ),
            models.CheckConstraint(condition=Q(week__gte=1, weekday__range=(1, 7)), name="session_has_a_day"),
            models.CheckConstraint(
                condition=Q(sport="rest") | Q(duration_s__gt=0) | Q(distance_m__gt=0) | Q(load__gt=0),
                name="session_has_a_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.sport}, week {self.week} day {self.weekday}"
