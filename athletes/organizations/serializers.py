"""Serializers of organizations, members and groups."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import ChoiceField, IdField, StrictSerializer, TextField
from astral.http.list_field import ListField
from athletes.models import Group, Membership, Organization, User
from athletes.rights import Viewer
from athletes.roles import Role, Status

INVITABLE_ROLES = [(role.value, role.value) for role in Role]
# Without head coach: that role changes only by handing over or by an invitation. A former member comes back
# by an invitation, too, so the statuses are without left.
MEMBER_ROLES = [(role, text) for role, text in INVITABLE_ROLES if role != Role.HEAD_COACH]
CURRENT_STATUSES = [(status.value, status.value) for status in (Status.ACTIVE, Status.SUSPENDED)]


class OrganizationRequest(StrictSerializer):
    name = TextField(max_length=120, help_text="The name.")


class OrganizationSerializer(serializers.Serializer[Any]):
    org_id = IdField(Organization.prefix, help_text="The organization, org_….")
    name = serializers.CharField(help_text="The name.")
    created_at = serializers.DateTimeField(help_text="When it was created.")


def serialize_organization(organization: Organization) -> dict[str, Any]:
    return {
        "org_id": organization.public_id,
        "name": organization.name,
        "created_at": organization.created_at,
    }


class GroupRequest(StrictSerializer):
    name = TextField(max_length=80, help_text="The name, unique in the organization; case does not matter.")


class GroupNameSerializer(serializers.Serializer[Any]):
    group_id = IdField(Group.prefix, help_text="The group, grp_….")
    name = serializers.CharField(help_text="Its name.")


class GroupSerializer(GroupNameSerializer):
    created_at = serializers.DateTimeField(help_text="When it was created.")


def serialize_group(group: Group) -> dict[str, Any]:
    return {"group_id": group.public_id, "name": group.name, "created_at": group.created_at}


class MemberSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="The person, usr_….")
    username = serializers.CharField(help_text="The unique name.")
    display_name = serializers.CharField(help_text="The displayed name; may be empty.")
    email = serializers.EmailField(help_text="The e-mail address.")
    role = serializers.ChoiceField(Role.choices, help_text="The role here.")
    status = serializers.ChoiceField(
        Status.choices, help_text="Status of the membership; only active ones count."
    )
    joined_at = serializers.DateTimeField(help_text="When they joined.")
    groups = GroupNameSerializer(many=True, help_text="Their training groups.")
    assigned_coach_id = IdField(User.prefix, allow_null=True, help_text="Their assigned coach, usr_….")
    level = serializers.CharField(required=False, help_text="For coaches only: the level, such as advanced.")
    labels = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="For coaches only: labels for filtering."
    )
    notes = serializers.CharField(required=False, help_text="For coaches only: free text.")


def serialize_member(membership: Membership, viewer: Viewer) -> dict[str, Any]:
    """A membership as coaches see it.

    Your own membership is without the fields for coaches, whatever your role.
    """
    user, coach = membership.user, membership.assigned_coach_id
    public = {
        "user_id": user.public_id,
        "username": user.username,
        "display_name": user.display_name,
        "email": user.email,
        "role": membership.role,
        "status": membership.status,
        "joined_at": membership.joined_at,
        "groups": [{"group_id": group.public_id, "name": group.name} for group in membership.groups.all()],
        "assigned_coach_id": User(id=coach).public_id if coach else None,
    }
    if user.pk == viewer.pk:
        return public
    return public | {"level": membership.level, "labels": membership.labels, "notes": membership.notes}


class MemberChanges(StrictSerializer):
    """PATCH of a member. Every coach may change notes and labels, the head coach all fields."""

    role = ChoiceField(MEMBER_ROLES, required=False, help_text="The role here.")
    status = ChoiceField(
        CURRENT_STATUSES, required=False, help_text="While suspended, coaches cannot see their data."
    )
    assigned_coach_id = IdField(
        User.prefix, required=False, allow_null=True, help_text="An active coach, or null for none."
    )
    level = TextField(
        required=False, allow_blank=True, max_length=30, help_text="The level, such as advanced."
    )
    labels = ListField(
        child=TextField(max_length=40), required=False, max_length=20, help_text="Labels for filtering."
    )
    notes = TextField(
        required=False,
        allow_blank=True,
        max_length=10_000,
        multiline=True,
        help_text="Free text, for coaches only.",
    )


class SuccessorRequest(StrictSerializer):
    user_id = IdField(User.prefix, help_text="An active coach of the organization, usr_….")
