"""Staff pages of invitations, API keys and consent, and organization versions after staff changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from astral.http.errors import ApiError
from athletes.models import ApiKey, Consent, ConsentChange, Group, Invitation, Membership, Organization, User
from athletes.organizations.api_keys import create_api_key
from athletes.organizations.consent import change_consent
from athletes.organizations.invitations import (
    InvitationOffer,
    accept_invitation,
    create_invitation,
    end_invitation,
)
from tests.athletes.admin.admin_pages import admin_url, read_form, sign_in_staff
from tests.athletes.organizations.organization_requests import version
from tests.support.cast import Cast, create_person

LATER = datetime(2099, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_staff_view_but_cannot_change_access_rows(cast: Cast, root: Client):
    invitation, token = create_invitation(cast.harbour, InvitationOffer("athlete", LATER), cast.hanna, NOW)
    key, secret = create_api_key(cast.harbour, "x", ["read"], LATER, cast.hanna)
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOW)
    for row, can_end in (
        (invitation, True),
        (key, True),
        (Consent.objects.get(), False),
        (ConsentChange.objects.get(), False),
    ):
        page = root.get(admin_url(type(row), "change", row.pk))
        assert page.status_code == root.get(admin_url(type(row), "changelist")).status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert secret not in page.content.decode()
        assert token not in page.content.decode()
        assert root.get(admin_url(type(row), "add")).status_code == 403
        assert root.post(admin_url(type(row), "delete", row.pk), {"post": "yes"}).status_code == (
            302 if can_end else 403
        )
    assert not ApiKey.objects.exists()
    assert not Invitation.objects.exists()


def save_page(root: Client, model: Any, row: Any, **changes: Any) -> int:
    path = admin_url(model, "change", row.pk)
    return root.post(path, read_form(root.get(path)) | changes).status_code


def test_every_change_of_an_organization_raises_its_version(cast: Cast, root: Client):
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    carl, versions = cast.carl.memberships.get(), [version(cast.harbour)]
    for step in (
        lambda: save_page(root, Organization, cast.harbour, name="Port Runners"),
        lambda: save_page(root, Membership, carl, role="athlete"),
        lambda: save_page(root, Group, group, people=[cast.ada.pk]),
        lambda: save_page(root, User, cast.ada, display_name="Adele"),
        lambda: root.post(admin_url(Group, "delete", group.pk), {"post": "yes"}).status_code,
        lambda: root.post(admin_url(Membership, "delete", carl.pk), {"post": "yes"}).status_code,
        lambda: root.post(admin_url(User, "delete", cast.ben.pk), {"post": "yes"}).status_code,
    ):
        assert step() == 302
        versions.append(version(cast.harbour))
    assert versions == sorted(set(versions))
    assert Organization.objects.get(pk=cast.harbour.pk).name == "Port Runners"


def test_membership_added_on_user_page_raises_the_organization_version(cast: Cast, root: Client):
    before = version(cast.hill)
    row = {"organization": cast.hill.pk, "role": "athlete", "status": "active"}
    form = {f"memberships-0-{name}": value for name, value in row.items()} | {"memberships-TOTAL_FORMS": "1"}
    assert save_page(root, User, cast.otto, **form) == 302
    assert version(cast.hill) == before + 1


def send_again(root: Client, *invitations: Invitation) -> str:
    chosen = {"action": "send_again", "_selected_action": [str(invitation.pk) for invitation in invitations]}
    return root.post(admin_url(Invitation, "changelist"), chosen, follow=True).content.decode()


def test_send_again_creates_a_new_token_with_the_same_lifetime(cast: Cast, root: Client):
    """An expired invitation can be sent again, too. Its old link no longer works."""
    weeks = timedelta(days=14)
    with time_machine.travel(NOW, tick=False):
        old, token = create_invitation(
            cast.harbour, InvitationOffer("coach", NOW + weeks, email="otto@example.test"), cast.hanna, NOW
        )
    with time_machine.travel(NOW + 2 * weeks, tick=False):
        root.force_login(User.objects.get(username="root"))
        assert "Sent again: 1." in send_again(root, old)
        old.refresh_from_db()
        new = Invitation.objects.get(ended_at=None)
        [message] = mail.outbox
        with pytest.raises(ApiError):
            accept_invitation(token, cast.otto, NOW)
        link = re.search(r"/join#(\S+)", str(message.body))
        assert link
        assert accept_invitation(link[1], cast.otto, NOW + 2 * weeks).role == "coach"
    assert (old.ended_at, old.email, new.expires_at) == (NOW + 2 * weeks, "", NOW + 3 * weeks)
    assert message.to == ["otto@example.test"]


def test_send_again_refuses_links_and_ended_invitations(cast: Cast, root: Client, settings: Any):
    link = create_invitation(cast.harbour, InvitationOffer("athlete", LATER), cast.hanna, NOW)[0]
    ended = create_invitation(
        cast.harbour, InvitationOffer("athlete", LATER, email="x@example.test"), cast.hanna, NOW
    )[0]
    end_invitation(ended, NOW)
    page = send_again(root, link, ended)
    assert page.count("Only an open invitation that was sent by e-mail") == 2
    assert "Athlete of Harbour Runners for anyone with the link" in page
    assert (Invitation.objects.count(), mail.outbox) == (2, [])


def test_send_again_keeps_the_old_invitation_if_mail_fails(cast: Cast, root: Client, settings: Any):
    settings.SENDS_EMAIL = False
    old = create_invitation(
        cast.harbour, InvitationOffer("athlete", LATER, email="x@example.test"), cast.hanna, NOW
    )[0]
    assert "sends no e-mail" in send_again(root, old)
    assert Invitation.objects.get() == old
    old.refresh_from_db()
    assert (old.ended_at, old.email) == (None, "x@example.test")


def test_send_again_needs_the_permission_to_add_invitations(cast: Cast):
    old = create_invitation(
        cast.harbour, InvitationOffer("athlete", LATER, email="x@example.test"), cast.hanna, NOW
    )[0]
    client = sign_in_staff(cast.stella, "view_invitation")
    assert "send_again" not in client.get(admin_url(Invitation, "changelist")).content.decode()
    send_again(client, old)
    assert mail.outbox == []


@pytest.mark.parametrize("rows", [3, 30])
def test_lists_make_the_same_statements_for_3_and_30_rows(
    cast: Cast, root: Client, rows: int, django_assert_num_queries
):
    for number in range(rows):
        runner, club = create_person(f"runner{number}"), Organization.objects.create(name=f"Club {number}")
        create_invitation(club, InvitationOffer("athlete", LATER), runner, NOW)
        create_api_key(club, "x", ["read"], LATER, runner)
        change_consent(runner.athlete, club, {"health": False}, NOW)
    for model in (Invitation, ApiKey, Consent, ConsentChange):
        with django_assert_num_queries(4):  # session, viewer, COUNT, rows
            assert root.get(admin_url(model, "changelist")).context["cl"].result_count == rows


def test_membership_title_names_user_organization_and_role(cast: Cast, root: Client):
    carl = cast.carl.memberships.get()
    for path in (admin_url(Membership, "change", carl.pk), admin_url(User, "change", cast.carl.pk)):
        assert "Carl in Harbour Runners, coach" in root.get(path).content.decode()
