"""Rows speak here: who may see whom, who is in what. Deny by default: what is not reached by a rule is not there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Value, When

from athletes.rights import READ, Category, Right, Viewer
from athletes.roles import COACHING_ROLES, Role, Status
from athletes.search import normalize_search_text

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

    def current(self) -> MembershipQuerySet:
        """Who has left is not there any more, for anybody but themselves."""
        return self.exclude(status=Status.LEFT)

    def athletes(self) -> MembershipQuerySet:
        return self.filter(role=Role.ATHLETE)

    def coaching(self, roles: Iterable[str] = COACHING_ROLES) -> MembershipQuerySet:
        return self.filter(role__in=list(roles))

    def reached_by(self, viewer: Viewer, right: Right) -> MembershipQuerySet:
        """Current memberships that `viewer` has this right over."""
        if not right.allows(viewer):
            return self.none()
        if right.is_unrestricted_for(viewer):
            return self.current()
        return self.current().filter(_own_rows(right, user=viewer.pk) | supervised_memberships(viewer, right))

    def sharing(self, category: str) -> MembershipQuerySet:
        """Whose person agrees that this organization sees this category: unless they said no, they do."""
        refusals = apps.get_model("athletes.Consent").objects.filter(
            athlete=OuterRef("user_id"),
            organization=OuterRef("organization_id"),
            category=category,
            granted=False,
        )
        return self.filter(~Exists(refusals))

    def matching(self, text: str) -> MembershipQuerySet:
        """As `AthleteQuerySet.matching`."""
        return self.filter(_matching(text))


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def coached_by(self, user: User, roles: Iterable[str] = COACHING_ROLES) -> OrganizationQuerySet:
        """Organizations where `user` holds an active coaching role. Role and status must match in one membership."""
        return self.filter(
            memberships__user=user, memberships__status=Status.ACTIVE, memberships__role__in=list(roles)
        )

    def reached_by(self, viewer: Viewer, right: Right) -> OrganizationQuerySet:
        """Organizations that `viewer` has this right in; an own right is that of every active member."""
        if not right.allows(viewer):
            return self.none()
        if right.is_unrestricted_for(viewer):
            return self
        acting = viewer.organization_ids(
            right.roles | right.assigned | (frozenset(Role) if right.own else frozenset())
        )
        return self.filter(pk__in=acting)

    def bump_version(self) -> int:
        """Raise the version: call it in the transaction that changes who is in what, or who agrees to what."""
        return self.update(version=F("version") + 1)


class GroupQuerySet(models.QuerySet["Group"]):
    def of(self, organization: Organization) -> GroupQuerySet:
        return self.filter(organization=organization)


class AthleteQuerySet(models.QuerySet["Athlete"]):
    def visible_to(self, viewer: Viewer | AnonymousUser, category: str | None = None) -> AthleteQuerySet:
        """The one visibility rule: yourself, the active athletes you coach, and for staff everybody.

        With a category only those who agree, in one of the organizations that join you, that it is seen.
        """
        return self.reached_by(viewer, READ, category)

    def reached_by(
        self, viewer: Viewer | AnonymousUser, right: Right, category: str | None = None
    ) -> AthleteQuerySet:
        """Athletes that `viewer` has this right over."""
        if not right.allows(viewer):
            return self.none()
        return self if right.is_unrestricted_for(viewer) else self.filter(_reachable(viewer, right, category))

    def with_withheld_categories(self, viewer: Viewer) -> AthleteQuerySet:
        """Each with `withheld`: the categories that no organization grants to this viewer, in alphabetical order."""
        if READ.is_unrestricted_for(viewer):
            return self.annotate(withheld=_text_array())
        kept_back = [
            Case(When(_reachable(viewer, READ, category), then=Value(None)), default=Value(category.value))
            for category in sorted(Category)
        ]
        return self.annotate(withheld=Func(_text_array(*kept_back), Value(None), function="array_remove"))

    def bump_version(self) -> int:
        """Raise the data version: call it in the transaction that changes what the athlete's answers are made of."""
        return self.update(data_version=F("data_version") + 1)

    def matching(self, text: str) -> AthleteQuerySet:
        """Every word somewhere in username, e-mail or display name; case and accents do not matter."""
        return self.filter(_matching(text))


def _matching(text: str) -> Q:
    return Q(*(Q(user__search_key__contains=word) for word in normalize_search_text(text).split()))


def _own_rows(right: Right, **yourself: Any) -> Q:
    """A key is nobody: without a person there is no own row, and NULL must not find one."""
    return Q(**yourself) if right.own and None not in yourself.values() else Q(pk__in=[])


def _text_array(*texts: Any) -> Func:
    kind = models.CharField(max_length=16)
    return Func(*texts, template="ARRAY[%(expressions)s]::varchar[]", output_field=ArrayField(kind))


def supervised_memberships(viewer: Viewer, right: Right) -> Q:
    """Memberships in organizations where `viewer` acts in one of the right's roles; role and organization match
    in one membership of the viewer's."""
    found = Q(organization__in=viewer.organization_ids(right.roles))
    if right.assigned:
        found |= Q(organization__in=viewer.organization_ids(right.assigned), assigned_coach=viewer.pk)
    return found


def _reachable(viewer: Viewer, right: Right, category: str | None) -> Q:
    """Yourself, and whose active membership as an athlete you supervise."""
    membership = apps.get_model("athletes.Membership").objects.active().athletes()
    shared = membership.sharing(category) if category else membership
    joining = shared.filter(supervised_memberships(viewer, right), user=OuterRef("pk"))
    return _own_rows(right, pk=viewer.pk) | Q(Exists(joining))


class ThresholdQuerySet(models.QuerySet["Threshold"]):
    def valid_on(self, day: date) -> ThresholdQuerySet:
        """The newest value of each kind that holds on `day`, per athlete."""
        held = self.filter(valid_from__lte=day).order_by("athlete_id", "kind", "-valid_from")
        return held.distinct("athlete_id", "kind")
