"""A roster's choices (groups, coaches, labels) and the viewer's permissions in the club."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Func

from athletes.access.page_user import PageUser
from athletes.models import Group, Membership, Organization, User
from athletes.models.querysets import MembershipQuerySet
from athletes.rights import ANNOTATE, ARRANGE, MANAGE, RECORD, Right
from athletes.search import normalize_search_text


class RosterChoice(NamedTuple):
    pk: UUID
    value: str
    name: str


@dataclass(frozen=True, slots=True)
class RosterChoices:
    """Sorted by name. `coaches`: the active ones; `labels`: those of the athletes the viewer may see."""

    groups: Sequence[RosterChoice]
    coaches: Sequence[RosterChoice]
    labels: Sequence[str]


@dataclass(frozen=True, slots=True)
class RosterPermissions:
    """What the viewer may change in a club. `arrange_assigned`: only for the athletes assigned to them."""

    manage: bool
    arrange: bool
    arrange_assigned: bool
    annotate: bool
    record: bool


def load_roster_choices(
    organization: Organization, members: MembershipQuerySet, viewer: User
) -> RosterChoices:
    """Three statements. The viewer's own labels are omitted."""
    groups = Group.objects.of(organization).order_by("name", "pk").values_list("pk", "name")
    coaching = Membership.objects.filter(organization=organization).active().coaching()
    coaches = [
        RosterChoice(pk, User(id=pk).public_id, display_name or username)
        for pk, display_name, username in coaching.values_list("user", "user__display_name", "user__username")
    ]
    labels = members.exclude(user=viewer).order_by().annotate(label=Func(F("labels"), function="unnest"))
    return RosterChoices(
        groups=[RosterChoice(pk, Group(id=pk).public_id, name) for pk, name in groups],
        coaches=sorted(coaches, key=lambda coach: (normalize_search_text(coach.name), coach.pk)),
        labels=sorted(set(labels.values_list("label", flat=True)), key=str.casefold),
    )


def roster_permissions(visitor: PageUser, viewer: User, organization: Organization) -> RosterPermissions:
    """Uses the role already loaded with the page user: no statement."""
    role = next((club.role for club in visitor.coaches if club.org_id == organization.public_id), None)

    def holds(right: Right) -> bool:
        return right.is_unrestricted_for(viewer) or role in right.roles

    assigned = role in ARRANGE.assigned and not holds(ARRANGE)
    return RosterPermissions(
        holds(MANAGE), holds(ARRANGE) or assigned, assigned, holds(ANNOTATE), holds(RECORD)
    )
