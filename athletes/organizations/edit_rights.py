"""Whether to offer the forms that write about an athlete; the policy table decides again when one is sent."""

from __future__ import annotations

from collections.abc import Iterable

from astral.ids import encode
from athletes.access.page_user import PageUser
from athletes.models import Athlete, Organization, User
from athletes.organizations.visible_memberships import VisibleMembership
from athletes.rights import RECORD, Category
from athletes.roles import RECORDING_ROLES, Role, Status


def can_record(person: User, athlete: Athlete, category: Category) -> bool:
    """One statement; none about oneself."""
    if athlete.pk == person.pk:
        return True
    return Athlete.objects.reached_by(person, RECORD, category).filter(pk=athlete.pk).exists()


def has_recording_role(visitor: PageUser, places: Iterable[VisibleMembership]) -> bool:
    """The same, whatever is shared, of memberships that are in hand."""
    coached = {club.org_id for club in visitor.coaches if club.role in RECORDING_ROLES}
    return visitor.is_staff or any(
        (place.role, place.status) == (Role.ATHLETE, Status.ACTIVE)
        and encode(Organization.prefix, place.organization_id) in coached
        for place in places
    )
