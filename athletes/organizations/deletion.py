"""Deletes organizations and bumps the versions of athletes who lose data with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from athletes.cascade import cascading_rows
from athletes.models import Athlete, Membership, Organization


@transaction.atomic
def delete_organizations(organization_ids: Collection[UUID]) -> None:
    """Delete these organizations and bump the versions of all affected athletes."""
    organizations = Organization.objects.filter(pk__in=organization_ids)
    list(organizations.order_by("pk").select_for_update())  # in the order of ids, to avoid deadlocks
    Athlete.objects.filter(pk__in=find_affected_athletes(organization_ids)).bump_versions()
    organizations.delete()


def find_affected_athletes(organization_ids: Collection[UUID]) -> set[UUID]:
    """Athletes with rows, in any app, that are deleted with these organizations."""
    athlete_ids: set[UUID] = set()
    for rows in cascading_rows(Organization.objects.filter(pk__in=organization_ids)):
        for column in _athlete_columns(rows.model):
            owned = rows.filter(**{f"{column}__isnull": False})
            athlete_ids.update(owned.values_list(column, flat=True).distinct())
    return athlete_ids


def _athlete_columns(model: type[Model]) -> Iterator[str]:
    """The columns with the id of the athlete who owns a row."""
    for field in model._meta.concrete_fields:
        if field.related_model is Athlete:
            yield field.attname
    if model is Membership:
        yield "user_id"
