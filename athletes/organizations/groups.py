"""Create, rename, fill and delete training groups. Members are bumped: their answers contain their groups."""

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
    """Raises 403 if the member has left or is not an athlete any more."""
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
    """Turn a violation of the unique constraint into 400 NAME_TAKEN.

    This also works for concurrent requests.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ApiError(
            "NAME_TAKEN", "Another group of this organization already has this name.", field="name"
        ) from error
