"""Limits on what one account or club may make are counted one call after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection

from astral.http.errors import ApiError
from astral.ids import new_id
from athletes.models import Invitation, Membership, Organization
from athletes.organizations import invitations
from athletes.organizations.invitations import (
    InvitationOffer,
    create_invitation,
    invite_by_email,
    resend_invitation,
)
from athletes.organizations.membership import MAX_LED_ORGANIZATIONS, create_organization
from athletes.roles import Role
from tests.support.cast import create_member, create_person

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
CALLS = 6


def call_at_once(act: Callable[[], Any], code: str = "TOO_MANY") -> int:
    """Make `CALLS` calls in threads of their own; returns how many were not refused with `code`."""
    start, done, refusals = threading.Barrier(CALLS), [], []

    def call() -> None:
        try:
            start.wait()
            act()
            done.append(True)
        except ApiError as refusal:
            refusals.append(refusal.details["code"])
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(CALLS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(refusals) == {code}
    return len(done)


@pytest.mark.django_db(transaction=True)
def test_club_that_is_founded_many_times_at_once_is_there_once():
    founder = create_person("otto")
    assert call_at_once(lambda: create_organization(founder, "Lakeside"), "NAME_TAKEN") == 1
    assert Organization.objects.get().name == "Lakeside"


@pytest.mark.django_db(transaction=True)
def test_somebody_who_founds_clubs_at_once_leads_no_more_than_the_limit():
    founder = create_person("otto")
    for number in range(MAX_LED_ORGANIZATIONS - 2):
        create_member(founder, Organization.objects.create(name=f"Club {number}"), Role.HEAD_COACH)
    assert call_at_once(lambda: create_organization(founder, f"One more, {new_id()}")) == 2
    assert Membership.objects.filter(user=founder).count() == MAX_LED_ORGANIZATIONS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [False, True])
def test_no_row_is_locked_while_the_mail_server_answers(monkeypatch: pytest.MonkeyPatch, again: bool):
    in_transaction = []
    monkeypatch.setattr(EmailMessage, "send", lambda mail: in_transaction.append(connection.in_atomic_block))
    founder, now = create_person("otto"), datetime.now(UTC)
    club = create_organization(founder, "Harbour")
    offer = InvitationOffer(Role.ATHLETE, now + timedelta(days=1), email="guest@example.test")
    invitation = invite_by_email(club, offer, founder, now, join_page="")
    if again:
        resend_invitation(invitation, founder, now, join_page="")
    assert in_transaction == [False] * (1 + again)


@pytest.mark.django_db(transaction=True)
def test_invitations_made_at_once_are_no_more_than_the_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(invitations, "MAX_INVITATIONS_PER_DAY", 2)
    founder, offer = create_person("otto"), InvitationOffer(Role.ATHLETE, NOW.replace(year=2027))
    club = create_organization(founder, "Harbour")
    now = datetime.now(UTC)
    assert call_at_once(lambda: create_invitation(club, offer, founder, now)) == 2
    assert Invitation.objects.count() == 2
