"""Guesses from many addresses are limited per account, and right passwords of others pass."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from athletes.accounts.sign_in_alerts import send_sign_in_alerts
from athletes.accounts.sign_in_counters import count_free_failures, delete_expired_counters
from athletes.models import SignInCounter, User
from tests.support.cast import NOON, PASSWORD, ApiClient, Cast, create_person
from tests.support.error_shape import assert_error

LOGIN, EMAIL, NOBODY = "/api/v1/auth/login", "ada@example.test", "nobody@example.test"
HOME, CLUB = "192.0.2.1", "192.0.2.2"  # where Ada signed in; a network with a noisy neighbour


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(cast: Cast) -> User:
    return give_password(cast.ada)


def give_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(email: str, password: str = "a guess", address: str = HOME) -> Any:
    account = {"email": email, "password": password}
    return Client(REMOTE_ADDR=address).post(LOGIN, account, content_type="application/json")


def open_page(browser: Client, email: str, password: str = PASSWORD) -> int:
    return browser.post("/sign-in", {"email": email, "password": password}).status_code


def attack(email: str, addresses: int = 3, guesses: int = 6) -> list[Any]:
    return [
        sign_in(email, address=f"198.51.100.{number}") for number in range(addresses) for _ in range(guesses)
    ]


def make_noise(address: str, monkeypatch: pytest.MonkeyPatch, failures: int = 30) -> None:
    """Failures at one account after the other, as of somebody who tries one password at each."""
    monkeypatch.setattr(User, "set_password", lambda user, password: None)  # what an unknown account costs
    for number in range(failures):
        assert sign_in(f"runner{number}@example.test", address=address).status_code == 401


@pytest.mark.parametrize("email", [EMAIL, NOBODY])
def test_guesses_from_many_addresses_add_up(ada: User, email: str):
    statuses = [answer.status_code for answer in attack(email, 25, 2)]
    assert SignInCounter.objects.get(account=email).failures == 15
    assert statuses == [401] * 15 + [429] * 35


@pytest.mark.parametrize("email", [EMAIL, NOBODY])
def test_patient_guesses_are_at_most_twenty_in_an_hour(ada: User, email: str, clock: Any):
    taken, waits = [], []
    for number in range(22):
        while (answer := sign_in(email, address=f"198.51.100.{number}")).status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            clock.shift(waits[-1] - 1)
            assert sign_in(email, address="203.0.113.9").headers["Retry-After"] == "1"
            clock.shift(1)
        taken.append(NOON.now(NOON.tzinfo))
    assert waits == [60 * minutes for minutes in (1, 2, 4, 8, 16, 32, 60)]
    assert max(sum(time <= other < time + timedelta(hours=1) for other in taken) for time in taken) == 20


def test_refusal_is_the_same_for_known_and_unknown_accounts(ada: User):
    known, unknown = attack(EMAIL)[-1], attack(NOBODY)[-1]
    assert_error(known, 429, "TOO_MANY_ATTEMPTS")
    assert known.content == unknown.content
    assert known.headers["Retry-After"] == unknown.headers["Retry-After"] == "60"


def test_refused_attempt_computes_no_hash(ada: User, monkeypatch: pytest.MonkeyPatch):
    attack(EMAIL)
    monkeypatch.setattr(User, "check_password", None)
    assert sign_in(EMAIL, PASSWORD, "203.0.113.9").status_code == 429


def test_attempt_makes_a_fixed_number_of_statements(ada: User):
    for email in (EMAIL, NOBODY):
        attack(email, 2, 2)
        with CaptureQueriesContext(connection) as failure:
            sign_in(email)
        # The known device; failures of account and address; failures of the address; SAVEPOINT, the account's
        # counter, its failure, RELEASE; the user. django-axes: old attempts; two SAVEPOINTs, attempt, new
        # attempt, two RELEASEs; failures.
        assert len(failure) == 16


def test_known_browser_signs_in_during_an_attack(ada: User):
    browser = Client(REMOTE_ADDR=HOME)
    assert open_page(browser, EMAIL) == 302
    browser.post("/sign-out")
    attack(EMAIL)
    assert sign_in(EMAIL, PASSWORD, "203.0.113.9").status_code == 429
    browser.defaults["REMOTE_ADDR"] = "203.0.113.9"  # a browser is known wherever it is
    assert open_page(browser, EMAIL, "a typing error") == 200
    assert open_page(browser, EMAIL) == 302


def test_cookie_of_a_known_browser(ada: User, settings: Any):
    browser = Client()
    open_page(browser, EMAIL, "a typing error")
    assert "device" not in browser.cookies
    open_page(browser, EMAIL)
    cookie = browser.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 90 * 86_400)
    assert not cookie["secure"]
    settings.SESSION_COOKIE_SECURE = True  # as in production
    open_page(browser, EMAIL)
    assert browser.cookies["device"]["secure"]
    assert "device" not in sign_in(EMAIL, PASSWORD).cookies


def test_browser_is_known_for_its_own_accounts_only(ada: User, cast: Cast):
    give_password(cast.ben)
    browser = Client(REMOTE_ADDR=HOME)
    open_page(browser, EMAIL)
    attack(cast.ben.email)
    assert open_page(browser, cast.ben.email) == 429


def test_staff_are_known_after_a_sign_in_to_the_admin(cast: Cast):
    staff, browser = give_password(cast.stella), Client(REMOTE_ADDR=HOME)
    form = {"username": staff.email, "password": PASSWORD}
    assert browser.post("/admin/login/", form).status_code == 302
    attack(staff.email)
    browser.defaults["REMOTE_ADDR"] = CLUB
    assert Client(REMOTE_ADDR=CLUB).post("/admin/login/", form).status_code == 429
    assert browser.post("/admin/login/", form).status_code == 302


def test_forged_cookie_is_no_known_browser(ada: User):
    browser, other = Client(REMOTE_ADDR=HOME), Client(REMOTE_ADDR=CLUB)
    open_page(browser, EMAIL)
    attack(EMAIL)
    other.cookies["device"] = browser.cookies["device"].value.replace(":", "x:", 1)
    assert open_page(other, EMAIL) == 429


def test_known_browser_has_attempts_of_its_own(ada: User, settings: Any, clock: Any):
    settings.AXES_FAILURE_LIMIT = 3
    browser = Client(REMOTE_ADDR=HOME)
    open_page(browser, EMAIL)
    assert [open_page(browser, EMAIL, "a guess") for _ in range(4)] == [200, 200, 429, 429]
    assert open_page(browser, EMAIL) == 429
    clock.shift(settings.AXES_COOLOFF_TIME)
    assert open_page(browser, EMAIL) == 302
    assert [open_page(browser, EMAIL, "a guess") for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(("days", "status"), [(29, 200), (31, 429)])
def test_address_of_a_sign_in_is_known_for_a_month(ada: User, clock: Any, days: int, status: int):
    assert sign_in(EMAIL, PASSWORD).status_code == 200
    clock.shift(timedelta(days=days))
    attack(EMAIL)
    assert sign_in(EMAIL, PASSWORD).status_code == status


def test_addresses_are_stored_as_hashes(ada: User):
    sign_in(EMAIL, PASSWORD)
    assert HOME not in str(SignInCounter.objects.values())


def test_right_password_of_a_new_device_gives_its_attempt_back(ada: User):
    for number in range(count_free_failures() - 1):
        sign_in(EMAIL, address=f"198.51.100.{number}")
    assert sign_in(EMAIL, PASSWORD, "203.0.113.1").status_code == 200
    assert sign_in(EMAIL, PASSWORD, "203.0.113.2").status_code == 200
    assert sign_in(EMAIL, "a guess", "203.0.113.3").status_code == 401
    assert sign_in(EMAIL, PASSWORD, "203.0.113.4").status_code == 429


def test_signed_in_person_confirms_the_password_during_an_attack(ada: User):
    attack(EMAIL)
    api = ApiClient(ada)
    answer = api.send_json("delete", f"/api/v1/athletes/{ada.public_id}", {"password": PASSWORD})
    assert answer.status_code == 204


def test_right_passwords_pass_from_a_noisy_address(ada: User, settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.LOGIN_ATTEMPTS_PER_ADDRESS = 30
    make_noise(CLUB, monkeypatch)
    assert sign_in(EMAIL, PASSWORD, CLUB).status_code == 200


def test_one_account_that_fails_again_and_again_makes_no_noise(ada: User):
    statuses = [sign_in("script@example.test", address=CLUB).status_code for _ in range(30)]
    assert statuses.count(401) < settings.AXES_FAILURE_LIMIT
    assert sign_in(EMAIL, PASSWORD, CLUB).status_code == 200


def test_noisy_address_stays_limited(ada: User, settings: Any, monkeypatch: pytest.MonkeyPatch, clock: Any):
    settings.LOGIN_ATTEMPTS_PER_ADDRESS = 30  # one turn each 30 seconds
    sign_in(EMAIL, PASSWORD, CLUB)
    make_noise(CLUB, monkeypatch)
    assert sign_in("fresh1@example.test", address=CLUB).status_code == 401
    refused = sign_in("fresh2@example.test", address=CLUB)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert sign_in(EMAIL, PASSWORD, CLUB).status_code == 200  # known here
    clock.shift(30)
    refused = sign_in("fresh1@example.test", address=CLUB)  # has failed and waits a minute
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert sign_in("fresh2@example.test", address=CLUB).status_code == 401
    assert sign_in("fresh1@example.test", address=HOME).status_code == 401  # a quiet address


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_no_more_than_the_limit():
    give_password(create_person("ada"))
    start, statuses = threading.Barrier(60), []

    def guess(number: int) -> None:
        try:
            start.wait()
            statuses.append(sign_in(EMAIL, address=f"198.51.100.{number}").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [401] * count_free_failures() + [429] * (60 - count_free_failures())


def test_owner_is_told_once_a_day(ada: User, clock: Any):
    for day in range(2):
        attack(EMAIL)
        attack(NOBODY)
        assert len(mail.outbox) == day  # the sign-in itself sends nothing
        for _ in range(2):
            send_sign_in_alerts(NOON.now(NOON.tzinfo))
        assert len(mail.outbox) == day + 1
        clock.shift(timedelta(hours=2))
        attack(EMAIL)
        send_sign_in_alerts(NOON.now(NOON.tzinfo))
        assert len(mail.outbox) == day + 1
        clock.shift(timedelta(hours=22))
    message = mail.outbox[0]
    assert message.to == [EMAIL]
    assert "15 times, last on 10 Jun 2026, 14:00 (Europe/Madrid)" in message.body
    assert "a guess" not in message.body


def test_a_few_failures_are_no_alert(ada: User):
    attack(EMAIL, 1)
    send_sign_in_alerts(NOON)
    assert mail.outbox == []


def test_alert_that_could_not_be_sent_is_sent_later(ada: User, settings: Any):
    attack(EMAIL)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    send_sign_in_alerts(NOON)
    settings.EMAIL_BACKEND, settings.SENDS_EMAIL = backend, False
    send_sign_in_alerts(NOON)
    assert mail.outbox == []
    settings.SENDS_EMAIL = True
    send_sign_in_alerts(NOON)
    assert len(mail.outbox) == 1


def test_expired_counters_are_deleted(ada: User):
    sign_in(EMAIL, PASSWORD)
    attack(EMAIL, 1)
    delete_expired_counters(NOON + timedelta(hours=23))
    assert SignInCounter.objects.count() == 2
    delete_expired_counters(NOON + timedelta(days=2))
    assert SignInCounter.objects.get().known_until == NOON + timedelta(days=30)
    delete_expired_counters(NOON + timedelta(days=31))
    assert not SignInCounter.objects.exists()
