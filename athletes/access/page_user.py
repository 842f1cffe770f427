"""The user of a page: name, units, time zone and organizations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, FilteredRelation, IntegerField, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.middleware.csrf import get_token

from astral.ids import encode
from astral.precompiled_queries import PrecompiledRowsQuery
from athletes.models import Athlete, Notice, Organization, User
from athletes.roles import COACHING_ROLES, Role, Status


@dataclass(frozen=True, slots=True)
class UserOrganization:
    org_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class PageUser:
    """The signed-in user, or nobody.

    `coaches`: organizations with an active coaching role. `runs_in`: with an active athlete role. Both are
    sorted by name. `suspended_in`: those with a suspended membership. `unread_notices`: for the mark in the
    header.
    """

    name: str = ""
    user_id: str = ""
    is_staff: bool = False
    units: str = Athlete.Units.METRIC.value
    zone: ZoneInfo = ZoneInfo("UTC")
    coaches: tuple[UserOrganization, ...] = ()
    runs_in: tuple[UserOrganization, ...] = ()
    suspended_in: tuple[UserOrganization, ...] = ()
    unread_notices: int = 0

    @property
    def signed_in(self) -> bool:
        return bool(self.user_id)

    @property
    def is_coach(self) -> bool:
        return bool(self.coaches)

    @property
    def leads_or_is_staff(self) -> bool:
        return self.is_staff or any(club.role == Role.HEAD_COACH for club in self.coaches)

    @property
    def can_view_organization_pages(self) -> bool:
        """Coaches see the pages of their own organizations, staff those of every organization."""
        return self.is_coach or self.is_staff


ANONYMOUS_PAGE_USER = PageUser()


def _build_page_user_query(user: UUID) -> QuerySet[User, tuple[UUID | None, str, str, str, int]]:
    """One row for each membership, or one without a membership. Each has the number of new notices."""
    current = FilteredRelation(
        "memberships", condition=Q(memberships__status__in=[Status.ACTIVE, Status.SUSPENDED])
    )
    unread = Notice.objects.readable_by(user).unread().order_by().values("recipient")
    unread_count = Subquery(unread.values(number=Count("pk")), output_field=IntegerField())
    rows = User.objects.filter(pk=user).annotate(current=current, unread=Coalesce(unread_count, 0))
    return rows.order_by().values_list(
        "current__organization", "current__organization__name", "current__role", "current__status", "unread"
    )


_PAGE_USER_QUERY = PrecompiledRowsQuery(_build_page_user_query, user=UUID(int=1))  # every page runs it


def load_page_user(person: User) -> PageUser:
    """Makes one SQL statement, and a second one if `person.athlete` is not loaded yet."""
    rows = _PAGE_USER_QUERY.all(user=person.pk)
    organizations = [
        (UserOrganization(encode(Organization.prefix, identifier), name, role), status)
        for identifier, name, role, status, _ in rows
        if identifier is not None
    ]
    organizations.sort(key=lambda pair: (pair[0].name.casefold(), pair[0].org_id))
    by_name = [organization for organization, status in organizations if status == Status.ACTIVE]
    return PageUser(
        name=person.display_name or person.username,
        user_id=person.public_id,
        is_staff=person.is_staff,
        units=person.athlete.unit_system,
        zone=person.athlete.zone,
        coaches=tuple(row for row in by_name if row.role in COACHING_ROLES),
        runs_in=tuple(row for row in by_name if row.role == Role.ATHLETE),
        suspended_in=tuple(row for row, status in organizations if status == Status.SUSPENDED),
        unread_notices=next((row[-1] for row in rows), 0),
    )


def build_error_page_context(request: HttpRequest) -> dict[str, Any]:
    """The page header of a signed-in user. Empty for others, and if sign-in was not checked yet."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {}
    return {
        "frame": "athletes/page.html",
        "visitor": load_page_user(person),
        "csrf_token": get_token(request),
    }
