"""An account and everything stored about its person, deleted at once and for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from astral import caching
from astral.http.errors import ApiError
from athletes.models import Athlete, Invitation, Membership, Organization, User
from athletes.models.querysets import OrganizationQuerySet
from athletes.organizations.deletion import bump_versions_in_order, find_affected_athletes
from athletes.personal_data.archive import load_personal_data_sources
from athletes.roles import Role


@transaction.atomic
def delete_account(person: User, now: datetime) -> None:
    """Delete this person's rows in every table, what mentions them in others, and what Redis keeps of them.

    An organization they lead and where nobody else is goes along; 400 HEAD_COACH where somebody is. What they wrote as
    a coach about others stays, without them.
    """
    clubs = _lock_rows(Organization.objects.filter(memberships__user=person), no_key=True)
    if find_organizations_to_hand_over(person).exists():
        raise ApiError(
            "HEAD_COACH", "Hand over the organizations that you lead first; then delete your account."
        )
    Organization.objects.filter(pk__in=[club.pk for club in clubs]).bump_version()
    empty = list(find_led_organizations(person).values_list("pk", flat=True))
    others = _bump_other_athletes(person, empty)
    # From here on nobody adds a row to the athlete or the person: they wait, and then there is nothing to add to.
    _lock_rows(Athlete.objects.filter(pk=person.pk))
    if not _lock_rows(User.objects.filter(pk=person.pk)):
        return  # asked twice
    for kept in load_personal_data_sources():
        kept.forget(person)
    Invitation.objects.filter(email=person.email).update(email="", ended_at=Coalesce("ended_at", now))
    Organization.objects.filter(pk__in=empty).delete()
    User.objects.filter(pk=person.pk).delete()
    owners = [person.pk, *(club.pk for club in clubs), *others]
    transaction.on_commit(partial(caching.delete_cached_answers, owners))


def find_led_organizations(person: User) -> OrganizationQuerySet:
    return Organization.objects.coached_by(person, [Role.HEAD_COACH])


def find_organizations_to_hand_over(person: User) -> OrganizationQuerySet:
    """Those that the person leads with others in them."""
    others = Membership.objects.current().exclude(user=person).filter(organization=OuterRef("pk"))
    return find_led_organizations(person).filter(Exists(others))


def _lock_rows(rows: QuerySet[Any], no_key: bool = False) -> Sequence[Any]:
    """In the order of their ids, so that two deletions wait for each other and never in a circle.

    With `no_key` others may still add what points to them.
    """
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=no_key))


def _bump_other_athletes(person: User, empty: Sequence[UUID]) -> list[UUID]:
    """Whose answers change with this: those assigned to the person, and those who lose by a club that goes along."""
    assigned = Membership.objects.filter(assigned_coach=person).values_list("user", flat=True)
    ids = sorted({*assigned, *find_affected_athletes(empty)} - {person.pk})
    bump_versions_in_order(ids)
    return ids
