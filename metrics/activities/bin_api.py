"""API for the bin: list what was deleted, restore it, delete it for good."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import ApiViewSet, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import Athlete, User
from metrics.activities.descriptions import load_description_reader
from metrics.activities.serializers import (
    ActivitySerializer,
    BinActivitySerializer,
    serialize_activity,
    serialize_bin_activity,
)
from metrics.models import Activity, BinActivity
from metrics.storage.activity_bin import delete_for_good, restore_activity


class BinViewSet(ApiViewSet):
    """Deleted activities of one athlete. They count nowhere."""

    tag = "activities"
    queryset = BinActivity.objects.none()
    serializer_class = BinActivitySerializer
    path_fields: ClassVar = {
        "user_id": IdField(User.prefix, help_text="The athlete, usr_…."),
        "activity_id": IdField(Activity.prefix, help_text="The activity, act_…."),
    }

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (409,) if self.action == "restore" else ()

    @extend_schema(
        responses=BinActivitySerializer(many=True),
        operation_id="athletes_bin_list",
        summary="Deleted activities",
    )
    def list(self, request: Request, user_id: str) -> Response:
        """Activities that were deleted in the last 30 days, the last one first."""
        page = self.paginate_queryset(BinActivity.objects.in_bin_of(self._get_athlete(user_id).pk))
        return self.get_paginated_response([serialize_bin_activity(in_bin) for in_bin in page or []])

    @extend_schema(
        request=None,
        responses=ActivitySerializer,
        operation_id="athletes_bin_restore",
        summary="Restore a deleted activity",
    )
    def restore(self, request: Request, user_id: str, activity_id: str) -> Response:
        """Bring an activity back with its streams, edits and links. All statistics change at once.

        409 ALREADY_STORED: the same recording was uploaded again meanwhile.
        """
        in_bin = self._get_bin_activity(user_id, activity_id)
        reader = load_description_reader(get_permit(request).viewer, [in_bin.athlete_id])
        return success(serialize_activity(restore_activity(in_bin.athlete_id, in_bin.pk), reader))

    @extend_schema(
        responses={204: None}, operation_id="athletes_bin_delete", summary="Delete an activity for good"
    )
    def destroy(self, request: Request, user_id: str, activity_id: str) -> Response:
        """Delete one activity from the bin, with its file. Only the athlete and staff can do this."""
        in_bin = self._get_bin_activity(user_id, activity_id)
        delete_for_good(in_bin.athlete_id, [in_bin.pk])
        return Response(status=204)

    @extend_schema(responses={204: None}, operation_id="athletes_bin_empty", summary="Empty the bin")
    def empty(self, request: Request, user_id: str) -> Response:
        """Delete all activities in the bin for good. Only the athlete and staff can do this."""
        delete_for_good(self._get_athlete(user_id).pk)
        return Response(status=204)

    def _get_athlete(self, user_id: str) -> Athlete:
        return get_permit(self.request).athlete(parse_id(User.prefix, user_id, "user_id"))

    def _get_bin_activity(self, user_id: str, activity_id: str) -> BinActivity:
        athlete = self._get_athlete(user_id)
        identifier = parse_id(Activity.prefix, activity_id, "activity_id")
        found = BinActivity.objects.in_bin_of(athlete.pk).filter(pk=identifier).first()
        return get_permit(self.request).get_or_forbidden(found)
