"""Staff pages of invitations, keys and consent: to look at, and to end; and that rosters are new after every page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from athletes.consenting import change_consent
from athletes.inviting import Offer, invite
from athletes.keys import make_key
from athletes.models import ApiKey, Consent, ConsentChange, Group, Invitation, Membership, Organization, User
from tests.athletes.test_admin import address, sent
from tests.athletes.test_organizations import version
from tests.cast import Cast, person

LATER = datetime(2099, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def root(db: None) -> Client:
    client = Client()
    client.force_login(person("root", is_staff=True, is_superuser=True))
    return client


def test_staff_look_and_decide_nothing(cast: Cast, root: Client):
    invitation, token = invite(cast.harbour, Offer("athlete", LATER), cast.hanna, NOW)
    key, secret = make_key(cast.harbour, "x", ["read"], LATER, cast.hanna)
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOW)
    for row, can_end in (
        (invitation, True),
        (key, True),
        (Consent.objects.get(), False),
        (ConsentChange.objects.get(), False),
    ):
        page = root.get(address(type(row), "change", row.pk))
        assert page.status_code == root.get(address(type(row), "changelist")).status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert secret not in page.content.decode()
        assert token not in page.content.decode()
        assert root.get(address(type(row), "add")).status_code == 403
        assert root.post(address(type(row), "delete", row.pk), {"post": "yes"}).status_code == (302 if can_end else 403)
    assert not ApiKey.objects.exists()
    assert not Invitation.objects.exists()


def saved(root: Client, model: Any, row: Any, **changes: Any) -> int:
    path = address(model, "change", row.pk)
    return root.post(path, sent(root.get(path)) | changes).status_code


def test_every_page_that_changes_a_club_makes_its_roster_new(cast: Cast, root: Client):
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    carl, versions = cast.carl.memberships.get(), [version(cast.harbour)]
    for step in (
        lambda: saved(root, Organization, cast.harbour, name="Port Runners"),
        lambda: saved(root, Membership, carl, role="athlete"),
        lambda: saved(root, Group, group, people=[cast.ada.pk]),
        lambda: saved(root, User, cast.ada, display_name="Adele"),
        lambda: root.post(address(Group, "delete", group.pk), {"post": "yes"}).status_code,
        lambda: root.post(address(Membership, "delete", carl.pk), {"post": "yes"}).status_code,
        lambda: root.post(address(User, "delete", cast.ben.pk), {"post": "yes"}).status_code,
    ):
        assert step() == 302
        versions.append(version(cast.harbour))
    assert versions == sorted(set(versions))
    assert Organization.objects.get(pk=cast.harbour.pk).name == "Port Runners"


def test_a_membership_added_on_the_page_of_its_user_makes_the_roster_new(cast: Cast, root: Client):
    before = version(cast.hill)
    row = {"organization": cast.hill.pk, "role": "athlete", "status": "active"}
    form = {f"memberships-0-{name}": value for name, value in row.items()} | {"memberships-TOTAL_FORMS": "1"}
    assert saved(root, User, cast.otto, **form) == 302
    assert version(cast.hill) == before + 1
