"""API: the members of an organization."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import ChoiceField, IdField, TextField
from astral.http.filters import SerializerFieldFilter
from astral.http.views import success
from athletes.access.permissions import get_permit
from athletes.models import Group, Membership, User
from athletes.models.querysets import MembershipQuerySet
from athletes.organizations.api import OrganizationScopedViewSet
from athletes.organizations.membership import change_membership, leave_organization
from athletes.organizations.serializers import MemberChanges, MemberSerializer, serialize_member
from athletes.rights import Viewer
from athletes.roles import Role, Status


class MemberFilter(django_filters.FilterSet):  # type: ignore[misc]
    role = SerializerFieldFilter(ChoiceField(Role.choices, help_text="Only members with this role."))
    status = SerializerFieldFilter(
        ChoiceField(
            [Status.ACTIVE, Status.SUSPENDED, Status.INVITED], help_text="Only members with this status."
        )
    )
    group_id = SerializerFieldFilter(
        IdField(Group.prefix, help_text="Only members of this group, grp_…."), field_name="groups"
    )
    assigned_coach_id = SerializerFieldFilter(
        IdField(User.prefix, help_text="Only athletes assigned to this coach, usr_…."),
        field_name="assigned_coach",
    )
    label = SerializerFieldFilter(
        TextField(max_length=40, help_text="Only members with this label."), method="filter_by_label"
    )
    search = SerializerFieldFilter(
        TextField(help_text="Words in username, e-mail or displayed name."), method="filter_by_search"
    )

    class Meta:
        model = Membership
        fields: tuple[str, ...] = ()

    def filter_by_label(self, members: MembershipQuerySet, _: str, label: str) -> MembershipQuerySet:
        """Exclude the caller: nobody may find out their own labels with this filter."""
        return members.filter(labels__contains=[label]).exclude(user=self.request.user.pk)

    def filter_by_search(self, members: MembershipQuerySet, _: str, text: str) -> MembershipQuerySet:
        return members.matching(text)


class MemberViewSet(OrganizationScopedViewSet):
    """Members of an organization. Athletes see only their own membership, without the fields for coaches."""

    queryset = Membership.objects.all()
    serializer_class = MemberSerializer
    filterset_class = MemberFilter

    def get_queryset(self) -> MembershipQuerySet:
        """The members on whom the caller has the right of this call."""
        members = get_permit(self.request).members(self.organization())
        return members.select_related("user").prefetch_related("groups").order_by("joined_at", "pk")

    @extend_schema(responses=MemberSerializer(many=True), operation_id="organizations_members_list")
    def list(self, request: Request, org_id: str) -> Response:
        """The members you may see, oldest membership first. Former members are not listed."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        viewer = self._note_shown(page or [])
        return self.get_paginated_response(
            [serialize_member(membership, viewer) for membership in page or []]
        )

    @extend_schema(responses=MemberSerializer, operation_id="organizations_members_retrieve")
    def retrieve(self, request: Request, org_id: str, user_id: str) -> Response:
        """One member."""
        return success(self._serialize(self.member()))

    @extend_schema(
        request=MemberChanges,
        responses=MemberSerializer,
        operation_id="organizations_members_update",
        summary="Change a member",
    )
    def partial_update(self, request: Request, org_id: str, user_id: str) -> Response:
        """Change a member. Coaches may change notes and labels of others, the head coach all fields."""
        membership, changes = self.member(), MemberChanges.parse(request.data)
        permit = get_permit(request)
        for right in permit.field_rights(changes):
            if not Membership.objects.reached_by(permit.viewer, right).filter(pk=membership.pk).exists():
                raise PermissionDenied
        change_membership(membership, changes)
        return success(self._serialize(self.member()))

    @extend_schema(responses={204: None}, operation_id="organizations_members_delete")
    def destroy(self, request: Request, org_id: str, user_id: str) -> Response:
        """Remove a member. Coaches here can no longer see their data."""
        leave_organization(self.member())
        return Response(status=204)

    def member(self) -> Membership:
        return get_permit(self.request).get_or_forbidden(
            self.get_queryset().filter(user=self.path_id("user_id")).first()
        )

    def _serialize(self, membership: Membership) -> dict[str, Any]:
        return serialize_member(membership, self._note_shown([membership]))

    def _note_shown(self, memberships: Iterable[Membership]) -> Viewer:
        permit = get_permit(self.request)
        permit.note_shown(row.user_id for row in memberships if row.role == Role.ATHLETE)
        return permit.viewer
