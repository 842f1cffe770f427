"""Training groups: made, named, filled, emptied. Who is in one tells so in their own answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from rest_framework.exceptions import PermissionDenied

from astral.http.errors import Refused
from athletes.models import Group, Membership, Organization
from athletes.organizations.membership import touch_organization


@transaction.atomic
def make_group(organization: Organization, name: str) -> Group:
    touch_organization(organization.pk)
    with _a_free_name():
        return Group.objects.create(organization=organization, name=name)


@transaction.atomic
def rename_group(group: Group, name: str) -> Group:
    _touch_members(group)
    group.name = name
    with _a_free_name():
        group.save(update_fields=["name"])
    return group


@transaction.atomic
def delete_group(group: Group) -> None:
    _touch_members(group)
    group.delete()


@transaction.atomic
def put_into(group: Group, membership: Membership) -> None:
    """403 for who has left, or is no athlete any more, since the membership was looked up."""
    touch_organization(group.organization_id, [membership.user_id])
    if not Membership.objects.current().athletes().filter(pk=membership.pk).exists():
        raise PermissionDenied
    group.members.add(membership)


@transaction.atomic
def take_out_of(group: Group, membership: Membership) -> None:
    touch_organization(group.organization_id, [membership.user_id])
    group.members.remove(membership)


def _touch_members(group: Group) -> None:
    touch_organization(group.organization_id, group.members.values_list("user", flat=True))


@contextmanager
def _a_free_name() -> Iterator[None]:
    """The constraint decides, so that of two at once one is refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused("NAME_TAKEN", "A group of this organization has this name already.", field="name") from error
