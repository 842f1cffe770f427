"""May you? Asked of the policy table and then in the query, so that what is not yours is never in hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.serializers import ErrorDetail

from astral import ids
from astral.compiled import Compiled
from astral.errors import Refused
from athletes.models import Athlete, Membership, Organization, User
from athletes.policy import Row, row_of
from athletes.querysets import AthleteQuerySet, MembershipQuerySet
from athletes.rights import Category, Right, Viewer

Found = TypeVar("Found", bound=Model)


class Withheld(Refused):
    """Somebody you may see, who does not agree that you see this."""

    def __init__(self) -> None:
        super().__init__("WITHHELD", "This person does not share this with you.", 403)


class ByPolicy(BasePermission):
    """The table's row for the endpoint and method must admit the caller; without a row nobody is admitted."""

    def has_permission(self, request: Request, view: Any) -> bool:
        row = row_for(request)
        if row is None:  # 405 for what there is not, whoever asks
            return request.method not in view.allowed_methods
        return row.right.admits(request.user) or (row.right.anybody and request.user.is_anonymous)


def row_for(request: Request | HttpRequest) -> Row | None:
    """The row for the endpoint and method that were called."""
    match = request.resolver_match
    return row_of(match.url_name or "", request.method or "") if match else None


@dataclass(frozen=True, slots=True)
class Permit:
    """What the caller of one request has the right of its row over."""

    viewer: Viewer
    row: Row

    @property
    def person(self) -> User:
        """Who asks, where the row admits people only."""
        return cast(User, self.viewer)

    def athletes(self) -> AthleteQuerySet:
        """Those who agree to the row's category."""
        return Athlete.objects.reached_by(self.viewer, self.row.right, self.row.category)

    def athlete(self, identifier: UUID | None) -> Athlete:
        """The one that is named; yourself without a name, at no statement: the sign-in brought your row along."""
        if self.row.right.own and self.viewer.pk and identifier in (None, self.viewer.pk):
            return self.person.athlete
        if identifier is None:
            raise Refused("USER_REQUIRED", "Say whom you mean: a key is nobody itself.", field="user_id")
        if isinstance(self.viewer, User) and not self.row.right.covers_all(self.viewer):
            in_reach = _in_reach(self.row.right, self.row.category)
            found = in_reach.first(viewer=self.viewer.pk, athlete=identifier)
        else:
            found = self.athletes().filter(pk=identifier).first()
        return found or self._refuse(lambda athletes: athletes, identifier)

    def reach(self, rows: Callable[[AthleteQuerySet], QuerySet[Found]], identifier: UUID) -> Found:
        """The row of this id among `rows` of the athletes in reach.

        403 with the same body whether or not it exists, so that nobody can probe for ids, but 403 WITHHELD where
        only the athlete's consent is missing; staff, who may see everything, get 404.
        """
        found = rows(self.athletes()).filter(pk=identifier).first()
        return found or self._refuse(rows, identifier)

    def _refuse(self, rows: Callable[[AthleteQuerySet], QuerySet[Found]], identifier: UUID) -> Found:
        """Raises."""
        if self.row.category:
            without_asking = Athlete.objects.reached_by(self.viewer, self.row.right)
            if rows(without_asking).filter(pk=identifier).exists():
                raise Withheld
        return self.present(None)

    def organization(self, identifier: UUID) -> Organization:
        return self.present(Organization.objects.reached_by(self.viewer, self.row.right).filter(pk=identifier).first())

    def members(self, organization: Organization) -> MembershipQuerySet:
        return Membership.objects.reached_by(self.viewer, self.row.right).filter(organization=organization)

    def present(self, found: Found | None) -> Found:
        """What was looked for among the rows in reach."""
        if found is None:
            raise Http404 if self.viewer.is_staff else PermissionDenied
        return found


@cache
def _in_reach(right: Right, category: Category | None) -> Compiled[Athlete]:
    """One athlete among those a person has this right over: asked by each of a coach's calls."""

    def build(viewer: UUID, athlete: UUID) -> AthleteQuerySet:
        return Athlete.objects.reached_by(User(pk=viewer), right, category).filter(pk=athlete)

    return Compiled(build, viewer=UUID(int=1), athlete=UUID(int=2))


def permit(request: Request | HttpRequest) -> Permit:
    row = row_for(request)
    if row is None or not row.right.admits(request.user):
        raise PermissionDenied
    return Permit(request.user, row)


def named(prefix: str, text: str, field: str) -> UUID:
    """The id in an address; a malformed one is 400."""
    try:
        return ids.decode(prefix, text)
    except ids.MalformedId:
        message = ErrorDetail(f"This is not an id of the form {prefix}_….", "malformed_id")
        raise ValidationError({field: [message]}) from None
