"""A forgotten password: a link by e-mail, which works once, for an hour, and ends everything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from athletes.accounts.email_links.verified_addresses import is_address_verified
from athletes.models import SignInCounter, User
from tests.support.cast import NOON, PASSWORD, ApiClient, Cast
from tests.support.compare_pages import remove_form_token
from tests.support.email_jobs import read_link, send_queued_emails

NEW_PASSWORD = "a longer way to run"
INVALID = "This link is wrong, used or expired."


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(cast: Cast) -> User:
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    return cast.ada


def ask_for_link(email: str, client: Client | None = None) -> Any:
    return (client or Client()).post("/forgot-password", {"email": email})


def receive_code(email: str) -> str:
    ask_for_link(email)
    [message] = send_queued_emails()
    assert message.to == [email]
    return read_link(message)[1]


def choose_password(code: str, password: str = NEW_PASSWORD, client: Client | None = None) -> Any:
    return (client or Client()).post("/new-password", {"token": code, "password": password})


def sign_in(password: str, client: Client | None = None) -> bool:
    form = {"email": "ada@example.test", "password": password}
    return bool((client or Client()).post("/sign-in", form).status_code == 302)


def test_sign_in_page_links_to_the_page(db: None):
    assert 'href="/forgot-password"' in Client().get("/sign-in").content.decode()
    assert Client().get("/forgot-password").status_code == 200


def test_owner_chooses_a_new_password_with_the_link(ada: User):
    ask_for_link(" ADA@example.test ")
    [message] = send_queued_emails()
    page, code = read_link(message)
    assert (message.to, page) == ([ada.email], "http://testserver/new-password")
    assert choose_password(code).headers["Location"] == "/sign-in"
    assert sign_in(NEW_PASSWORD)
    assert not sign_in(PASSWORD)
    assert is_address_verified(ada)


def test_new_password_ends_sessions_and_tokens_and_tells_the_owner(ada: User):
    phone, browser = ApiClient(ada), Client()
    assert sign_in(PASSWORD, browser)
    code = receive_code(ada.email)
    assert choose_password(code).status_code == 302
    assert browser.get("/settings").status_code == 302
    assert phone.get("/api/v1/auth/me").status_code == 401
    [message] = send_queued_emails()
    assert (message.subject, message.to) == ("Your password was changed", [ada.email])


def test_link_works_once(ada: User):
    code = receive_code(ada.email)
    assert choose_password(code).status_code == 302
    assert INVALID in choose_password(code, "another long password").content.decode()
    assert sign_in(NEW_PASSWORD)


def test_link_expires_after_an_hour(ada: User, clock: Any):
    code = receive_code(ada.email)
    clock.shift(timedelta(minutes=61))
    assert INVALID in choose_password(code).content.decode()
    assert sign_in(PASSWORD)


@pytest.mark.parametrize("change", ["email", "is_active", "sign-in"])
def test_link_ends_when_the_account_changes(ada: User, clock: Any, change: str):
    code = receive_code(ada.email)
    clock.shift(timedelta(minutes=1))
    if change == "sign-in":
        assert sign_in(PASSWORD)
    else:
        User.objects.filter(pk=ada.pk).update(**{change: {"email": "x@example.test"}.get(change, False)})
    assert INVALID in choose_password(code).content.decode()


@pytest.mark.parametrize("code", ["x", "usr_1.x", "{other}", "{own}x"])
def test_wrong_link_is_refused_beside_its_field(ada: User, cast: Cast, code: str):
    secret = receive_code(ada.email)
    sent = code.format(other=f"{cast.ben.public_id}.{secret.partition('.')[2]}", own=secret)
    page = choose_password(sent).content.decode()
    assert re.findall(r'id="error-(\w+)"', page) == ["token"]


def test_weak_password_is_refused_and_the_link_still_works(ada: User):
    code = receive_code(ada.email)
    page = choose_password(code, "short").content.decode()
    assert re.findall(r'id="error-(\w+)"', page) == ["password"]
    assert choose_password(code).status_code == 302


def test_answer_and_work_do_not_reveal_whether_the_address_has_an_account(ada: User):
    pages, statements = [], []
    for number, email in enumerate((ada.email, "eva@example.test", ada.email)):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = ask_for_link(email, client)
        pages.append(remove_form_token(answer.content).decode().replace(email, ""))
        statements.append([re.sub(r"'[^']*'|\d+", "…", query["sql"]) for query in queries])
    assert pages[0] == pages[1]
    assert statements[0] == statements[1]
    assert len(send_queued_emails()) == 2


def test_inactive_account_gets_no_email(ada: User):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    ask_for_link(ada.email)
    assert send_queued_emails() == []


@pytest.mark.parametrize("email", ["ada@example.test", "eva@example.test"])
def test_links_for_one_address_are_limited(ada: User, clock: Any, settings: Any, email: str):
    settings.ACCOUNT_EMAILS_PER_HOUR = 2
    pages = [ask_for_link(email, Client(REMOTE_ADDR=f"192.0.2.{number}")) for number in range(3)]
    assert ["a link is on its way" in page.content.decode() for page in pages] == [True, True, False]
    assert "Look in your inbox" in pages[2].content.decode()
    clock.shift(timedelta(hours=1))
    assert "a link is on its way" in ask_for_link(email).content.decode()


def test_links_from_one_network_are_limited(ada: User, settings: Any):
    settings.ACCOUNT_EMAILS_PER_HOUR = 1
    pages = [ask_for_link(f"runner{number}@example.test").content.decode() for number in range(11)]
    assert ["a link is on its way" in page for page in pages] == [True] * 10 + [False]


def test_browser_is_known_after_the_new_password(ada: User):
    browser = Client()
    choose_password(receive_code(ada.email), client=browser)
    assert "device" in browser.cookies
    assert SignInCounter.objects.filter(account=ada.email, known_until__gt=NOON).count() == 2


def test_server_without_email_says_whom_to_ask(ada: User, settings: Any):
    settings.SENDS_EMAIL = False
    page = Client().get("/forgot-password").content.decode()
    assert "Ask the people who run this server" in page
    assert '<input type="email"' not in page
    ask_for_link(ada.email)
    assert send_queued_emails() == mail.outbox == []
