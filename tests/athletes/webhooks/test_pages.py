"""The pages of webhooks work with plain forms: add, switch off and on, test, send again, delete."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from athletes.events.kinds import EventKind
from athletes.events.outbox import record_event
from athletes.models import SentForm, User, Webhook, WebhookDelivery
from athletes.webhooks.forms import EVENT_LABELS
from athletes.webhooks.signatures import has_secret
from tests.athletes.webhooks.webhook_fixtures import URL, add_webhook
from tests.support.cast import Cast

SECRET = re.compile(r'class="secret">(whsec_[\w+/]{43}=)<')
FORM = {"url": URL, "activity_created": "on", "member_left": "on"}


def open_browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get_page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    html: str = answer.content.decode()
    assert "<script>" not in html
    assert "style=" not in html
    return html


def detail_address(webhook: Webhook) -> str:
    name = "club-webhook-page" if webhook.organization_id else "webhook-page"
    return reverse(name, args=[webhook.public_id])


def act(client: Client, webhook: Webhook, do: str, **fields: str) -> Any:
    return client.post(detail_address(webhook), {"do": do, **fields}, follow=True)


def test_every_event_has_a_box():
    assert EVENT_LABELS.keys() == set(EventKind)


@pytest.mark.parametrize(("person", "page"), [("ada", "webhooks-page"), ("hanna", "club-webhooks-page")])
def test_a_webhook_is_added_and_its_secret_shown_once(cast: Cast, person: str, page: str):
    client = open_browser(getattr(cast, person))
    assert "There are no webhooks." in get_page(client, reverse(page))
    [secret] = SECRET.findall(client.post(reverse(page), FORM).content.decode())
    webhook = Webhook.objects.get()
    assert has_secret(webhook, secret)
    assert webhook.events == ["activity.created", "member.left"]
    assert (webhook.organization == cast.harbour) == (person == "hanna")
    html = get_page(client, reverse(page))
    assert URL in html
    assert SECRET.findall(html) == []
    assert URL in get_page(client, detail_address(webhook))


def test_a_form_that_is_sent_twice_shows_the_same_secret(cast: Cast):
    client, sent = open_browser(cast.ada), FORM | {"form_token": "b" * 64}
    shown = [SECRET.findall(client.post(reverse("webhooks-page"), sent).content.decode()) for _ in range(2)]
    SentForm.objects.all().delete()  # as the nightly job does, long after
    shown.append(SECRET.findall(client.post(reverse("webhooks-page"), sent).content.decode()))
    assert shown == [shown[0]] * 3
    assert Webhook.objects.count() == 1


def test_a_new_secret_is_the_same_for_a_form_that_is_sent_twice(cast: Cast):
    client, (webhook, old) = open_browser(cast.ada), add_webhook(cast.ada)
    sent = {"do": "rotate", "form_token": "c" * 64}
    shown = [SECRET.findall(client.post(detail_address(webhook), sent).content.decode()) for _ in range(2)]
    assert shown[0] == shown[1]
    stored = Webhook.objects.get()
    assert has_secret(stored, shown[0][0])
    assert not has_secret(stored, old)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"url": URL}, "Tick at least one event."),
        ({"url": "http://example.org/", "import_done": "on"}, "begins with https://"),
        ({"url": "https://192.168.0.1/", "import_done": "on"}, "Use an address of the public internet."),
        ({"import_done": "on"}, "This field is required."),
    ],
)
def test_a_wrong_form_is_shown_again(cast: Cast, fields: dict[str, str], text: str):
    html = open_browser(cast.ada).post(reverse("webhooks-page"), fields).content.decode()
    assert text in html
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("is_of_club", [True, False])
def test_a_webhook_is_switched_off_and_on_and_deleted(cast: Cast, is_of_club: bool):
    person = cast.hanna if is_of_club else cast.ada
    webhook, _ = add_webhook(person, cast.harbour if is_of_club else None)
    client = open_browser(person)
    assert b"Webhook switched off." in act(client, webhook, "disable").content
    assert "Nothing is sent since" in get_page(client, detail_address(webhook))
    assert b"Webhook switched on." in act(client, webhook, "enable").content
    assert b"Webhook deleted." in act(client, webhook, "delete").content
    assert not Webhook.objects.exists()


def test_a_test_message_is_queued_and_sent_again(cast: Cast):
    client, (webhook, _) = open_browser(cast.ada), add_webhook(cast.ada)
    assert b"Test message queued." in act(client, webhook, "test").content
    delivery = WebhookDelivery.objects.get()
    still_waiting = act(client, webhook, "resend", delivery_id=delivery.public_id).content
    assert b"waits for its next try already" in still_waiting
    WebhookDelivery.objects.update(status="parked", next_try_at=None, response_code=500)
    html = get_page(client, detail_address(webhook))
    assert "Parked" in html
    assert "500" in html
    assert (
        b"The message is sent again."
        in act(client, webhook, "resend", delivery_id=delivery.public_id).content
    )
    act(client, webhook, "disable")
    assert b"This webhook is switched off." in act(client, webhook, "test").content


def test_foreign_webhooks_and_messages_are_refused(cast: Cast):
    foreign, _ = add_webhook(cast.ben)
    own, _ = add_webhook(cast.ada)
    record_event(EventKind.ACTIVITY_CREATED, cast.ben.pk, uuid4())
    delivery, client = WebhookDelivery.objects.get(), open_browser(cast.ada)
    assert client.get(detail_address(foreign)).status_code == 403
    assert act(client, foreign, "delete").status_code == 403
    assert act(client, own, "resend", delivery_id=delivery.public_id).status_code == 403
    assert act(client, own, "resend").status_code == 403
    assert open_browser(cast.carl).get(reverse("club-webhooks-page")).status_code == 403


def test_messages_have_pages(cast: Cast):
    webhook, _ = add_webhook(cast.ada)
    for _ in range(51):
        record_event(EventKind.ACTIVITY_CREATED, cast.ada.pk, uuid4())
    client, address = open_browser(cast.ada), detail_address(webhook)
    assert "1–50 of 51" in get_page(client, address)
    assert "51–51 of 51" in get_page(client, f"{address}?page=2")


def test_the_clubs_page_and_the_settings_lead_to_the_webhooks(cast: Cast):
    assert reverse("club-webhooks-page") in get_page(open_browser(cast.hanna), reverse("club-page"))
    assert reverse("webhooks-page") in get_page(open_browser(cast.ada), reverse("settings-page"))
