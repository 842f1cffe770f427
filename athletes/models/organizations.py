"""Organizations, memberships and training groups."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from astral.ids import PublicIdModel
from athletes.models.people import User, validate_plain
from athletes.models.querysets import GroupQuerySet, MembershipQuerySet, OrganizationQuerySet
from athletes.roles import Role, Status


class Organization(PublicIdModel):
    """A club or a coach's business.

    `version` rises in the transaction that changes its members, groups or consents. Between two versions the
    members stay the same. So `version` together with the sum of its athletes' data versions identifies the
    state of a roster.
    """

    prefix: ClassVar[str] = "org"

    name = models.CharField(max_length=120, validators=[validate_plain])
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.BigIntegerField(default=0, editable=False)
    requires_second_factor = models.BooleanField(
        default=False, db_default=False, help_text="Its coaches must add a second factor at the next sign-in."
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(PublicIdModel):
    """A user in an organization, with one role. Only coaches see labels, notes and level."""

    prefix: ClassVar[str] = "mem"

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships", db_index=False)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.ATHLETE)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    assigned_coach = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="assigned_memberships"
    )
    level = models.CharField(max_length=30, blank=True, validators=[validate_plain])
    labels = ArrayField(models.CharField(max_length=40), default=list, blank=True, size=20)
    notes = models.TextField(max_length=10_000, blank=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organization_id", "joined_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "organization"], name="one_membership_each"),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(role=Role.HEAD_COACH, status=Status.ACTIVE),
                name="one_active_head_coach",
            ),
        ]
        indexes: ClassVar = [
            # For the roster: active members by role and assigned coach.
            models.Index(
                fields=["organization", "status", "role", "assigned_coach"], name="membership_roster"
            ),
            GinIndex(fields=["labels"], name="membership_labels"),
        ]

    def __str__(self) -> str:
        """The admin loads user and organization with select_related, so this makes no SQL statements."""
        return f"{self.user} in {self.organization}, {self.get_role_display().lower()}"


class Group(PublicIdModel):
    """A training group of an organization. An athlete can be in any number of groups."""

    prefix: ClassVar[str] = "grp"

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="groups", db_index=False)
    name = models.CharField(max_length=80, validators=[validate_plain])
    members = models.ManyToManyField(Membership, related_name="groups", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint("organization", Lower("name"), name="group_name_once_in_an_organization"),
        ]

    def __str__(self) -> str:
        return self.name
