"""Training groups: made, named, filled, emptied. Who is in one tells so in their own answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from rest_framework.exceptions import PermissionDenied

from astral.http.errors import ApiError
from athletes.models import Group, Membership, Organization
from athletes.organizations.membership import bump_organization_version


@transaction.atomic
def create_group(organization: Organization, name: str) -> Group:
    bump_organization_version(organization.pk)
    with _unique_group_name():
        return Group.objects.create(organization=organization, name=name)


@transaction.atomic
def rename_group(group: Group, name: str) -> Group:
    _bump_member_versions(group)
    group.name = name
    with _unique_group_name():
        group.save(update_fields=["name"])
    return group


@transaction.atomic
def delete_group(group: Group) -> None:
    _bump_member_versions(group)
    group.delete()


@transaction.atomic
def add_to_group(group: Group, membership: Membership) -> None:
    """403 for who has left, or is no athlete any more, since the membership was looked up."""
    bump_organization_version(group.organization_id, [membership.user_id])
    if not Membership.objects.current().athletes().filter(pk=membership.pk).exists():
        raise PermissionDenied
    group.members.add(membership)


@transaction.atomic
def remove_from_group(group: Group, membership: Membership) -> None:
    bump_organization_version(group.organization_id, [membership.user_id])
    group.members.remove(membership)


def _bump_member_versions(group: Group) -> None:
    bump_organization_version(group.organization_id, group.members.values_list("user", flat=True))


@contextmanager
def _unique_group_name() -> Iterator[None]:
    """The constraint decides, so that of two at once one is refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ApiError(
            "NAME_TAKEN", "A group of this organization has this name already.", field="name"
        ) from error
