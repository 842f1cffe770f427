"""From a name in an address to a row you may have: asked in the query, so that what is not yours is never in hand."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.serializers import ErrorDetail

from astral import ids
from athletes.models import Athlete, User
from athletes.querysets import AthleteQuerySet

Row = TypeVar("Row", bound=Model)


def named(prefix: str, text: str, field: str) -> UUID:
    """The id in an address; a malformed one is 400."""
    try:
        return ids.decode(prefix, text)
    except ids.MalformedId:
        message = ErrorDetail(f"This is not an id of the form {prefix}_….", "malformed_id")
        raise ValidationError({field: [message]}) from None


def reach(rows: QuerySet[Row], viewer: User | AnonymousUser, identifier: UUID) -> Row:
    """The row among those the viewer may have.

    403 with the same body whether or not it exists, so that nobody can probe for ids; staff, who may see
    everything, get 404.
    """
    found = rows.filter(pk=identifier).first()
    if found is None:
        raise Http404 if viewer.is_staff else PermissionDenied
    return found


def reach_athlete(athletes: AthleteQuerySet, viewer: User, identifier: UUID | None) -> Athlete:
    """One of these athletes; yourself without a name, at no statement, because the sign-in brought your row along."""
    if identifier is None or identifier == viewer.pk:
        return viewer.athlete
    return reach(athletes, viewer, identifier)
