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
from astral.http.errors import Refused
from athletes.models import Athlete, Invitation, Membership, Organization, User
from athletes.models.querysets import OrganizationQuerySet
from athletes.organizations.deletion import losing, touch_in_order
from athletes.personal_data.archive import own_data
from athletes.roles import Role


@transaction.atomic
def delete_account(person: User, now: datetime) -> None:
    """Delete this person's rows in every table, what mentions them in others, and what Redis keeps of them.

    An organization they lead and where nobody else is goes along; 400 HEAD_COACH where somebody is. What they wrote as
    a coach about others stays, without them.
    """
    clubs = _locked(Organization.objects.filter(memberships__user=person), no_key=True)
    if to_hand_over(person).exists():
        raise Refused("HEAD_COACH", "Hand over the organizations that you lead first; then delete your account.")
    Organization.objects.filter(pk__in=[club.pk for club in clubs]).touch()
    empty = list(led_by(person).values_list("pk", flat=True))
    others = _touch_others(person, empty)
    # From here on nobody adds a row to the athlete or the person: they wait, and then there is nothing to add to.
    _locked(Athlete.objects.filter(pk=person.pk))
    if not _locked(User.objects.filter(pk=person.pk)):
        return  # asked twice
    for kept in own_data():
        kept.forget(person)
    Invitation.objects.filter(email=person.email).update(email="", ended_at=Coalesce("ended_at", now))
    Organization.objects.filter(pk__in=empty).delete()
    User.objects.filter(pk=person.pk).delete()
    owners = [person.pk, *(club.pk for club in clubs), *others]
    transaction.on_commit(partial(caching.forget, [str(owner) for owner in owners]))


def led_by(person: User) -> OrganizationQuerySet:
    return Organization.objects.coached_by(person, [Role.HEAD_COACH])


def to_hand_over(person: User) -> OrganizationQuerySet:
    """Those that the person leads with others in them."""
    others = Membership.objects.current().exclude(user=person).filter(organization=OuterRef("pk"))
    return led_by(person).filter(Exists(others))


def _locked(rows: QuerySet[Any], no_key: bool = False) -> Sequence[Any]:
    """In the order of their ids, so that two deletions wait for each other and never in a circle.

    With `no_key` others may still add what points to them.
    """
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=no_key))


def _touch_others(person: User, empty: Sequence[UUID]) -> list[UUID]:
    """Whose answers change with this: those assigned to the person, and those who lose by a club that goes along."""
    assigned = Membership.objects.filter(assigned_coach=person).values_list("user", flat=True)
    ids = sorted({*assigned, *losing(empty)} - {person.pk})
    touch_in_order(ids)
    return ids
