"""The calls about webhooks: secrets shown once, limits, deliveries, resends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from athletes.events.kinds import EventKind
from athletes.events.outbox import record_event
from athletes.models import Webhook, WebhookDelivery
from tests.athletes.organizations.organization_requests import org_url
from tests.athletes.webhooks.webhook_fixtures import URL, add_webhook, list_waiting_jobs
from tests.support.cast import NOON, ApiClient, Cast
from tests.support.error_shape import assert_error

OWN = "/api/v1/webhooks"
BODY = {"url": URL, "events": ["activity.created", "activity.deleted"]}
FIELDS = {
    "webhook_id", "url", "events", "is_enabled", "disabled_reason", "disabled_at", "created_at", "created_by",
    "previous_secret_until",
}  # fmt: skip


def create_over_api(client: ApiClient, path: str = OWN, **changes: Any) -> dict[str, Any]:
    answer = client.send_json("post", path, BODY | changes)
    assert answer.status_code == 201, answer.content
    created: dict[str, Any] = answer.json()["data"]
    return created


def test_a_head_coach_creates_lists_changes_and_deletes_a_webhook(cast: Cast):
    hanna, path = ApiClient(cast.hanna), org_url(cast.harbour, "webhooks")
    created = create_over_api(hanna, path)
    assert created["secret"].startswith("whsec_")
    assert created.keys() - {"secret"} == FIELDS
    one = f"{path}/{created['webhook_id']}"
    shown = {name: value for name, value in created.items() if name != "secret"}
    assert hanna.get(path).json()["data"] == [shown]
    assert hanna.get(one).json()["data"] == shown
    changed = hanna.send_json("patch", one, {"events": ["member.left"], "is_enabled": False}).json()["data"]
    assert (changed["events"], changed["is_enabled"]) == (["member.left"], False)
    assert changed["disabled_reason"] == "paused"
    again = hanna.send_json("patch", one, {"is_enabled": True}).json()["data"]
    assert (again["is_enabled"], again["disabled_reason"], again["disabled_at"]) == (True, None, None)
    assert hanna.delete(one).status_code == 204
    assert not Webhook.objects.exists()


def test_a_person_has_webhooks_of_their_own(cast: Cast):
    created = create_over_api(ApiClient(cast.ada))
    [webhook] = Webhook.objects.all()
    assert (webhook.owner, webhook.organization, webhook.created_by) == (cast.ada, None, cast.ada)
    assert ApiClient(cast.ada).get(OWN).json()["pagination"]["total"] == 1
    for other in (cast.hanna, cast.carl, cast.ben):
        assert ApiClient(other).get(OWN).json()["data"] == []
        assert_error(ApiClient(other).get(f"{OWN}/{created['webhook_id']}"), 403, "PERMISSION_DENIED")


@pytest.mark.parametrize("person", ["carl", "asha", "ada", "zora", "otto"])
def test_only_the_head_coach_reaches_those_of_a_club(cast: Cast, person: str):
    webhook, _ = add_webhook(cast.hanna, cast.harbour)
    client = ApiClient(getattr(cast, person))
    for path in ("webhooks", f"webhooks/{webhook.public_id}", f"webhooks/{webhook.public_id}/deliveries"):
        assert client.get(org_url(cast.harbour, path)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"url": "http://example.org/"}, "SCHEME_REFUSED", "url"),
        ({"url": "https://10.0.0.1/"}, "ADDRESS_REFUSED", "url"),
        ({"url": "https://[::1]/"}, "ADDRESS_REFUSED", "url"),
        ({"url": "https://example.org:22/"}, "PORT_REFUSED", "url"),
        ({"url": "https://me:word@example.org/"}, "CREDENTIALS_REFUSED", "url"),
        ({"url": ""}, "BLANK", "url"),
        ({"events": []}, "EMPTY", "events"),
        ({"events": ["webhook.test"]}, "INVALID_CHOICE", "events.0"),
        ({"events": ["health.changed"]}, "INVALID_CHOICE", "events.0"),
        ({"secret": "whsec_x"}, "UNKNOWN_FIELD", "secret"),
    ],
)
def test_wrong_values_are_refused(cast: Cast, changes: dict[str, Any], code: str, field: str):
    answer = ApiClient(cast.ada).send_json("post", OWN, BODY | changes)
    assert_error(answer, 400, code, field)
    assert not Webhook.objects.exists()


def test_no_host_is_looked_up_when_a_webhook_is_created(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("athletes.webhooks.targets.socket.getaddrinfo", None)
    create_over_api(ApiClient(cast.ada))


def test_the_number_of_webhooks_is_limited(cast: Cast, settings: Any):
    settings.WEBHOOKS_PER_OWNER = 2
    ada = ApiClient(cast.ada)
    webhook_id = [create_over_api(ada)["webhook_id"] for _ in range(2)][0]
    assert_error(ada.send_json("post", OWN, BODY), 409, "TOO_MANY_WEBHOOKS")
    create_over_api(ApiClient(cast.ben))  # everybody has a limit of their own
    ada.delete(f"{OWN}/{webhook_id}")
    create_over_api(ada)


def test_a_new_secret_is_shown_once(cast: Cast):
    ada = ApiClient(cast.ada)
    created = create_over_api(ada)
    one = f"{OWN}/{created['webhook_id']}"
    with time_machine.travel(NOON, tick=False):
        rotated = ada.send_json("post", f"{one}/rotate_secret").json()["data"]
    assert rotated["secret"] != created["secret"]
    assert rotated["previous_secret_until"] == "2026-06-11T12:00:00Z"
    assert "secret" not in ada.get(one).json()["data"]


def test_a_test_message_is_queued(cast: Cast):
    ada = ApiClient(cast.ada)
    one = f"{OWN}/{create_over_api(ada)['webhook_id']}"
    answer = ada.send_json("post", f"{one}/test")
    assert answer.status_code == 202
    delivery = answer.json()["data"]
    assert (delivery["event"], delivery["status"], delivery["subject_id"]) == (
        "webhook.test",
        "waiting",
        None,
    )
    assert len(list(list_waiting_jobs())) == 1
    assert ada.get(f"{one}/deliveries").json()["data"] == [delivery]
    ada.send_json("patch", one, {"is_enabled": False})
    assert_error(ada.send_json("post", f"{one}/test"), 409, "DISABLED")


def test_tests_and_resends_are_limited(cast: Cast):
    ada = ApiClient(cast.ada)
    one = f"{OWN}/{create_over_api(ada)['webhook_id']}"
    statuses = [ada.send_json("post", f"{one}/test").status_code for _ in range(61)]
    assert statuses == [202] * 60 + [429]


def test_deliveries_are_listed_by_status_and_sent_again(cast: Cast):
    ada = ApiClient(cast.ada)
    webhook, _ = add_webhook(cast.ada)
    for _ in range(3):
        record_event(EventKind.ACTIVITY_CREATED, cast.ada.pk, uuid4(), now=NOON)
    parked = WebhookDelivery.objects.order_by("event")[1]
    WebhookDelivery.objects.filter(pk=parked.pk).update(
        status="parked", attempts=10, next_try_at=None, response_code=500, tried_at=NOON + timedelta(days=2)
    )
    path = f"{OWN}/{webhook.public_id}/deliveries"
    assert ada.get(f"{path}?page_size=2").json()["pagination"]["total"] == 3
    [listed] = ada.get(f"{path}?status=parked").json()["data"]
    assert listed["delivery_id"] == parked.public_id
    assert (listed["response_code"], listed["attempts"]) == (500, 10)
    assert_error(ada.get(f"{path}?status=lost"), 400, "INVALID_CHOICE", "status")
    resent = ada.send_json("post", f"{path}/{parked.public_id}/resend")
    assert (resent.status_code, resent.json()["data"]["status"]) == (202, "waiting")
    assert_error(ada.send_json("post", f"{path}/{parked.public_id}/resend"), 409, "STILL_WAITING")


def test_a_delivery_of_another_webhook_cannot_be_sent_again(cast: Cast):
    own, _ = add_webhook(cast.ada)
    add_webhook(cast.ben)
    record_event(EventKind.ACTIVITY_CREATED, cast.ben.pk, uuid4())
    foreign = WebhookDelivery.objects.get()
    path = f"{OWN}/{own.public_id}/deliveries/{foreign.public_id}/resend"
    assert_error(ApiClient(cast.ada).send_json("post", path), 403, "PERMISSION_DENIED")
