"""PlanInstance: a plan in an athlete's calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from astral.ids import PublicIdModel
from athletes.models import Athlete, Group, User
from coaching.models.plans import Plan, PlanSession
from coaching.models.querysets import PlanInstanceQuerySet


class PlanInstance(PublicIdModel):
    """One athlete follows one plan from `start_date` on. Week 1 begins on the Monday of that week.

    The status follows from the athlete's local day, unless someone has ended the instance. Sessions after
    `ended_on` are not expected; earlier ones do not change.
    """

    prefix: ClassVar[str] = "pi"

    class Status(models.TextChoices):
        SCHEDULED = "scheduled"
        ACTIVE = "active"
        COMPLETED = "completed"
        CANCELLED = "cancelled"

    class Ending(models.TextChoices):
        COMPLETED = "completed"
        CANCELLED = "cancelled"

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="plan_instances", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="instances")
    group = models.ForeignKey(
        Group,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="plan_instances",
        help_text="The group that the plan was assigned through.",
    )
    start_date = models.DateField()
    ended_as = models.CharField(max_length=9, choices=Ending.choices, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_changes = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="How often the plan was ended and resumed."
    )
    assigned_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PlanInstanceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-start_date", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["athlete", "start_date", "plan"], name="one_plan_once_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(ended_as="", ended_on__isnull=True)
                | (~Q(ended_as="") & Q(ended_on__isnull=False)),
                name="instance_ended_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        """Needs `plan` loaded; the admin uses `select_related`."""
        return f"{self.plan} from {self.start_date}"

    @property
    def monday(self) -> date:
        return self.start_date - timedelta(days=self.start_date.weekday())

    @property
    def last_day(self) -> date:
        """The last day that can have a session. Needs `plan` loaded."""
        planned = self.monday + timedelta(days=7 * self.plan.total_weeks - 1)
        return planned if self.ended_on is None else min(self.ended_on, planned)

    def status_on(self, today: date) -> PlanInstance.Status:
        if self.ended_as:
            return self.Status(self.ended_as)
        if today < self.start_date:
            return self.Status.SCHEDULED
        return self.Status.ACTIVE if today <= self.last_day else self.Status.COMPLETED

    def day_of(self, session: PlanSession) -> date:
        return self.monday + timedelta(days=7 * (session.week - 1) + session.weekday - 1)

    def week_of(self, day: date) -> int:
        """The week of the plan, from 1. A moved session can be in a week before or after the plan."""
        return (day - self.monday).days // 7 + 1
