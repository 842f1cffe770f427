"""An organization's keys."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.views import ok
from athletes.access.permissions import permit
from athletes.models import ApiKey
from athletes.organizations.access_serializers import (
    KeyQuestion,
    KeySerializer,
    NewKeySerializer,
    key_answer,
)
from athletes.organizations.api import InOrganization
from athletes.organizations.api_keys import make_key


class Keys(InOrganization):
    """What the organization's own programs sign in with."""

    queryset = ApiKey.objects.none()
    serializer_class = KeySerializer

    @extend_schema(
        responses=KeySerializer(many=True), operation_id="organizations_keys", summary="An organization's keys"
    )
    def list(self, request: Request, org_id: str) -> Response:
        """Its keys, newest first, also expired ones; without their secrets."""
        page = self.paginate_queryset(ApiKey.objects.filter(organization=self.organization()).order_by("-pk"))
        return self.get_paginated_response([key_answer(key) for key in page or []])

    @extend_schema(request=KeyQuestion, responses={201: NewKeySerializer}, operation_id="organizations_key_create")
    def create(self, request: Request, org_id: str) -> Response:
        """Make a key. This answer is the only one that shows its secret."""
        organization = self.organization()
        asked = KeyQuestion.asked(request.data, now=timezone.now())
        key, secret = make_key(organization, by=permit(request).person, **asked)
        return ok(key_answer(key) | {"secret": secret}, 201)

    @extend_schema(responses={204: None}, operation_id="organizations_key_end")
    def destroy(self, request: Request, org_id: str, key_id: str) -> Response:
        """End a key: its next call is 401."""
        keys = ApiKey.objects.filter(organization=self.organization(), pk=self.address_id("key_id"))
        permit(request).present(keys.first()).delete()
        return Response(status=204)
