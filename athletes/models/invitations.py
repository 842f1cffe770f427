"""Invitations to join an organization in one role, with a limit of uses and an expiry."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from astral.ids import PublicIdModel
from athletes.models.organizations import Organization
from athletes.models.people import User
from athletes.models.querysets import made_by_a_leader
from athletes.roles import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self, now: datetime) -> InvitationQuerySet:
        """Invitations in time that are not ended or used up, whoever made them.

        One that was asked for with a link ends with the link.
        """
        return self.filter(expires_at__gt=now, ended_at=None, link__ended_at=None)

    def made_by_coaches(self) -> InvitationQuerySet:
        """Without those that people asked for with a link."""
        return self.filter(link=None)

    def open(self, now: datetime) -> InvitationQuerySet:
        """Invitations that are not expired, ended or used up, and whose maker leads the organization."""
        return self.pending(now).filter(made_by_a_leader())


class Invitation(PublicIdModel):
    """A link with a secret token. Only the token's digest is stored.

    Anyone with the token may join; if `email` is set, only that person. An invitation is not a membership, so
    it does not reveal whether the address has an account. `link`: the link with which its owner asked for it;
    joining then uses the link, too. When it ends or is used up, the address is erased;
    the row stays for the daily limit.
    """

    prefix: ClassVar[str] = "inv"

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.ATHLETE)
    email = models.EmailField(blank=True, help_text="Empty: anyone with the link can join.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    link = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="personal_invitations",
    )
    max_uses = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(uses__lte=F("max_uses")), name="invitation_not_overused"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} of {self.organization} for {self.email or 'anyone with the link'}"
