"""Whether to show edit forms for an athlete. The policy table checks again when a form is sent."""

from __future__ import annotations

from collections.abc import Iterable

from astral.ids import encode
from athletes.access.page_user import PageUser
from athletes.models import Athlete, Organization, User
from athletes.organizations.visible_memberships import VisibleMembership
from athletes.rights import RECORD, Category, Right
from athletes.roles import RECORDING_ROLES, Role, Status


def can_record(person: User, athlete: Athlete, category: Category) -> bool:
    """Whether `person` may record data of this category: one statement, none for their own data."""
    return has_right(person, athlete, RECORD, category)


def has_right(person: User, athlete: Athlete, right: Right, category: Category) -> bool:
    """Whether `person` has a right over data of this category: one statement, none for their own data."""
    if athlete.pk == person.pk:
        return right.own
    return Athlete.objects.reached_by(person, right, category).filter(pk=athlete.pk).exists()


def has_recording_role(visitor: PageUser, places: Iterable[VisibleMembership]) -> bool:
    """Whether the user may record for an athlete with these memberships. It ignores consent. No statement."""
    coached = {club.org_id for club in visitor.coaches if club.role in RECORDING_ROLES}
    return visitor.is_staff or any(
        (place.role, place.status) == (Role.ATHLETE, Status.ACTIVE)
        and encode(Organization.prefix, place.organization_id) in coached
        for place in places
    )
