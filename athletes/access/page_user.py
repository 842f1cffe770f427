"""Who looks at a page: the name, the units and the clock they chose, and where they coach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.middleware.csrf import get_token

from athletes.models import Athlete, Membership, User
from athletes.roles import COACHING_ROLES, Role


@dataclass(frozen=True, slots=True)
class UserOrganization:
    org_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class PageUser:
    """`coaches`: where they hold an active coaching role, by name; `runs_in`: where they are an active athlete."""

    name: str = ""
    user_id: str = ""
    is_staff: bool = False
    units: str = Athlete.Units.METRIC.value
    zone: ZoneInfo = ZoneInfo("UTC")
    coaches: tuple[UserOrganization, ...] = ()
    runs_in: tuple[UserOrganization, ...] = ()

    @property
    def signed_in(self) -> bool:
        return bool(self.user_id)

    @property
    def is_coach(self) -> bool:
        return bool(self.coaches)

    @property
    def can_view_organization_pages(self) -> bool:
        """Whether the pages of a club are for them: of those they coach in, and for staff of every one."""
        return self.is_coach or self.is_staff


ANONYMOUS_PAGE_USER = PageUser()


def load_page_user(person: User) -> PageUser:
    """One statement, and one more where the person's athlete row is not in hand yet."""
    places = Membership.objects.filter(user=person).active().select_related("organization")
    clubs = [
        UserOrganization(place.organization.public_id, place.organization.name, place.role)
        for place in places
    ]
    by_name = sorted(clubs, key=lambda club: (club.name.casefold(), club.org_id))
    return PageUser(
        name=person.display_name or person.username,
        user_id=person.public_id,
        is_staff=person.is_staff,
        units=person.athlete.unit_system,
        zone=person.athlete.zone,
        coaches=tuple(club for club in by_name if club.role in COACHING_ROLES),
        runs_in=tuple(club for club in by_name if club.role == Role.ATHLETE),
    )


def build_error_page_context(request: HttpRequest) -> dict[str, Any]:
    """The head of an error page for who is signed in; empty for everybody else, and before it is known who asks."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {}
    return {
        "frame": "athletes/page.html",
        "visitor": load_page_user(person),
        "csrf_token": get_token(request),
    }
