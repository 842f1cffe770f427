"""Querysets of users, memberships and athletes, with the visibility rules.

Rows that no rule allows are left out.
"""

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


def made_by_a_leader() -> Q:
    """Rows of an organization whose maker may manage it today: its head coach, or staff."""
    memberships = apps.get_model("athletes", "Membership")._default_manager
    leads = memberships.filter(
        user=OuterRef("created_by"),
        organization=OuterRef("organization"),
        role=Role.HEAD_COACH,
        status=Status.ACTIVE,
    )
    return Q(Exists(leads) | Q(created_by__is_staff=True), created_by__is_active=True)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        return self.filter(status=Status.ACTIVE)

    def current(self) -> MembershipQuerySet:
        """All but former members."""
        return self.exclude(status=Status.LEFT)

    def athletes(self) -> MembershipQuerySet:
        return self.filter(role=Role.ATHLETE)

    def coaching(self, roles: Iterable[str] = COACHING_ROLES) -> MembershipQuerySet:
        return self.filter(role__in=list(roles))

    def reached_by(self, viewer: Viewer, right: Right) -> MembershipQuerySet:
        """Current memberships on which `viewer` has this right."""
        if not right.allows(viewer):
            return self.none()
        if right.is_unrestricted_for(viewer):
            return self.current()
        return self.current().filter(_own_rows(right, user=viewer.pk) | supervised_memberships(viewer, right))

    def supervised_by(self, viewer: Viewer, right: Right, category: str | None) -> MembershipQuerySet:
        """Active memberships of athletes on whom `viewer` has this right through a role.

        With a category, only of athletes who share it with this organization. Staff who act as the viewer
        see nobody's health data.
        """
        if viewer.acting and category == Category.HEALTH:
            return self.none()
        active = self.active().athletes()
        shared = active.sharing(category) if category else active
        return shared.filter(supervised_memberships(viewer, right))

    def sharing(self, category: str) -> MembershipQuerySet:
        """Memberships whose user shares this category with the organization.

        Without a decision it is shared.
        """
        withheld = apps.get_model("athletes.Consent").objects.filter(
            athlete=OuterRef("user_id"),
            organization=OuterRef("organization_id"),
            category=category,
            granted=False,
        )
        return self.filter(~Exists(withheld))

    def matching(self, text: str) -> MembershipQuerySet:
        """As `AthleteQuerySet.matching`."""
        return self.filter(_matching(text))


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def coached_by(self, user: User, roles: Iterable[str] = COACHING_ROLES) -> OrganizationQuerySet:
        """Organizations where `user` has an active coaching role.

        One membership must match both role and status.
        """
        return self.filter(
            memberships__user=user, memberships__status=Status.ACTIVE, memberships__role__in=list(roles)
        )

    def reached_by(self, viewer: Viewer, right: Right) -> OrganizationQuerySet:
        """Organizations where `viewer` has this right. Every active member has a right with `own`."""
        if not right.allows(viewer):
            return self.none()
        if right.is_unrestricted_for(viewer):
            return self
        roles = frozenset(Role) if right.own else right.roles | right.assigned
        return self.filter(pk__in=viewer.organization_ids(roles))

    def bump_version(self) -> int:
        """Raise the version. Call it in the transaction that changes members, groups or consents."""
        return self.update(version=F("version") + 1)


class GroupQuerySet(models.QuerySet["Group"]):
    def of(self, organization: Organization) -> GroupQuerySet:
        return self.filter(organization=organization)


