"""coach_athletes_metrics: an organization's roster in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from django_filters.utils import translate_validation
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from astral import caching
from astral.database.replicas import prefer_replica
from astral.http.tables.columns import Table
from astral.http.views import ApiViewSet
from athletes.access.data_versions import list_viewer_versions, read_versions
from athletes.access.permissions import get_permit
from athletes.access.viewer_units import get_viewer_units
from athletes.accounts.limits.use_limits import count_refresh
from athletes.models import Membership, Organization
from athletes.rights import Viewer
from coaching.comments.unread import count_unread_by_athlete
from coaching.roster.filters import RosterFilter
from coaching.roster.organizations import (
    RosterOrganization,
    find_roster_organization,
    list_named_organizations,
)
from coaching.roster.roster import Roster, load_roster
from coaching.roster.serializers import (
    RosterAthleteSerializer,
    RosterListQuery,
    RosterSerializer,
    serialize_roster,
)
from coaching.roster.shown_athletes import RosterReader


class RosterViewSet(ApiViewSet):
    tag = "analytics"
    further_statuses = (429,)
    query_serializer_class = RosterListQuery
    queryset = Membership.objects.none()
    filterset_class = RosterFilter
    serializer_class = RosterSerializer
    row_tables: ClassVar = {
        "list": Table(RosterAthleteSerializer, itemgetter("athletes"), is_paged_inside=True)
    }

    def parameters(self) -> Iterable[str]:
        return [*RosterFilter.base_filters, *RosterListQuery._declared_fields]

    @extend_schema(
        parameters=[RosterListQuery],
        filters=True,
        responses=RosterSerializer,
        operation_id="coach_athletes_metrics",
        summary="The roster, most urgent first",
    )
    def list(self, request: Request) -> HttpResponse:
        """All active athletes of an organization with numbers, plans and signals, most urgent first."""
        now, permit = timezone.now(), get_permit(request)
        question, filters = self._parse_query(), _validate_filters(request)
        chosen = filters.form.cleaned_data
        club = find_roster_organization(permit, question.pop("org_id", None), chosen["group_id"])
        organization = Organization(pk=club.pk, name=club.name)
        if refresh := question.pop("refresh"):
            count_refresh(permit.viewer, now)
        parameters = question | chosen
        version, days = club.cache_state(now)
        key = caching.CacheKey(
            name="coach_athletes_metrics",
            question=parameters,
            owner=organization.pk,
            scope=permit.viewer.cache_scope,
            version=version,
            day=days,
        )

        def compute() -> dict[str, Any]:
            members = filters.filter_queryset(permit.members(organization).active().athletes())
            roster = load_roster(permit.viewer, organization, members, now, **question)
            return {"status": "ok", "data": _serialize_for_viewer(roster, permit.viewer, now)}

        reader = RosterReader(key.digest)
        if club.hides_changes:
            answer = caching.compute_response(
                request, compute, refresh=refresh, read_answer=reader.read_answer
            )
        else:
            answer = caching.cached_response(
                request,
                key,
                caching.ROSTER_TTL_S,
                _prefer_current_replica(compute, permit.viewer, club),
                refresh=refresh,
                etag_of_content=club.withholds,
                read_answer=reader.read_answer,
                reads_unchanged=reader.shown is None,
            )
        if reader.shown:
            permit.note_shown_groups(reader.shown.athletes)
        return answer

    def _parse_query(self) -> dict[str, Any]:
        given = self.request.query_params.dict()
        return RosterListQuery.parse(
            {name: given[name] for name in given if name not in RosterFilter.base_filters}
        )


def _prefer_current_replica(
    compute: Callable[[], dict[str, Any]], viewer: Viewer, club: RosterOrganization
) -> Callable[[], dict[str, Any]]:
    """`compute`, on a standby if it has the club and the viewer as the primary gave them.

    The versions of athletes only rise, so equal sums are equal versions.
    """
    versions = list_viewer_versions(viewer)

    def read_stamp() -> Any:
        return list_named_organizations(viewer, club), read_versions(list(versions))

    return prefer_replica(compute, read_stamp, ([club], versions))


def _serialize_for_viewer(roster: Roster, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """In the viewer's units, with the comments that are new to the viewer.

    A mark as read raises the viewer's own version, which is in the key of the kept answer.
    """
    return serialize_roster(roster, get_viewer_units(viewer), count_unread_by_athlete(viewer, now))


def _validate_filters(request: Request) -> RosterFilter:
    filters = RosterFilter(request.query_params, queryset=Membership.objects.none(), request=request)
    if not filters.is_valid():
        raise translate_validation(filters.errors)
    return filters
