"""API: the API keys of an organization."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.views import success
from athletes.access.permissions import get_permit
from athletes.models import ApiKey
from athletes.organizations.access_serializers import (
    ApiKeyRequest,
    ApiKeySerializer,
    NewApiKeySerializer,
    serialize_api_key,
)
from athletes.organizations.api import OrganizationScopedViewSet
from athletes.organizations.api_keys import confirm_api_key, create_api_key, end_api_key


class ApiKeyViewSet(OrganizationScopedViewSet):
    """API keys, with which the organization's programs sign in."""

    queryset = ApiKey.objects.none()
    serializer_class = ApiKeySerializer

    @extend_schema(
        responses=ApiKeySerializer(many=True),
        operation_id="organizations_api_keys_list",
        summary="API keys of an organization",
    )
    def list(self, request: Request, org_id: str) -> Response:
        """API keys without their secrets, newest first. Expired keys are included."""
        keys = ApiKey.objects.with_maker().filter(organization=self.organization()).order_by("-pk")
        page: Iterable[Any] = self.paginate_queryset(keys) or []  # with `is_confirmed`
        return self.get_paginated_response(
            [serialize_api_key(key, is_confirmed=key.is_confirmed) for key in page]
        )

    @extend_schema(
        request=ApiKeyRequest,
        responses={201: NewApiKeySerializer},
        operation_id="organizations_api_keys_create",
    )
    def create(self, request: Request, org_id: str) -> Response:
        """Create an API key. Only this answer contains its secret."""
        organization = self.organization()
        body = ApiKeyRequest.parse(request.data, now=timezone.now())
        key, secret = create_api_key(organization, by=get_permit(request).person, **body)
        return success(serialize_api_key(key, is_confirmed=True) | {"secret": secret}, 201)

    @extend_schema(
        request=None,
        responses=ApiKeySerializer,
        operation_id="organizations_api_keys_confirm",
        summary="Keep an API key that somebody else made",
    )
    def confirm(self, request: Request, org_id: str, key_id: str) -> Response:
        """Keep a key whose maker no longer leads the organization. You are its maker from then on."""
        key = confirm_api_key(self._get_key(), get_permit(request).person)
        return success(serialize_api_key(key, is_confirmed=True))

    @extend_schema(responses={204: None}, operation_id="organizations_api_keys_delete")
    def destroy(self, request: Request, org_id: str, key_id: str) -> Response:
        """End an API key. Its next call gets 401."""
        end_api_key(self._get_key(), get_permit(request).person)
        return Response(status=204)

    def _get_key(self) -> ApiKey:
        keys = ApiKey.objects.filter(organization=self.organization(), pk=self.path_id("key_id"))
        return get_permit(self.request).get_or_forbidden(keys.first())