class AthleteQuerySet(models.QuerySet["Athlete"]):
    def visible_to(self, viewer: Viewer | AnonymousUser, category: str | None = None) -> AthleteQuerySet:
        """The visibility rule: yourself, the active athletes you coach; staff see everybody.

        With a category, only athletes who share it with an organization in which you coach them.
        """
        return self.reached_by(viewer, READ, category)

    def reached_by(
        self, viewer: Viewer | AnonymousUser, right: Right, category: str | None = None
    ) -> AthleteQuerySet:
        """Athletes on whom `viewer` has this right."""
        if not right.allows(viewer):
            return self.none()
        return self if right.is_unrestricted_for(viewer) else self.filter(_reachable(viewer, right, category))

    def with_withheld_categories(self, viewer: Viewer) -> AthleteQuerySet:
        """Annotate `withheld`: the categories the viewer may not see, in alphabetical order."""
        if READ.is_unrestricted_for(viewer):
            return self.annotate(withheld=_text_array())
        hidden_categories = [
            Case(When(_reachable(viewer, READ, category), then=Value(None)), default=Value(category.value))
            for category in sorted(Category)
        ]
        return self.annotate(
            withheld=Func(_text_array(*hidden_categories), Value(None), function="array_remove")
        )

    def bump_version(self) -> int:
        """Raise the data version. Call it in the transaction that changes the athlete's data."""
        return self.update(data_version=F("data_version") + 1)

    def bump_versions(self) -> int:
        """`bump_version` of many athletes, in a transaction.

        Locks their rows in the order of ids, to avoid deadlocks. One statement.
        """
        locked = self.order_by("pk").select_for_update(no_key=True, of=("self",)).values("pk")
        return self.model._default_manager.filter(pk__in=locked).update(data_version=F("data_version") + 1)

    def matching(self, text: str) -> AthleteQuerySet:
        """Every word of `text` must occur in username, e-mail or displayed name.

        Case and accents do not matter.
        """
        return self.filter(_matching(text))


def _matching(text: str) -> Q:
    return Q(*(Q(user__search_key__contains=word) for word in normalize_search_text(text).split()))


def _own_rows(right: Right, **yourself: Any) -> Q:
    """The viewer's own rows. An API key has none: without the check, its None would match NULL columns."""
    return Q(**yourself) if right.own and None not in yourself.values() else Q(pk__in=[])


def _text_array(*texts: Any) -> Func:
    kind = models.CharField(max_length=16)
    return Func(*texts, template="ARRAY[%(expressions)s]::varchar[]", output_field=ArrayField(kind))


def supervised_memberships(viewer: Viewer, right: Right) -> Q:
    """Memberships in organizations where `viewer` has one of the right's roles.

    One membership of the viewer must match both role and organization.
    """
    supervised = Q(organization__in=viewer.organization_ids(right.roles - right.not_own))
    if right.not_own:
        supervised |= Q(organization__in=viewer.organization_ids(right.not_own)) & ~Q(user=viewer.pk)
    if right.assigned:
        supervised |= Q(organization__in=viewer.organization_ids(right.assigned), assigned_coach=viewer.pk)
    return supervised


def _reachable(viewer: Viewer, right: Right, category: str | None) -> Q:
    """Yourself, and athletes whose active membership you supervise.

    Not yourself while staff act as you, without your permission, for activities and health data.
    """
    memberships = apps.get_model("athletes.Membership").objects
    supervised = Q(Exists(memberships.supervised_by(viewer, right, category).filter(user=OuterRef("pk"))))
    return _own_rows(right, pk=viewer.pk) | supervised if _may_see_own(viewer, category) else supervised


def _may_see_own(viewer: Viewer, category: str | None) -> bool:
    """False only for staff who act as the viewer without permission, and only for what needs one."""
    needs_permission = category in (Category.ACTIVITIES, Category.HEALTH)
    return viewer.acting is None or viewer.acting.may_see_own or not needs_permission


class ThresholdQuerySet(models.QuerySet["Threshold"]):
    def valid_on(self, day: date) -> ThresholdQuerySet:
        """The newest value of each kind valid on `day`, per athlete."""
        newest_first = self.filter(valid_from__lte=day).order_by("athlete_id", "kind", "-valid_from")
        return newest_first.distinct("athlete_id", "kind")
