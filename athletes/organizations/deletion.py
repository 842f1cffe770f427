"""An organization deleted with everything that is its own: whoever loses something by it is shown so at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from athletes.cascade import cascading_rows
from athletes.models import Athlete, Membership, Organization
from athletes.models.querysets import AthleteQuerySet


@transaction.atomic
def delete_organizations(organization_ids: Collection[UUID]) -> None:
    """Delete these organizations; the version of everybody who is in `find_affected_athletes` rises."""
    clubs = Organization.objects.filter(pk__in=organization_ids)
    list(
        clubs.order_by("pk").select_for_update()
    )  # so that two who delete wait for each other, never in a circle
    bump_versions_in_order(find_affected_athletes(organization_ids))
    clubs.delete()


def find_affected_athletes(organization_ids: Collection[UUID]) -> set[UUID]:
    """The athletes of whom rows go along with these organizations, in whichever app: members, who follows a plan, …"""
    found: set[UUID] = set()
    for rows in cascading_rows(Organization.objects.filter(pk__in=organization_ids)):
        for column in _athlete_columns(rows.model):
            found.update(rows.values_list(column, flat=True).distinct())
    return found


def _athlete_columns(model: type[Model]) -> Iterator[str]:
    """The columns that say whose a row is."""
    for field in model._meta.concrete_fields:
        if field.related_model is Athlete:
            yield field.attname
    if model is Membership:
        yield "user_id"


def bump_versions_in_order(athlete_ids: Collection[Any]) -> None:
    """Raise the data version of many athletes, their rows locked in the order of their ids."""
    athletes: AthleteQuerySet = Athlete.objects.filter(pk__in=athlete_ids)
    list(athletes.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk"))
    athletes.bump_version()
