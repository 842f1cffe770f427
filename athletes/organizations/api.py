"""Organizations, and what a member decides about the own membership."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import DoorSet, ok
from athletes.access.permissions import named, permit
from athletes.models import ApiKey, ConsentChange, Group, Invitation, Membership, Organization, User
from athletes.organizations.access_serializers import ConsentQuestion, ConsentSerializer, consent_answer
from athletes.organizations.consent import change_consent, consents
from athletes.organizations.membership import found_organization, hand_over, leave, rename_organization
from athletes.organizations.serializers import (
    OrganizationQuestion,
    OrganizationSerializer,
    SuccessorQuestion,
    organization_answer,
)
from athletes.roles import Role

HISTORY = 100


class InOrganization(DoorSet):
    """What is under /organizations/{org_id}: reached through the organization, and never outside of it."""

    tag = "organizations"
    path_fields: ClassVar = {
        "org_id": IdField(Organization.prefix, help_text="The organization, org_…."),
        "user_id": IdField(User.prefix, help_text="The member, usr_…."),
        "group_id": IdField(Group.prefix, help_text="The group, grp_…."),
        "invitation_id": IdField(Invitation.prefix, help_text="The invitation, inv_…."),
        "key_id": IdField(ApiKey.prefix, help_text="The key, key_…."),
    }

    def address_id(self, name: str) -> UUID:
        """The id of this name in the address."""
        return named(self.path_fields[name].prefix, self.kwargs[name], name)

    def organization(self) -> Organization:
        return permit(self.request).organization(self.address_id("org_id"))


class Organizations(InOrganization):
    """Clubs and practices."""

    queryset = Organization.objects.none()
    serializer_class = OrganizationSerializer

    @extend_schema(responses=OrganizationSerializer(many=True), operation_id="organizations_list")
    def list(self, request: Request) -> Response:
        """Organizations where you are active, in whatever role; a key's own one; for staff all of them."""
        may = permit(request)
        page = self.paginate_queryset(Organization.objects.reached_by(may.viewer, may.row.right).order_by("name", "pk"))
        return self.get_paginated_response([organization_answer(organization) for organization in page or []])

    @extend_schema(
        request=OrganizationQuestion, responses={201: OrganizationSerializer}, operation_id="organizations_create"
    )
    def create(self, request: Request) -> Response:
        """Found an organization; you are its head coach."""
        asked = OrganizationQuestion.asked(request.data)
        return ok(organization_answer(found_organization(permit(request).person, asked["name"])), 201)

    @extend_schema(responses=OrganizationSerializer, operation_id="organizations_retrieve")
    def retrieve(self, request: Request, org_id: str) -> Response:
        """One organization."""
        return ok(organization_answer(self.organization()))

    @extend_schema(
        request=OrganizationQuestion,
        responses=OrganizationSerializer,
        operation_id="organizations_update",
        summary="Rename an organization",
    )
    def partial_update(self, request: Request, org_id: str) -> Response:
        """Give it another name."""
        organization, asked = self.organization(), OrganizationQuestion.asked(request.data)
        return ok(organization_answer(rename_organization(organization, asked["name"])))

    @extend_schema(request=SuccessorQuestion, responses={204: None}, operation_id="organizations_hand_over")
    def hand_over(self, request: Request, org_id: str) -> Response:
        """Make another coach the head coach; you stay as a coach."""
        organization, asked = self.organization(), SuccessorQuestion.asked(request.data)
        hand_over(organization, asked["user_id"], permit(request).viewer)
        return Response(status=204)


class OwnMembership(InOrganization):
    """Your own membership: left, and what it lets coaches see."""

    queryset = Membership.objects.none()

    def membership(self, **matching: Any) -> Membership:
        may = permit(self.request)
        own = Membership.objects.reached_by(may.viewer, may.row.right).filter(user=may.person, **matching)
        found = own.filter(organization=self.address_id("org_id")).select_related("organization").first()
        return may.present(found)

    @extend_schema(
        request=None, responses={204: None}, operation_id="organizations_leave", summary="Leave an organization"
    )
    def leave(self, request: Request, org_id: str) -> Response:
        """Leave: from the next request on nobody here sees anything of you. A head coach hands over first."""
        leave(self.membership())
        return Response(status=204)

    @extend_schema(
        responses=ConsentSerializer, operation_id="organizations_consent", summary="What you let coaches see"
    )
    def consent(self, request: Request, org_id: str) -> Response:
        """What you let this organization's coaches see; everything, unless you said no."""
        return ok(self._consent(self.membership(role=Role.ATHLETE)))

    @extend_schema(
        request=ConsentQuestion,
        responses=ConsentSerializer,
        operation_id="organizations_consent_update",
        summary="Decide what coaches see",
    )
    def change_consent(self, request: Request, org_id: str) -> Response:
        """Decide what they see, from the next request on."""
        membership, asked = self.membership(role=Role.ATHLETE), ConsentQuestion.asked(request.data)
        change_consent(permit(request).person.athlete, membership.organization, asked, timezone.now())
        return ok(self._consent(membership))

    def _consent(self, membership: Membership) -> dict[str, Any]:
        athlete, organization = permit(self.request).person.athlete, membership.organization
        history = ConsentChange.objects.filter(athlete=athlete, organization=organization)[:HISTORY]
        return consent_answer(organization, consents(athlete, organization), list(history))
