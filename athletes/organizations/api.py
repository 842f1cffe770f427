"""API: organizations, leaving one, and consent."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import ApiViewSet, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import ApiKey, ConsentChange, Group, Invitation, Membership, Organization, User
from athletes.organizations.access_serializers import ConsentRequest, ConsentSerializer, serialize_consent
from athletes.organizations.consent import change_consent, load_consents
from athletes.organizations.membership import (
    create_organization,
    hand_over_organization,
    leave_organization,
    rename_organization,
)
from athletes.organizations.serializers import (
    OrganizationRequest,
    OrganizationSerializer,
    SuccessorRequest,
    serialize_organization,
)
from athletes.roles import Role

MAX_CONSENT_CHANGES = 100


class OrganizationScopedViewSet(ApiViewSet):
    """Base of calls under /organizations/{org_id}. They reach only rows of this organization."""

    tag = "organizations"
    path_fields: ClassVar = {
        "org_id": IdField(Organization.prefix, help_text="The organization, org_…."),
        "user_id": IdField(User.prefix, help_text="The member, usr_…."),
        "group_id": IdField(Group.prefix, help_text="The group, grp_…."),
        "invitation_id": IdField(Invitation.prefix, help_text="The invitation, inv_…."),
        "key_id": IdField(ApiKey.prefix, help_text="The key, key_…."),
    }

    def path_id(self, name: str) -> UUID:
        """Decode the id with this name in the address."""
        return parse_id(self.path_fields[name].prefix, self.kwargs[name], name)

    def organization(self) -> Organization:
        return get_permit(self.request).organization(self.path_id("org_id"))


class OrganizationViewSet(OrganizationScopedViewSet):
    """Organizations (clubs and coaching businesses)."""

    queryset = Organization.objects.none()
    serializer_class = OrganizationSerializer

    @extend_schema(responses=OrganizationSerializer(many=True), operation_id="organizations_list")
    def list(self, request: Request) -> Response:
        """Organizations where you are an active member.

        An API key gets its own organization, staff get all.
        """
        permit = get_permit(request)
        organizations = Organization.objects.reached_by(permit.viewer, permit.row.right).order_by(
            "name", "pk"
        )
        page = self.paginate_queryset(organizations)
        return self.get_paginated_response(
            [serialize_organization(organization) for organization in page or []]
        )

    @extend_schema(
        request=OrganizationRequest,
        responses={201: OrganizationSerializer},
        operation_id="organizations_create",
    )
    def create(self, request: Request) -> Response:
        """Create an organization. You become its head coach."""
        body = OrganizationRequest.parse(request.data)
        return success(
            serialize_organization(create_organization(get_permit(request).person, body["name"])), 201
        )

    @extend_schema(responses=OrganizationSerializer, operation_id="organizations_retrieve")
    def retrieve(self, request: Request, org_id: str) -> Response:
        """One organization."""
        return success(serialize_organization(self.organization()))

    @extend_schema(
        request=OrganizationRequest,
        responses=OrganizationSerializer,
        operation_id="organizations_update",
        summary="Rename an organization",
    )
    def partial_update(self, request: Request, org_id: str) -> Response:
        """Change the name."""
        organization, body = self.organization(), OrganizationRequest.parse(request.data)
        return success(serialize_organization(rename_organization(organization, body["name"])))

    @extend_schema(request=SuccessorRequest, responses={204: None}, operation_id="organizations_hand_over")
    def hand_over(self, request: Request, org_id: str) -> Response:
        """Make another coach the head coach. You stay as a coach."""
        organization, body = self.organization(), SuccessorRequest.parse(request.data)
        hand_over_organization(organization, body["user_id"], get_permit(request).viewer, timezone.now())
        return Response(status=204)


class OwnMembershipViewSet(OrganizationScopedViewSet):
    """Your own membership: leave, and decide what coaches see."""

    queryset = Membership.objects.none()

    def membership(self, **matching: Any) -> Membership:
        permit = get_permit(self.request)
        own = Membership.objects.reached_by(permit.viewer, permit.row.right).filter(
            user=permit.person, **matching
        )
        found = own.filter(organization=self.path_id("org_id")).select_related("organization").first()
        return permit.get_or_forbidden(found)

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="organizations_leave",
        summary="Leave an organization",
    )
    def leave(self, request: Request, org_id: str) -> Response:
        """Leave the organization.

        Its coaches can no longer see your data. A head coach must hand over first.
        """
        leave_organization(self.membership())
        return Response(status=204)

    @extend_schema(
        responses=ConsentSerializer,
        operation_id="organizations_consent_retrieve",
        summary="What you share with coaches",
    )
    def consent(self, request: Request, org_id: str) -> Response:
        """What this organization's coaches may see. You answered this when you joined."""
        return success(self._serialize_consent(self.membership(role=Role.ATHLETE)))

    @extend_schema(
        request=ConsentRequest,
        responses=ConsentSerializer,
        operation_id="organizations_consent_update",
        summary="Change what you share with coaches",
    )
    def change_consent(self, request: Request, org_id: str) -> Response:
        """Change what coaches may see, from their next request on."""
        membership, granted = self.membership(role=Role.ATHLETE), ConsentRequest.parse(request.data)
        change_consent(get_permit(request).person.athlete, membership.organization, granted, timezone.now())
        return success(self._serialize_consent(membership))

    def _serialize_consent(self, membership: Membership) -> dict[str, Any]:
        athlete, organization = get_permit(self.request).person.athlete, membership.organization
        history = ConsentChange.objects.filter(athlete=athlete, organization=organization)[
            :MAX_CONSENT_CHANGES
        ]
        return serialize_consent(organization, load_consents(athlete, organization), list(history))
