"""API: the change history of an athlete and of an organization."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.pagination import StrictPagination
from astral.http.tables.columns import Table
from astral.http.views import ApiView
from athletes.access.permissions import get_permit, parse_id
from athletes.change_history.entries import serialize_changes
from athletes.change_history.queries import (
    filter_changes,
    find_changes_about,
    find_names_limit,
    find_organization_changes,
    note_shown_changes,
)
from athletes.change_history.serializers import ChangeEntrySerializer, ChangesQuery
from athletes.models import Organization, User
from athletes.models.changes import ChangeEntryQuerySet


class ChangesViewBase(ApiView):
    """A page of entries."""

    pagination_class = StrictPagination
    table = Table(ChangeEntrySerializer)
    query_serializer_class = ChangesQuery

    def answer_page(
        self, request: Request, entries: ChangeEntryQuerySet, club: Organization | None = None
    ) -> Response:
        permit, query = get_permit(request), self.parse_query()
        paginator = self.pagination_class()
        found = filter_changes(entries, query, permit.person.athlete.zone)
        page = paginator.paginate_queryset(found, request, self)
        note_shown_changes(permit, page)
        return paginator.get_paginated_response(serialize_changes(page, club))


class AthleteChangesView(ChangesViewBase):
    """The change history of one athlete."""

    tag = "athletes"
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        parameters=[ChangesQuery],
        responses=ChangeEntrySerializer(many=True),
        operation_id="athletes_changes_list",
        summary="Who changed what is yours",
    )
    def get(self, request: Request, user_id: str) -> Response:
        """Changes of your memberships, sharing, thresholds, plans, races and results, and deletions.

        Newest first, with the values before and after, also your own changes. Only for yourself. An entry is
        kept for 25 months, unless the operator chose another time.
        """
        athlete = get_permit(request).athlete(parse_id(User.prefix, user_id, "user_id"))
        return self.answer_page(request, find_changes_about(athlete.pk))


class OrganizationChangesView(ChangesViewBase):
    """The change history of one organization."""

    tag = "organizations"
    path_fields: ClassVar = {"org_id": IdField(Organization.prefix, help_text="The organization, org_….")}

    @extend_schema(
        parameters=[ChangesQuery],
        responses=ChangeEntrySerializer(many=True),
        operation_id="organizations_changes_list",
        summary="Who changed what in an organization",
    )
    def get(self, request: Request, org_id: str) -> Response:
        """Changes of members, roles, sharing with this organization, its name and its plans.

        Newest first. For the head coach, and for staff. What an athlete does not share with the organization
        today is left out, also from the time when it was shared. Former members have no name.
        """
        permit = get_permit(request)
        organization = permit.organization(parse_id(Organization.prefix, org_id, "org_id"))
        entries = find_organization_changes(organization, permit.viewer)
        return self.answer_page(request, entries, find_names_limit(organization, permit.viewer))
