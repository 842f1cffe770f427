"""API: download your personal data, delete your account."""

from __future__ import annotations

from typing import ClassVar

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.exports.zip_stream import stream_zip
from astral.http.views import ApiView
from athletes.access.permissions import get_permit, parse_id
from athletes.accounts.athletes_api import AthleteViewSet
from athletes.accounts.serializers import DeleteAccountRequest
from athletes.accounts.sign_in import confirm_password
from athletes.models import User
from athletes.personal_data.account_deletion import delete_account
from athletes.personal_data.archive import build_personal_archive


class DeletableAthleteViewSet(AthleteViewSet):
    """Settings and thresholds of an athlete, plus the deletion of the account."""

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, user_id: str) -> Response:
        """Delete your account and all data about you, at once and for good.

        The body is `{"password": "…"}` if the account has a password. If you lead an organization that has
        other members, hand it over first (400 HEAD_COACH). An organization without other members is deleted
        too.
        """
        permit = get_permit(request)
        permit.athlete(parse_id(User.prefix, user_id, "user_id"))
        confirm_password(
            request._request, permit.person, DeleteAccountRequest.parse(request.data).get("password")
        )
        delete_account(permit.person, timezone.now())
        return Response(status=204)

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (429,) if self.action == "destroy" else ()


class PersonalDataExportView(ApiView):
    """All data stored about you."""

    tag = "athletes"
    enveloped = False
    further_statuses = (429,)
    path_fields: ClassVar = AthleteViewSet.path_fields

    @extend_schema(responses={(200, "application/zip"): bytes}, operation_id="athletes_export")
    def get(self, request: Request, user_id: str) -> StreamingHttpResponse:
        """Download all data stored about you: a ZIP with JSON files, your original files and a README.

        An account can do this a few times a day (429 LIMIT_REACHED).
        """
        permit = get_permit(request)
        permit.athlete(parse_id(User.prefix, user_id, "user_id"))
        person, now = permit.person, timezone.now()
        headers = {
            "Content-Disposition": f'attachment; filename="astral-{now:%Y-%m-%d}.zip"',
            "Cache-Control": "private, no-store",
        }
        return StreamingHttpResponse(
            stream_zip(build_personal_archive(person, now), now),
            content_type="application/zip",
            headers=headers,
        )
