"""API: the secret address of one's own calendar."""

from __future__ import annotations

from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField, StrictSerializer
from astral.http.views import ApiView, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import Athlete, User
from coaching.calendar.feed.addresses import build_feed_url, end_feed, find_feed, make_feed
from coaching.calendar.feed.serializers import (
    CalendarFeedSerializer,
    NewCalendarFeedSerializer,
    serialize_feed,
)


class CalendarFeedView(ApiView):
    """The calendar feed of one athlete. Only for yourself."""

    tag = "calendar"
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        responses=CalendarFeedSerializer,
        operation_id="calendar_feed_retrieve",
        summary="Whether your calendar has a secret address",
    )
    def get(self, request: Request, user_id: str) -> Response:
        """Whether there is an address, and when it was last read. The address itself is not stored."""
        return success(serialize_feed(find_feed(self._get_athlete(request, user_id))))

    @extend_schema(
        request=None,
        responses={201: NewCalendarFeedSerializer},
        operation_id="calendar_feed_create",
        summary="Make or renew your calendar address",
    )
    def post(self, request: Request, user_id: str) -> Response:
        """A new address, which only this answer contains. The old one stops at once.

        It gives planned sessions and races, a year back and a year ahead, as an iCalendar file.
        """
        athlete = self._get_athlete(request, user_id)
        StrictSerializer.parse(request.data)
        feed, secret = make_feed(athlete, timezone.now())
        return success(serialize_feed(feed) | {"url": build_feed_url(request, secret)}, 201)

    @extend_schema(
        responses={204: None}, operation_id="calendar_feed_delete", summary="End the address of your calendar"
    )
    def delete(self, request: Request, user_id: str) -> Response:
        """The address stops at once. Without one nothing happens."""
        end_feed(self._get_athlete(request, user_id))
        return Response(status=204)

    def _get_athlete(self, request: Request, user_id: str) -> Athlete:
        return get_permit(request).athlete(parse_id(User.prefix, user_id, "user_id"))
