"""Deletes an account and all data stored about its user, at once and for good."""

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
from astral.logs import log_event
from athletes.cascade import find_athletes_naming
from athletes.models import Athlete, Invitation, Membership, Organization, User
from athletes.models.querysets import OrganizationQuerySet
from athletes.organizations.deletion import find_affected_athletes
from athletes.personal_data.archive import load_personal_data_sources
from athletes.roles import Role


@transaction.atomic
def delete_account(person: User, now: datetime) -> None:
    """Delete the user's rows in all tables, mentions of the user in other rows, and cached answers in Redis.

    Raises 400 HEAD_COACH if the user leads an organization that has other members. An organization they lead
    without other members is deleted too. Their notes and plans for other athletes stay, without their name.
    """
    clubs = _lock_rows(Organization.objects.filter(memberships__user=person), no_key=True)
    if find_organizations_to_hand_over(person).exists():
        raise ApiError(
            "HEAD_COACH", "You lead an organization. Hand it over first, then delete your account."
        )
    Organization.objects.filter(pk__in=[club.pk for club in clubs]).bump_version()
    empty = list(find_led_organizations(person).values_list("pk", flat=True))
    others = _bump_other_athletes(person, empty)
    # These locks make other transactions wait before they add rows to this athlete or user. After the commit
    # those transactions fail.
    _lock_rows(Athlete.objects.filter(pk=person.pk))
    if not _lock_rows(User.objects.filter(pk=person.pk)):
        return  # another request has deleted the account
    log_event("account_deleted", person=person.pk)
    for source in load_personal_data_sources():
        source.forget(person)
    Invitation.objects.filter(email=person.email).update(email="", ended_at=Coalesce("ended_at", now))
    Organization.objects.filter(pk__in=empty).delete()
    User.objects.filter(pk=person.pk).delete()
    owners = [person.pk, *(club.pk for club in clubs), *others]
    transaction.on_commit(partial(caching.delete_cached_answers, owners))


def find_led_organizations(person: User) -> OrganizationQuerySet:
    return Organization.objects.coached_by(person, [Role.HEAD_COACH])


def find_organizations_to_hand_over(person: User) -> OrganizationQuerySet:
    """Organizations that the user leads and that have other members."""
    others = Membership.objects.current().exclude(user=person).filter(organization=OuterRef("pk"))
    return find_led_organizations(person).filter(Exists(others))


def _lock_rows(rows: QuerySet[Any], no_key: bool = False) -> Sequence[Any]:
    """Lock and return the rows, in the order of their ids to avoid deadlocks.

    With `no_key`, other transactions may still add rows that refer to them.
    """
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=no_key))


def _bump_other_athletes(person: User, empty: Sequence[UUID]) -> list[UUID]:
    """Bump the versions of other athletes whose answers change, and return their ids.

    These are athletes assigned to this coach, athletes whose answers name them, and athletes with data in
    a deleted organization.
    """
    assigned = Membership.objects.filter(assigned_coach=person).values_list("user", flat=True)
    named_to = find_athletes_naming(person)
    ids = sorted({*assigned, *named_to, *find_affected_athletes(empty)} - {person.pk})
    Athlete.objects.filter(pk__in=ids).bump_versions()
    return ids
