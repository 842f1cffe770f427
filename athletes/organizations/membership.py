"""Create organizations, join, change memberships, leave and hand over.

Each function bumps the organization's version first. Its row lock makes concurrent changes of one
organization wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from rest_framework.exceptions import PermissionDenied

from astral.http.errors import ApiError
from astral.logs import log_event
from athletes.events.kinds import EventKind
from athletes.events.outbox import record_membership_event
from athletes.models import Athlete, Invitation, Membership, Organization, User
from athletes.organizations.consent import record_consent_on_joining
from athletes.rights import MANAGE, Viewer
from athletes.roles import Role, Status

MAX_LED_ORGANIZATIONS = 10


def bump_organization_version(organization_id: UUID, athletes: Iterable[UUID] = ()) -> None:
    """Outdate the cached rosters of the organization and the cached answers of these athletes."""
    Organization.objects.filter(pk=organization_id).bump_version()
    Athlete.objects.filter(pk__in=list(athletes)).bump_versions()


@transaction.atomic
def create_organization(founder: User, name: str) -> Organization:
    """Create an organization with its founder as head coach.

    Raises 400 TOO_MANY if the founder leads 10 already, and 400 NAME_TAKEN if one of them has this name.
    Other people's clubs may have it: two towns have a "Running Club".
    """
    User.objects.select_for_update(no_key=True).get(
        pk=founder.pk
    )  # concurrent calls count one after the other
    led = Organization.objects.coached_by(founder, [Role.HEAD_COACH])
    names = {organization.name.casefold() for organization in led}
    if name.casefold() in names:
        raise ApiError("NAME_TAKEN", "You lead an organization with this name already.", field="name")
    if len(led) >= MAX_LED_ORGANIZATIONS:
        raise ApiError("TOO_MANY", f"You can lead at most {MAX_LED_ORGANIZATIONS} organizations.")
    organization = Organization.objects.create(name=name)
    Membership.objects.create(user=founder, organization=organization, role=Role.HEAD_COACH)
    bump_organization_version(organization.pk, [founder.pk])
    return organization


@transaction.atomic
def rename_organization(organization: Organization, name: str) -> Organization:
    """Rename it. All members are bumped, because their answers contain the name."""
    bump_organization_version(organization.pk, organization.memberships.values_list("user", flat=True))
    Organization.objects.filter(pk=organization.pk).update(name=name)
    organization.refresh_from_db()
    return organization


@transaction.atomic
def require_second_factor(organization: Organization, required: bool) -> None:
    """Whether the coaches must add a second factor at their next sign-in. Answers stay the same."""
    log_event("second_factor_rule_changed", organization=organization.pk)
    Organization.objects.filter(pk=organization.pk).update(requires_second_factor=required)


@transaction.atomic
def join_organization(
    person: User,
    organization: Organization,
    role: str,
    now: datetime,
    consent: Mapping[str, bool] | None = None,
) -> Membership | None:
    """Create or reactivate a membership; an existing role is kept. Returns None if suspended.

    `consent`: what a new athlete shares; None if nobody asked.
    """
    bump_organization_version(organization.pk, [person.pk])
    membership = Membership.objects.filter(user=person, organization=organization).first()
    if membership and membership.status == Status.SUSPENDED:
        return None
    if membership and membership.status == Status.ACTIVE:
        return membership
    if membership is None:
        membership = Membership.objects.create(
            user=person, organization=organization, role=role, joined_at=now
        )
    else:
        membership.role, membership.status, membership.joined_at = role, Status.ACTIVE, now
        membership.save(update_fields=["role", "status", "joined_at"])
    if role == Role.ATHLETE:
        record_consent_on_joining(person.athlete, organization, consent, now)
    record_membership_event(EventKind.MEMBER_JOINED, organization.pk, person.pk, membership.pk, now)
    return membership


@transaction.atomic
def join_as_head_coach(person: User, organization: Organization, now: datetime) -> Membership | None:
    """Join and lead the organization. Its previous head coach becomes a coach. Returns None if suspended."""
    membership = join_organization(person, organization, Role.COACH, now)
    if membership is None:
        return None
    _clear_athlete_links(membership)
    membership.save(update_fields=["assigned_coach"])
    _appoint_head_coach(membership, now)
    membership.role = Role.HEAD_COACH
    return membership


def has_head_coach(organization: Organization) -> bool:
    return organization.memberships.active().coaching([Role.HEAD_COACH]).exists()


@transaction.atomic
def change_membership(membership: Membership, changes: dict[str, Any]) -> Membership:
    """Store validated `MemberChanges`.

    Raises 403 if the member has left or never accepted. Raises 400 HEAD_COACH for role or status of the head
    coach.
    """
    bump_organization_version(membership.organization_id, [membership.user_id])
    membership.refresh_from_db()
    if membership.status not in (Status.ACTIVE, Status.SUSPENDED):
        raise PermissionDenied
    if membership.role == Role.HEAD_COACH and changes.keys() & {"role", "status"}:
        raise _head_coach_error()
    if changes.get("role") == Role.ATHLETE and membership.role != Role.ATHLETE:
        raise _acceptance_needed_error()
    if "assigned_coach_id" in changes:
        role = changes.get("role", membership.role)
        changes["assigned_coach"] = _find_coach(membership, role, changes.pop("assigned_coach_id"))
    if changes.keys() & {"role", "status"}:
        log_event("membership_changed", member=membership.user_id, organization=membership.organization_id)
    for name, value in changes.items():
        setattr(membership, name, value)
    if membership.role == Role.ATHLETE:
        _unassign_coach(membership)
    else:
        _clear_athlete_links(membership)
    membership.save(update_fields=[*changes, "assigned_coach"])
    return membership


@transaction.atomic
def leave_organization(membership: Membership) -> None:
    """End a membership: remove groups and coach assignments.

    The row stays, so that the person can come back.
    """
    bump_organization_version(membership.organization_id, [membership.user_id])
    membership.refresh_from_db()
    if membership.role == Role.HEAD_COACH and membership.status == Status.ACTIVE:
        raise _head_coach_error()
    log_event("membership_ended", member=membership.user_id, organization=membership.organization_id)
    _unassign_coach(membership)
    _clear_athlete_links(membership)
    membership.status = Status.LEFT
    membership.save(update_fields=["status", "assigned_coach"])
    record_membership_event(
        EventKind.MEMBER_LEFT, membership.organization_id, membership.user_id, membership.pk
    )


@transaction.atomic
def hand_over_organization(organization: Organization, successor_id: UUID, by: Viewer, now: datetime) -> None:
    """Make an active coach of the organization its head coach. The previous head coach becomes a coach.

    Open invitations end: somebody else promised the role. The successor confirms the API keys.

    Raises 403 if `by` no longer leads it: of two concurrent calls only the first succeeds.
    """
    bump_organization_version(organization.pk)
    if not Organization.objects.reached_by(by, MANAGE).filter(pk=organization.pk).exists():
        raise PermissionDenied
    active = organization.memberships.active()
    successor = active.coaching().filter(user=successor_id, user__is_active=True).first()
    if successor is None:
        raise _no_coach_error("user_id")
    _appoint_head_coach(successor, now)


def _appoint_head_coach(successor: Membership, now: datetime) -> None:
    """Change the roles, and end the invitations of the previous head coach."""
    members = Membership.objects.filter(organization=successor.organization_id)
    previous = members.active().coaching([Role.HEAD_COACH])
    people = [successor.user_id, *previous.values_list("user", flat=True)]
    Athlete.objects.filter(pk__in=people).bump_versions()
    log_event("organization_handed_over", organization=successor.organization_id, member=successor.user_id)
    invitations = Invitation.objects.filter(organization=successor.organization_id, ended_at=None)
    invitations.update(ended_at=now, email="")
    previous.update(role=Role.COACH)
    members.filter(pk=successor.pk).update(role=Role.HEAD_COACH)


def _find_coach(membership: Membership, role: str, coach_id: UUID | None) -> User | None:
    """The coach to assign, or None.

    Raises 400 if the member is no athlete or the coach is not active there.
    """
    if coach_id is None:
        return None
    if role != Role.ATHLETE:
        raise ApiError("NO_ATHLETE", "Only athletes can be assigned to a coach.", field="assigned_coach_id")
    coaching = (
        Membership.objects.filter(organization=membership.organization_id, user=coach_id).active().coaching()
    )
    found = coaching.select_related("user").first()
    if found is None:
        raise _no_coach_error("assigned_coach_id")
    return found.user


def _unassign_coach(membership: Membership) -> None:
    """Unassign this coach from all athletes."""
    assigned = Membership.objects.filter(
        organization=membership.organization_id, assigned_coach=membership.user_id
    )
    Athlete.objects.filter(pk__in=list(assigned.values_list("user", flat=True))).bump_versions()
    assigned.update(assigned_coach=None)


def _clear_athlete_links(membership: Membership) -> None:
    """Remove groups and the assigned coach, which only athletes have."""
    membership.groups.clear()
    membership.assigned_coach = None


def _acceptance_needed_error() -> ApiError:
    """For making a coach an athlete: a coach has not agreed that other coaches see their data."""
    return ApiError("ACCEPTANCE_NEEDED", "This member must first accept an invitation as an athlete.")


def _head_coach_error() -> ApiError:
    return ApiError("HEAD_COACH", "The head coach must hand the organization over first.")


def _no_coach_error(field: str) -> ApiError:
    return ApiError("NO_COACH", "This person is not an active coach of the organization.", field=field)
