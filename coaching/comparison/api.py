"""API of comparisons: two blocks of one athlete, or the same block of several."""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from astral import caching
from astral.http.fields import IdField
from astral.http.tables.columns import Table
from astral.http.views import ApiView
from athletes.access.permissions import get_permit, parse_id
from athletes.accounts.limits.use_limits import count_refresh
from athletes.models import Athlete, Organization, User
from coaching.comparison.club_athletes import find_club_athletes
from coaching.comparison.params import (
    AthletesCompareQuery,
    CompareQuery,
    choose_athlete_block,
    choose_blocks,
)
from coaching.comparison.reader import load_blocks
from coaching.comparison.serializers import (
    COMPARE_FORMULA,
    ComparedFigureSerializer,
    ComparisonSerializer,
    serialize_comparison,
)
from metrics.snapshots.current import SNAPSHOT_FORMULA
from metrics.statistics.view import StatisticsView


class CompareView(StatisticsView):
    name = "compare"
    formula = COMPARE_FORMULA
    table = Table(ComparedFigureSerializer, itemgetter("figures"))
    query_serializer_class = CompareQuery
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        parameters=[CompareQuery],
        responses=ComparisonSerializer,
        operation_id="athletes_compare_retrieve",
        summary="Two blocks of an athlete",
    )
    def get(self, request: Request, user_id: str) -> HttpResponse:
        """The last weeks against those before, the same weeks before two races, or any two spans of days."""
        return self.respond(request, parse_id(User.prefix, user_id, "user_id"))

    def compute_data(self, athlete: Athlete, params: dict[str, Any], now: datetime) -> dict[str, Any]:
        choices = choose_blocks(params, athlete, self.visibility, athlete.local_date(now))
        return serialize_comparison(load_blocks(choices))


class AthletesCompareView(ApiView):
    tag = "analytics"
    further_statuses = (429,)
    table = Table(ComparedFigureSerializer, itemgetter("figures"))
    query_serializer_class = AthletesCompareQuery
    path_fields: ClassVar = {"org_id": IdField(Organization.prefix, help_text="The organization, org_….")}

    @extend_schema(
        parameters=[AthletesCompareQuery],
        responses=ComparisonSerializer,
        operation_id="organizations_compare_retrieve",
        summary="The same block of several athletes",
    )
    def get(self, request: Request, org_id: str) -> HttpResponse:
        """Up to four athletes side by side. What an athlete withholds is null, also in the differences.

        404 for the whole call if one of them is no active athlete of the organization.
        """
        now, permit, params = timezone.now(), get_permit(request), self.parse_query()
        organization = permit.organization(parse_id(Organization.prefix, org_id, "org_id"))
        chosen = find_club_athletes(permit, organization, params["athletes"])
        if params["refresh"]:
            count_refresh(permit.viewer, now)
        key = caching.CacheKey(
            name="athletes_compare",
            question={name: value for name, value in params.items() if name != "refresh"},
            owner=organization.pk,
            scope=permit.viewer.cache_scope,
            version=(
                COMPARE_FORMULA,
                SNAPSHOT_FORMULA,
                [athlete.data_version for athlete in chosen.athletes],
            ),
            day=[athlete.local_date(now) for athlete in chosen.athletes],
        )

        def compute() -> dict[str, Any]:
            choices = [
                choose_athlete_block(
                    params, athlete, chosen.visibilities[athlete.pk], athlete.local_date(now)
                )
                for athlete in chosen.athletes
            ]
            return {"status": "ok", "data": serialize_comparison(load_blocks(choices))}

        if chosen.withholds:
            return caching.compute_response(request, compute, refresh=params["refresh"])
        return caching.cached_response(
            request, key, caching.ATHLETE_TTL_S, compute, refresh=params["refresh"]
        )
