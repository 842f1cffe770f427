"""The history of an athlete's signals, and how useful signals were to an organization."""

from __future__ import annotations

from operator import itemgetter
from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.tables.columns import Table
from astral.http.views import ApiView, ApiViewSet, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import Organization, User
from coaching.models import SignalEpisode
from coaching.signal_history.history import find_shown_episodes, load_episode_histories
from coaching.signal_history.serializers import (
    ClubUsefulnessSerializer,
    SignalEpisodeSerializer,
    SignalUsefulnessSerializer,
    UsefulnessQuery,
    choose_range,
    serialize_episode_history,
    serialize_usefulness,
)
from coaching.signal_history.usefulness import load_usefulness


class SignalHistoryViewSet(ApiViewSet):
    tag = "signals"
    queryset = SignalEpisode.objects.none()
    serializer_class = SignalEpisodeSerializer
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        responses=SignalEpisodeSerializer(many=True),
        operation_id="signals_history_list",
        summary="The history of an athlete's signals",
    )
    def list(self, request: Request, user_id: str) -> Response:
        """The athlete's signals of the past and of today, newest first, for coaches.

        Signals that need a category which the athlete withholds from you are left out. Praise has no history.
        """
        permit = get_permit(request)
        athlete = permit.athlete(parse_id(User.prefix, user_id, "user_id"))
        episodes = self.paginate_queryset(find_shown_episodes(permit.viewer, athlete)) or []
        histories = load_episode_histories(permit.viewer, episodes)
        return self.get_paginated_response([serialize_episode_history(history) for history in histories])


class SignalUsefulnessView(ApiView):
    tag = "signals"
    query_serializer_class = UsefulnessQuery
    table = Table(SignalUsefulnessSerializer, itemgetter("signals"))
    path_fields: ClassVar = {"org_id": IdField(Organization.prefix, help_text="The organization, org_….")}

    @extend_schema(
        parameters=[UsefulnessQuery],
        responses=ClubUsefulnessSerializer,
        operation_id="signals_usefulness_retrieve",
        summary="Which signals were of use",
    )
    def get(self, request: Request, org_id: str) -> Response:
        """For each signal: how often it was raised, acknowledged, acted on, and how soon it cleared.

        Of the active athletes, since they joined. What an athlete withholds does not count.
        """
        permit = get_permit(request)
        first, last = choose_range(self.parse_query(), timezone.now().date())
        organization = permit.organization(parse_id(Organization.prefix, org_id, "org_id"))
        members = permit.members(organization).active().athletes()
        rows = load_usefulness(organization, members, first, last)
        return success(
            {
                "org_id": organization.public_id,
                "from_date": first,
                "to_date": last,
                "signals": [serialize_usefulness(row) for row in rows],
            }
        )
