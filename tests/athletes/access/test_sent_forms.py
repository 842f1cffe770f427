"""A form that is sent twice is saved once: a double tap, a reload, ten requests at once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from athletes.access.sent_forms import delete_old_sent_forms
from athletes.models import ApiKey, Invitation, SentForm, User
from coaching.models import Race
from tests.support.cast import NOON, Cast

TOKEN_PATTERN = re.compile(r'name="form_token" value="(\w{64})"')
RACE = {"race_name": "Harbour 10", "race_date": "2027-05-01", "over": "10000", "priority": "A"}


def browser(user: User | None = None) -> Client:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def read_token(client: Client, address: str) -> str:
    """The one-time token of the first form of a page."""
    found = TOKEN_PATTERN.search(client.get(address).content.decode())
    assert found
    return found[1]


def races_address(user: User) -> str:
    return reverse("races-page", args=[user.public_id])


def test_every_drawing_of_a_form_has_a_new_token(cast: Cast):
    client = browser(cast.ada)
    assert read_token(client, races_address(cast.ada)) != read_token(client, races_address(cast.ada))


def test_form_sent_twice_makes_one_row_and_leads_to_the_same_page(cast: Cast):
    client, address = browser(cast.ada), races_address(cast.ada)
    fields = RACE | {"form_token": read_token(client, address)}
    answers = [client.post(address, fields) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [address, address]
    assert Race.objects.count() == 1
    assert "It was saved once." in client.get(address).content.decode()


def test_refused_form_can_be_sent_again_with_its_token(cast: Cast):
    client, address = browser(cast.ada), reverse("groups-page")
    client = browser(cast.hanna)
    token = read_token(client, address)
    client.post(address, {"name": "Track", "form_token": read_token(client, address)})
    assert (
        client.post(address, {"name": "track", "form_token": token}).status_code == 200
    )  # the name is taken
    assert client.post(address, {"name": "Marathon", "form_token": token}).status_code == 302
    assert SentForm.objects.count() == cast.harbour.groups.count() == 2


def test_token_of_another_person_does_not_stop_a_form(cast: Cast):
    fields = RACE | {"form_token": "a" * 64}
    for user in (cast.ada, cast.ben):
        assert browser(user).post(races_address(user), fields).status_code == 302
    assert Race.objects.count() == 2


def test_form_without_a_token_is_saved_each_time(cast: Cast):
    for _ in range(2):
        browser(cast.ada).post(races_address(cast.ada), RACE)
    assert (Race.objects.count(), SentForm.objects.count()) == (2, 0)


@pytest.mark.parametrize(
    ("page", "fields", "model", "pattern"),
    [
        ("club-link-page", {"role": "athlete", "max_uses": "3"}, Invitation, r"/join#([\w-]{43})<"),
        ("club-key-page", {"name": "dashboard", "scope": "read"}, ApiKey, r"(astral_live_[\w-]{43})<"),
    ],
)
def test_repeated_form_shows_the_same_secret_again(
    cast: Cast, page: str, fields: dict[str, str], model: Any, pattern: str
):
    client, sent = browser(cast.hanna), fields | {"form_token": "b" * 64}
    shown = [re.findall(pattern, client.post(reverse(page), sent).content.decode()) for _ in range(2)]
    assert len(shown[0]) == 1
    assert shown[0] == shown[1]
    assert model.objects.count() == 1
    SentForm.objects.all().delete()  # as the nightly job does, long after
    assert re.findall(pattern, client.post(reverse(page), sent).content.decode()) == shown[0]
    assert model.objects.count() == 1


def test_repeated_e_mail_invitation_is_sent_once(cast: Cast):
    client = browser(cast.hanna)
    sent = {"email": "new@example.test", "role": "athlete", "form_token": "c" * 64}
    for _ in range(2):
        assert client.post(reverse("club-mail-page"), sent).status_code == 302
    assert (Invitation.objects.count(), len(mail.outbox)) == (1, 1)


def test_e_mail_invitation_that_was_not_sent_can_be_sent_again(cast: Cast, settings: Any):
    sent = {"email": "new@example.test", "role": "athlete", "form_token": "d" * 64}
    settings.SENDS_EMAIL = False
    assert "sends no e-mail" in browser(cast.hanna).post(reverse("club-mail-page"), sent).content.decode()
    settings.SENDS_EMAIL = True
    assert browser(cast.hanna).post(reverse("club-mail-page"), sent).status_code == 302
    assert len(mail.outbox) == 1


def test_new_account_is_signed_in_also_by_the_second_sending(cast: Cast):
    link = browser(cast.hanna).post(reverse("club-link-page"), {"role": "athlete", "max_uses": "3"})
    found = re.search(r"/join#([\w-]{43})<", link.content.decode())
    assert found
    fields = {
        "token": found[1],
        "email": "new@example.test",
        "password": "seven wet horses",
        "display_name": "Nell",
        "form_token": "e" * 64,
    }
    clients = [browser(), browser()]
    assert [client.post("/join", fields).status_code for client in clients] == [302, 302]
    assert [client.get("/settings").status_code for client in clients] == [200, 200]
    assert Invitation.objects.get().uses == 1


def test_sent_forms_are_deleted_after_a_day(cast: Cast):
    SentForm.objects.create(digest="x", sent_at=NOON)
    delete_old_sent_forms(NOON + timedelta(days=1))
    assert SentForm.objects.exists()
    delete_old_sent_forms(NOON + timedelta(days=1, seconds=1))
    assert not SentForm.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one_row(cast: Cast):
    clients, address = [browser(cast.ada) for _ in range(10)], races_address(cast.ada)

    def send(client: Client) -> str:
        try:
            return client.post(address, RACE | {"form_token": "f" * 64}).headers["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        assert set(threads.map(send, clients)) == {address}
    assert Race.objects.count() == 1
