"""Rows speak here: who may see whom, who is in what. Deny by default: what is not reached by a rule is not there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser, BaseUserManager
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from athletes.roles import COACHING, RECORDING, Role, Status
from athletes.search import plain

if TYPE_CHECKING:
    from athletes.models import Athlete, Group, Membership, Organization, Threshold, User  # noqa: F401



class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.full_clean(exclude=["username", "search_key"] if not user.username else ["search_key"])
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True} | fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        return self.filter(status=Status.ACTIVE)

    def athletes(self) -> MembershipQuerySet:
        return self.filter(role=Role.ATHLETE)

    def coaching(self, roles: Iterable[str] = COACHING) -> MembershipQuerySet:
        return self.filter(role__in=list(roles))


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def coached_by(self, user: User, roles: Iterable[str] = COACHING) -> OrganizationQuerySet:
        """Organizations where `user` holds an active coaching role. Role and status must match in one membership."""
        return self.filter(
            memberships__user=user, memberships__status=Status.ACTIVE, memberships__role__in=list(roles)
        )


class GroupQuerySet(models.QuerySet["Group"]):
    def of(self, organization: Organization) -> GroupQuerySet:
        return self.filter(organization=organization)


class AthleteQuerySet(models.QuerySet["Athlete"]):
    def visible_to(self, viewer: User | AnonymousUser) -> AthleteQuerySet:
        """The one visibility rule: yourself, the active athletes you coach, and for staff everybody."""
        return self._reached_by(viewer, COACHING)

    def recordable_by(self, viewer: User | AnonymousUser) -> AthleteQuerySet:
        """Whose activities and thresholds `viewer` may write: an assistant coach only reads."""
        return self._reached_by(viewer, RECORDING)

    def _reached_by(self, viewer: User | AnonymousUser, roles: Iterable[str]) -> AthleteQuerySet:
        if not viewer.is_authenticated or not viewer.is_active:
            return self.none()
        if viewer.is_staff:
            return self
        return self.filter(Q(pk=viewer.pk) | Exists(_coached(viewer, roles).filter(user=OuterRef("pk"))))

    def touch(self) -> int:
        """Raise the data version: call it in the transaction that changes what the athlete's answers are made of."""
        return self.update(data_version=F("data_version") + 1)

    def matching(self, text: str) -> AthleteQuerySet:
        """Every word somewhere in username, e-mail or display name; case and accents do not matter."""
        found = self
        for word in plain(text).split():
            found = found.filter(user__search_key__contains=word)
        return found


def _coached(viewer: User, roles: Iterable[str]) -> MembershipQuerySet:
    """Active athlete memberships in organizations where `viewer` actively holds one of these roles."""
    own = viewer.memberships.filter(status=Status.ACTIVE, role__in=list(roles))
    membership = own.model.objects.active().athletes()
    return membership.filter(organization__in=own.values("organization"))


class ThresholdQuerySet(models.QuerySet["Threshold"]):
    def valid_on(self, day: date) -> ThresholdQuerySet:
        """The newest value of each kind that holds on `day`, per athlete."""
        held = self.filter(valid_from__lte=day).order_by("athlete_id", "kind", "-valid_from")
        return held.distinct("athlete_id", "kind")
