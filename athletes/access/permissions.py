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
from astral.http.errors import ApiError
from astral.precompiled_queries import PrecompiledQuery
from athletes.access.policy import PolicyRow, find_policy_row
from athletes.models import Athlete, Membership, Organization, User
from athletes.models.querysets import AthleteQuerySet, MembershipQuerySet, OrganizationQuerySet
from athletes.rights import Category, Right, Viewer

FoundModel = TypeVar("FoundModel", bound=Model)
ReachableRows = Callable[[Viewer, Right, Category | None, UUID], QuerySet[FoundModel]]


class WithheldError(ApiError):
    """Somebody you may see, who does not agree that you see this."""

    def __init__(self) -> None:
        super().__init__("WITHHELD", "This person does not share this with you.", 403)


class PolicyPermission(BasePermission):
    """The table's row for the endpoint and method must admit the caller; without a row nobody is admitted."""

    def has_permission(self, request: Request, view: Any) -> bool:
        row = find_request_row(request)
        if row is None:  # 405 for what there is not, whoever asks
            return request.method not in view.allowed_methods
        return row.right.allows(request.user) or (row.right.anybody and request.user.is_anonymous)


def find_request_row(request: Request | HttpRequest) -> PolicyRow | None:
    """The row for the endpoint and method that were called."""
    match = request.resolver_match
    return find_policy_row(match.url_name or "", request.method or "") if match else None


@dataclass(frozen=True, slots=True)
class Permit:
    """What the caller of one request has the right of its row over."""

    viewer: Viewer
    row: PolicyRow

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
            raise ApiError("USER_REQUIRED", "Say whom you mean: a key is nobody itself.", field="user_id")
        found = self._find(_athlete_in_reach, identifier, self.row.category)
        if not found and self.row.category and self._find(_athlete_in_reach, identifier, None):
            raise WithheldError
        return self.get_or_forbidden(found)

    def organization(self, identifier: UUID) -> Organization:
        return self.get_or_forbidden(self._find(_organization_in_reach, identifier, None))

    def _find(
        self, rows: ReachableRows[FoundModel], identifier: UUID, category: Category | None
    ) -> FoundModel | None:
        """Asked by nearly every call, and so compiled once for people who are no staff."""
        right = self.row.right
        if isinstance(self.viewer, User) and not right.is_unrestricted_for(self.viewer):
            return _precompile_query(rows, right, category).first(
                viewer=self.viewer.pk, identifier=identifier
            )
        return rows(self.viewer, right, category, identifier).first()

    def get_object(
        self, rows: Callable[[AthleteQuerySet], QuerySet[FoundModel]], identifier: UUID
    ) -> FoundModel:
        """The row of this id among `rows` of the athletes in reach.

        403 with the same body whether or not it exists, so that nobody can probe for ids, but 403 WITHHELD where
        only the athlete's consent is missing; staff, who may see everything, get 404.
        """
        found = rows(self.athletes()).filter(pk=identifier).first()
        if not found and self.row.category:
            without_asking = Athlete.objects.reached_by(self.viewer, self.row.right)
            if rows(without_asking).filter(pk=identifier).exists():
                raise WithheldError
        return self.get_or_forbidden(found)

    def members(self, organization: Organization) -> MembershipQuerySet:
        return Membership.objects.reached_by(self.viewer, self.row.right).filter(organization=organization)

    def get_or_forbidden(self, found: FoundModel | None) -> FoundModel:
        """What was looked for among the rows in reach."""
        if found is None:
            raise Http404 if self.viewer.is_staff else PermissionDenied
        return found


def _athlete_in_reach(
    viewer: Viewer, right: Right, category: Category | None, identifier: UUID
) -> AthleteQuerySet:
    return Athlete.objects.reached_by(viewer, right, category).filter(pk=identifier)


def _organization_in_reach(
    viewer: Viewer, right: Right, category: Category | None, identifier: UUID
) -> OrganizationQuerySet:
    return Organization.objects.reached_by(viewer, right).filter(pk=identifier)


@cache
def _precompile_query(
    rows: ReachableRows[FoundModel], right: Right, category: Category | None
) -> PrecompiledQuery[FoundModel]:
    def build(viewer: UUID, identifier: UUID) -> QuerySet[FoundModel]:
        return rows(User(pk=viewer), right, category, identifier)

    return PrecompiledQuery(build, viewer=UUID(int=1), identifier=UUID(int=2))


def get_permit(request: Request | HttpRequest) -> Permit:
    row = find_request_row(request)
    if row is None or not row.right.allows(request.user):
        raise PermissionDenied
    return Permit(request.user, row)


def parse_id(prefix: str, text: str, field: str) -> UUID:
    """The id in an address; a malformed one is 400."""
    try:
        return ids.decode(prefix, text)
    except ids.MalformedId:
        message = ErrorDetail(f"This is not an id of the form {prefix}_….", "malformed_id")
        raise ValidationError({field: [message]}) from None
