"""The e-mail address of an account: verified and changed with a link that is sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.accounts.email_links.verified_addresses import is_address_verified
from athletes.models import SignInCounter, User
from athletes.organizations.invitations import InvitationOffer, create_invitation
from tests.support.cast import NOON, PASSWORD, Cast
from tests.support.email_jobs import read_link, send_queued_emails

NEW = "ada@new.example.test"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(cast: Cast) -> User:
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    return cast.ada


@pytest.fixture
def browser(ada: User) -> Client:
    client = Client()
    assert client.post("/sign-in", {"email": ada.email, "password": PASSWORD}).status_code == 302
    return client


def ask_for_link(browser: Client, email: str, password: str = PASSWORD) -> Any:
    return browser.post("/settings/email", {"email": email, "password": password})


def open_link(code: str) -> str:
    return str(Client().post("/confirm-address", {"token": code}, follow=True).content.decode())


def test_address_changes_when_its_link_is_opened(ada: User, browser: Client):
    assert ask_for_link(browser, NEW.upper()).status_code == 302
    link, notice = sorted(send_queued_emails(), key=lambda message: message.subject)
    assert (link.to, notice.to) == ([NEW], ["ada@example.test"])
    assert "about to change" in notice.subject
    assert browser.get("/settings/email").content.decode().count("ada@example.test") > 0
    open_link(read_link(link)[1])
    ada.refresh_from_db()
    assert ada.email == NEW
    assert is_address_verified(ada)
    assert browser.get("/settings/email").status_code == 200  # the session goes on
    assert Client().post("/sign-in", {"email": NEW, "password": PASSWORD}).status_code == 302
    assert SignInCounter.objects.filter(account=NEW, known_until__gt=NOON).exists()  # devices stay known


def test_address_is_verified_with_the_same_form(ada: User, browser: Client):
    assert "not verified" in browser.get("/settings/email").content.decode()
    ask_for_link(browser, ada.email)
    [message] = send_queued_emails()
    open_link(read_link(message)[1])
    assert "not verified" not in browser.get("/settings/email").content.decode()
    assert "This is your e-mail address already." in ask_for_link(browser, ada.email).content.decode()


def test_link_for_an_address_works_once_and_for_a_day(ada: User, browser: Client, clock: Any):
    ask_for_link(browser, NEW)
    code = read_link(send_queued_emails()[0])[1]
    clock.shift(timedelta(hours=25))
    assert "This link is wrong, used or expired." in open_link(code)
    clock.shift(timedelta(hours=-25))
    open_link(code)
    assert "This link is wrong, used or expired." in open_link(code)


@pytest.mark.parametrize("reason", ["a later request", "a new password", "a wrong code"])
def test_link_for_an_address_ends(ada: User, browser: Client, reason: str):
    ask_for_link(browser, NEW)
    code = read_link(send_queued_emails()[0])[1]
    if reason == "a later request":
        ask_for_link(browser, "ada@third.example.test")
    elif reason == "a new password":
        ada.set_password("a longer way to run")
        ada.save()
    assert "This link is wrong, used or expired." in open_link(
        code[:-1] if reason == "a wrong code" else code
    )
    assert User.objects.get(pk=ada.pk).email == "ada@example.test"


def test_address_of_another_account_is_not_revealed(ada: User, browser: Client, cast: Cast):
    answer = ask_for_link(browser, cast.ben.email)
    assert answer.headers["Location"] == "/settings/email"
    message, _ = send_queued_emails()
    assert (message.subject, message.to) == ("Your e-mail address has an account", [cast.ben.email])


def test_address_that_somebody_else_got_meanwhile_is_refused(ada: User, browser: Client, cast: Cast):
    ask_for_link(browser, NEW)
    code = read_link(send_queued_emails()[0])[1]
    User.objects.filter(pk=cast.ben.pk).update(email=NEW)
    assert "This link is wrong, used or expired." in open_link(code)


def test_change_needs_the_password(browser: Client):
    page = ask_for_link(browser, NEW, "wrong").content.decode()
    assert 'id="error-password"' in page
    assert send_queued_emails() == []


def test_invitation_by_email_verifies_the_address(cast: Cast):
    offer = InvitationOffer("athlete", NOON + timedelta(days=1), email=cast.otto.email)
    token = create_invitation(cast.harbour, offer, cast.hanna, NOON)[1]
    client = Client()
    client.force_login(cast.otto)
    client.post("/join", {"token": token})
    assert is_address_verified(cast.otto)
    assert not is_address_verified(cast.ada)


def test_settings_without_email_say_whom_to_ask(browser: Client, settings: Any):
    settings.SENDS_EMAIL = False
    assert "Ask the people who run it" in browser.get("/settings/email").content.decode()
    assert "This server sends no e-mail" in ask_for_link(browser, NEW).content.decode()
