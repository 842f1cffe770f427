"""API: training groups of an organization and their members."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.views import success
from athletes.access.permissions import get_permit
from athletes.models import Group, Membership, Organization
from athletes.organizations.api import OrganizationScopedViewSet
from athletes.organizations.groups import (
    add_to_group,
    create_group,
    delete_group,
    remove_from_group,
    rename_group,
)
from athletes.organizations.serializers import GroupRequest, GroupSerializer, serialize_group


class GroupViewSet(OrganizationScopedViewSet):
    """An organization's training groups."""

    queryset = Group.objects.none()
    serializer_class = GroupSerializer

    @extend_schema(
        responses=GroupSerializer(many=True),
        operation_id="organizations_groups_list",
        summary="An organization's groups",
    )
    def list(self, request: Request, org_id: str) -> Response:
        """Groups by name. For the members of a group use `members?group_id=`."""
        page = self.paginate_queryset(Group.objects.of(self.organization()).order_by("name", "pk"))
        return self.get_paginated_response([serialize_group(group) for group in page or []])

    @extend_schema(
        request=GroupRequest, responses={201: GroupSerializer}, operation_id="organizations_groups_create"
    )
    def create(self, request: Request, org_id: str) -> Response:
        """Create a group. 400 NAME_TAKEN if another group has this name."""
        organization, body = self.organization(), GroupRequest.parse(request.data)
        return success(serialize_group(create_group(organization, body["name"])), 201)

    @extend_schema(responses=GroupSerializer, operation_id="organizations_groups_retrieve")
    def retrieve(self, request: Request, org_id: str, group_id: str) -> Response:
        """One group."""
        return success(serialize_group(self.group(self.organization())))

    @extend_schema(
        request=GroupRequest,
        responses=GroupSerializer,
        operation_id="organizations_groups_update",
        summary="Rename a group",
    )
    def partial_update(self, request: Request, org_id: str, group_id: str) -> Response:
        """Change the name. 400 NAME_TAKEN if another group has it."""
        group, body = self.group(self.organization()), GroupRequest.parse(request.data)
        return success(serialize_group(rename_group(group, body["name"])))

    @extend_schema(responses={204: None}, operation_id="organizations_groups_delete")
    def destroy(self, request: Request, org_id: str, group_id: str) -> Response:
        """Delete a group. Its members stay in the organization."""
        delete_group(self.group(self.organization()))
        return Response(status=204)

    def group(self, organization: Organization) -> Group:
        found = Group.objects.of(organization).filter(pk=self.path_id("group_id")).first()
        return get_permit(self.request).get_or_forbidden(found)


class GroupMemberViewSet(GroupViewSet):
    """Add and remove group members. Assistant coaches may do so only for athletes assigned to them."""

    @extend_schema(request=None, responses={204: None}, operation_id="organizations_groups_members_add")
    def put_into(self, request: Request, org_id: str, group_id: str, user_id: str) -> Response:
        """Add an athlete to the group. No effect if they are already in it."""
        organization = self.organization()
        add_to_group(self.group(organization), self.athlete(organization))
        return Response(status=204)

    @extend_schema(responses={204: None}, operation_id="organizations_groups_members_remove")
    def take_out(self, request: Request, org_id: str, group_id: str, user_id: str) -> Response:
        """Remove an athlete from the group. No effect if they are not in it."""
        organization = self.organization()
        remove_from_group(self.group(organization), self.athlete(organization))
        return Response(status=204)

    def athlete(self, organization: Organization) -> Membership:
        permit = get_permit(self.request)
        athletes = permit.members(organization).athletes()
        return permit.get_or_forbidden(athletes.filter(user=self.path_id("user_id")).first())
