"""API: your notices, and which of them come by e-mail."""

from __future__ import annotations

from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField, StrictSerializer
from astral.http.views import ApiView, ApiViewSet, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import Notice
from athletes.notices.inbox import find_notices, mark_all_read, mark_notices_read, read_entries
from athletes.notices.serializers import (
    NoticeFilter,
    NoticeSerializer,
    ReadCountSerializer,
    SwitchChanges,
    SwitchesSerializer,
    serialize_notice,
)
from athletes.notices.switches import change_switches, load_switches


class NoticeViewSet(ApiViewSet):
    tag = "notices"
    queryset = Notice.objects.none()
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter

    @extend_schema(responses=NoticeSerializer(many=True), operation_id="notices_list", summary="Your notices")
    def list(self, request: Request) -> Response:
        """Your inbox, newest first. Its words are made at this moment, from what you may see now.

        Notices about athletes who no longer share it with you are left out. What was read is kept for 90
        days.
        """
        person = get_permit(request).person
        rows = self.paginate_queryset(self.filter_queryset(find_notices(person))) or []
        entries = read_entries(person, rows, timezone.now())
        return self.get_paginated_response([serialize_notice(entry) for entry in entries])


class NoticeReadView(ApiView):
    tag = "notices"
    path_fields: ClassVar = {"notice_id": IdField(Notice.prefix, help_text="The notice, ntc_….")}

    @extend_schema(
        request=None, responses=NoticeSerializer, operation_id="notices_read", summary="Mark a notice as read"
    )
    def post(self, request: Request, notice_id: str) -> Response:
        """Mark a notice as read. One that was read before keeps its time."""
        permit, now = get_permit(request), timezone.now()
        found = find_notices(permit.person).filter(pk=parse_id(Notice.prefix, notice_id, "notice_id"))
        notice = permit.get_or_forbidden(found.first())
        StrictSerializer.parse(request.data)
        mark_notices_read(permit.person.pk, [notice.pk], now)
        notice.read_at = notice.read_at or now
        (entry,) = read_entries(permit.person, [notice], now)
        return success(serialize_notice(entry))


class NoticesReadAllView(ApiView):
    tag = "notices"

    @extend_schema(
        request=None,
        responses=ReadCountSerializer,
        operation_id="notices_read_all",
        summary="Mark all notices as read",
    )
    def post(self, request: Request) -> Response:
        """Mark all your notices as read."""
        StrictSerializer.parse(request.data)
        return success({"read": mark_all_read(get_permit(request).person, timezone.now())})


class NoticeSwitchesView(ApiView):
    """Which of your notices come by e-mail. The inbox has all of them."""

    tag = "notices"

    @extend_schema(
        responses=SwitchesSerializer,
        operation_id="notices_settings_retrieve",
        summary="Which notices are mailed",
    )
    def get(self, request: Request) -> Response:
        """For each kind of notice, whether it comes by e-mail. The inbox has all of them.

        E-mails go to a verified address only, and only if this server sends any.
        """
        return success(self._load(request))

    @extend_schema(
        request=SwitchChanges,
        responses=SwitchesSerializer,
        operation_id="notices_settings_update",
        summary="Choose which notices are mailed",
    )
    def patch(self, request: Request) -> Response:
        """Switch e-mails of some kinds on or off."""
        changes = SwitchChanges.parse(request.data)
        change_switches(get_permit(request).person.pk, changes, timezone.now())
        return success(self._load(request))

    def _load(self, request: Request) -> dict[str, bool]:
        return {kind.value: by_mail for kind, by_mail in load_switches(get_permit(request).person.pk).items()}
