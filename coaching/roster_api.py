"""coach_athletes_metrics: the roster of an organization in one call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q, Sum
from django.http import HttpResponse
from django.utils import timezone
from django_filters.utils import translate_validation
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from astral import caching
from astral.api import DoorSet
from astral.errors import Refused
from athletes.models import Group, Membership, Organization
from athletes.permissions import Permit, permit
from athletes.querysets import OrganizationQuerySet
from athletes.roles import Role, Status
from coaching.filters import RosterFilter
from coaching.renewal import LocalDays
from coaching.roster import roster
from coaching.roster_serializers import RosterQuestion, RosterSerializer, roster_answer


class CoachAthletesMetrics(DoorSet):
    tag = "analytics"
    question_class = RosterQuestion
    queryset = Membership.objects.none()
    filterset_class = RosterFilter
    serializer_class = RosterSerializer

    def parameters(self) -> Iterable[str]:
        return [*RosterFilter.base_filters, *RosterQuestion._declared_fields]

    @extend_schema(
        parameters=[RosterQuestion], filters=True, responses=RosterSerializer, operation_id="coach_athletes_metrics"
    )
    def list(self, request: Request) -> HttpResponse:
        """Every active athlete of an organization, most urgent first: numbers, plans and signals in one call."""
        now, may = timezone.now(), permit(request)
        question, filters = self._asked(), _valid(request)
        organization = _organization(may, question.pop("org_id", None), filters.form.cleaned_data["group_id"])
        refresh = question.pop("refresh")
        members = filters.filter_queryset(may.members(organization).active().athletes())
        whole = question | filters.form.cleaned_data
        scope = f"{organization.pk}:{may.viewer.outlook}"
        stamp = caching.Stamp.of("coach_athletes_metrics", whole, scope, *_state(organization, now))

        def compute() -> dict[str, Any]:
            return {"status": "ok", "data": roster_answer(roster(may.viewer, organization, members, now, **question))}

        return caching.answer(request, stamp, caching.ROSTER_S, compute, refresh=refresh)

    def _asked(self) -> dict[str, Any]:
        given = self.request.query_params.dict()
        return RosterQuestion.asked({name: given[name] for name in given if name not in RosterFilter.base_filters})


def _valid(request: Request) -> RosterFilter:
    filters = RosterFilter(request.query_params, queryset=Membership.objects.none(), request=request)
    if not filters.is_valid():
        raise translate_validation(filters.errors)
    return filters


def _organization(may: Permit, identifier: UUID | None, group: UUID | None) -> Any:
    """The one that is named, else the one the caller coaches in, with what its roster depends on: one statement.

    403 also for a group that is none of its own. Raises Refused ORG_REQUIRED where it is not clear which.
    """
    named = Q(pk=identifier) if identifier else Q(pk__in=may.viewer.acting_in(may.row.right.roles))
    reached = Organization.objects.reached_by(may.viewer, may.row.right).filter(named)
    if group:
        reached = reached.annotate(has_group=Exists(Group.objects.filter(organization=OuterRef("pk"), pk=group)))
    found = list(_with_state(reached)[:2])
    if len(found) > 1 or not (found or identifier) and may.viewer.is_staff:
        raise Refused("ORG_REQUIRED", "Say which organization you mean.", field="org_id")
    organization: Any = may.present(found[0] if found else None)
    return may.present(organization if not group or organization.has_group else None)


def _with_state(organizations: OrganizationQuerySet) -> OrganizationQuerySet:
    """With the sum of its athletes' versions, and where their days begin."""
    athletes = Q(memberships__status=Status.ACTIVE, memberships__role=Role.ATHLETE)
    return organizations.annotate(
        data_versions=Sum("memberships__user__athlete__data_version", filter=athletes),
        zones=ArrayAgg("memberships__user__athlete__timezone", filter=athletes, distinct=True),
    )


def _state(organization: Any, now: datetime) -> tuple[tuple[int, int], list[date]]:
    """Versions, and today wherever an athlete is: a roster is another one after anybody's midnight."""
    days = LocalDays(now)
    return (organization.version, organization.data_versions), [days[zone] for zone in organization.zones or ()]
