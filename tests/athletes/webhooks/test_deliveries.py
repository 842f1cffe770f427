"""Messages over real HTTP: signed, in order, tried again, parked, and nothing that is withheld."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from standardwebhooks.webhooks import WebhookVerificationError

from athletes.events.kinds import EventKind
from athletes.events.outbox import record_event, record_membership_event
from athletes.models import Membership, User, Webhook, WebhookDelivery, WebhookEvent
from athletes.organizations.consent import change_consent
from athletes.organizations.membership import hand_over_organization, leave_organization
from athletes.webhooks import deliveries, sending
from athletes.webhooks.changes import change_webhook, delete_webhook, rotate_secret
from athletes.webhooks.deliveries import (
    RETRY_WAITS,
    delete_old_deliveries,
    deliver_waiting,
    find_webhooks_to_run,
    resend_delivery,
    send_test_message,
)
from tests.athletes.webhooks.receiver import Receiver, answer_status, run_receiver
from tests.athletes.webhooks.webhook_fixtures import (
    add_webhook,
    list_deliveries,
    list_waiting_jobs,
    run_turn,
)
from tests.support.cast import NOON, Cast

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
Status = WebhookDelivery.Status


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver() as running:
        yield running


def record_activities(user: User, count: int = 1, now: datetime = NOON) -> None:
    for _ in range(count):
        record_event(EventKind.ACTIVITY_CREATED, user.pk, uuid4(), now=now)


def list_subjects(receiver: Receiver) -> list[str]:
    return [message.content["data"]["activity_id"] for message in receiver.messages]


def get_webhook(webhook: Webhook) -> Webhook:
    return Webhook.objects.get(pk=webhook.pk)


def test_a_message_is_signed_and_verified_by_the_library_and_by_hand(cast: Cast, receiver: Receiver):
    webhook, secret = add_webhook(cast.ada, url=receiver.url)
    with time_machine.travel(NOON, tick=False):
        record_activities(cast.ada)
        run_turn(webhook, NOON)
        [message], [delivery] = receiver.messages, list_deliveries(webhook)
        assert message.verify(secret)["type"] == "activity.created"
        with pytest.raises(WebhookVerificationError):
            message.verify(f"whsec_{base64.b64encode(bytes(32)).decode()}")
    signed = f"{message.message_id}.{int(NOON.timestamp())}.".encode() + message.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert message.headers["webhook-signature"] == f"v1,{digest}"
    assert message.headers["content-type"] == "application/json"
    assert message.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert message.message_id == delivery.public_id
    assert (delivery.status, delivery.attempts, delivery.response_code) == (Status.DELIVERED, 1, 200)
    assert delivery.next_try_at is None


def test_the_secret_is_stored_encrypted(cast: Cast):
    webhook, secret = add_webhook(cast.ada)
    assert secret not in str(Webhook.objects.values().get())
    rotate_secret(webhook, cast.ada, NOON)
    assert secret not in str(Webhook.objects.values().get())


def test_the_old_secret_signs_for_a_day_after_a_new_one(cast: Cast, receiver: Receiver):
    webhook, old = add_webhook(cast.ada, url=receiver.url)
    with time_machine.travel(NOON, tick=False):
        _, new = rotate_secret(webhook, cast.ada, NOON)
        record_activities(cast.ada)
        run_turn(webhook, NOON)
        [message] = receiver.messages
        assert message.verify(old) == message.verify(new)
    with time_machine.travel(NOON + DAY, tick=False):
        record_activities(cast.ada)
        run_turn(webhook, NOON + DAY)
        message = receiver.messages[-1]
        assert message.verify(new)
        with pytest.raises(WebhookVerificationError):
            message.verify(old)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_ends_the_delivery(cast: Cast, receiver: Receiver, status: int):
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    receiver.answer = answer_status(status)
    record_activities(cast.ada)
    assert run_turn(webhook, NOON) is None
    assert run_turn(webhook, NOON + DAY) is None
    assert len(receiver.messages) == 1
    assert list_deliveries(webhook)[0].response_code == status


@pytest.mark.parametrize("status", [301, 307, 308, 400, 401, 404, 429, 500, 503])
def test_any_other_answer_is_tried_again_after_5_seconds(cast: Cast, receiver: Receiver, status: int):
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    with run_receiver() as elsewhere:
        receiver.answer = answer_status(status, Location=elsewhere.url)
        record_activities(cast.ada)
        assert run_turn(webhook, NOON) == NOON + 5 * SECOND
        assert elsewhere.messages == []  # redirects are not followed
    run_turn(webhook, NOON + 4 * SECOND)
    assert len(receiver.messages) == 1
    receiver.answer = answer_status(200)
    run_turn(webhook, NOON + 5 * SECOND)
    first, second = receiver.messages
    assert first.message_id == second.message_id
    [delivery] = list_deliveries(webhook)
    assert (delivery.status, delivery.attempts) == (Status.DELIVERED, 2)


def test_tries_are_further_and_further_apart_up_to_a_day_then_it_is_parked(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    receiver.answer = answer_status(500)
    record_activities(cast.ada)
    now, waits = NOON, []
    while (next_try_at := run_turn(webhook, now)) is not None:
        waits.append(next_try_at - now)
        now = next_try_at
    assert waits[0] == 5 * SECOND
    assert waits == sorted(waits)
    assert waits[-1] == DAY
    assert len(receiver.messages) == len(RETRY_WAITS) + 1
    [delivery] = list_deliveries(webhook)
    assert (delivery.status, delivery.response_code) == (Status.PARKED, 500)
    assert delivery.next_try_at is None
    record_activities(cast.ada, now=now)
    receiver.answer = answer_status(200)
    run_turn(webhook, now + HOUR)
    assert list_deliveries(webhook)[1].status == Status.DELIVERED


def test_an_athletes_messages_arrive_in_order_although_one_fails(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.hanna, cast.harbour, url=receiver.url)
    record_activities(cast.ada, 3)
    failing = list_deliveries(webhook)[1].public_id

    def fail_once(handler: Any, message: Any) -> None:
        tries = [received.message_id for received in receiver.messages].count(failing)
        answer_status(500 if message.message_id == failing and tries == 1 else 200)(handler, message)

    receiver.answer = fail_once
    run_turn(webhook, NOON)
    run_turn(webhook, NOON + SECOND)
    run_turn(webhook, NOON + 5 * SECOND)
    expected = [delivery.event.subject for delivery in list_deliveries(webhook)]
    assert list_subjects(receiver) == [expected[0], expected[1], expected[1], expected[2]]


def test_another_athletes_messages_do_not_wait_for_a_later_try(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.hanna, cast.harbour, url=receiver.url)
    record_activities(cast.ada, 2)
    receiver.answer = answer_status(500)
    run_turn(webhook, NOON)
    run_turn(webhook, NOON + 5 * SECOND)  # Ada's next try is half a minute later
    receiver.answer = answer_status(200)
    record_activities(cast.ben)
    run_turn(webhook, NOON + 20 * SECOND)
    assert [delivery.status for delivery in list_deliveries(webhook)] == ["waiting", "waiting", "delivered"]


def test_a_failed_test_message_holds_back_nobody(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    receiver.answer = answer_status(500)
    send_test_message(webhook, NOON)
    run_turn(webhook, NOON)
    run_turn(webhook, NOON + 5 * SECOND)
    receiver.answer = answer_status(200)
    record_activities(cast.ada)
    run_turn(webhook, NOON + 20 * SECOND)
    assert [delivery.status for delivery in list_deliveries(webhook)] == ["waiting", "delivered"]
    assert receiver.messages[0].content["data"] == {}


def test_a_failure_ends_the_turn_and_the_webhook_rests(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.hanna, cast.harbour, url=receiver.url)
    receiver.answer = answer_status(503)
    record_activities(cast.ada)
    record_activities(cast.ben)
    run_turn(webhook, NOON)
    assert len(receiver.messages) == 1
    assert find_webhooks_to_run(NOON + SECOND) == []
    assert find_webhooks_to_run(NOON + 5 * SECOND) == [webhook.pk]
    pauses, now = [], NOON
    for _ in range(9):
        now += HOUR
        run_turn(webhook, now)
        paused_until = get_webhook(webhook).paused_until
        assert paused_until is not None
        pauses.append(paused_until - now)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(minutes=5)
    receiver.answer = answer_status(200)
    run_turn(webhook, now + 2 * DAY)
    assert (get_webhook(webhook).failures_in_row, get_webhook(webhook).paused_until) == (0, None)


def test_410_disables_the_webhook(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    receiver.answer = answer_status(410)
    record_activities(cast.ada, 2)
    assert run_turn(webhook, NOON) is None
    stored = get_webhook(webhook)
    assert (stored.disabled_at, stored.disabled_reason) == (NOON, "receiver_gone")
    run_turn(webhook, NOON + DAY)
    assert len(receiver.messages) == 1
    receiver.answer = answer_status(200)
    change_webhook(stored, {"is_enabled": True}, cast.ada, NOON)
    run_turn(webhook, NOON)
    assert [delivery.status for delivery in list_deliveries(webhook)] == ["parked", "delivered"]


def test_an_unreachable_receiver_is_tried_again(cast: Cast, receiver: Receiver):
    with run_receiver() as gone:
        url = gone.url
    webhook, _ = add_webhook(cast.ada, url=url)
    record_activities(cast.ada)
    assert run_turn(webhook, NOON) == NOON + 5 * SECOND
    assert list_deliveries(webhook)[0].error == "UNREACHABLE"


def test_a_receiver_that_sends_slowly_is_cut_off(
    cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sending, "TOTAL_TIMEOUT_S", 0.5)

    def drip(handler: Any, message: Any) -> None:
        for _ in range(100):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.05)

    receiver.answer = drip
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    record_activities(cast.ada)
    began = time.monotonic()
    run_turn(webhook, NOON)
    assert time.monotonic() - began < 3
    assert list_deliveries(webhook)[0].error == "TIMEOUT"


def test_at_most_64_kb_of_an_answer_are_read(cast: Cast, receiver: Receiver):
    sizes: list[int] = []

    def flood(handler: Any, message: Any) -> None:
        answer_status(200)(handler, message)
        try:
            for _ in range(2_000):
                handler.wfile.write(bytes(10_000))
                sizes.append(10_000)
        except OSError:
            pass

    receiver.answer = flood
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    record_activities(cast.ada)
    run_turn(webhook, NOON)
    assert list_deliveries(webhook)[0].status == Status.DELIVERED
    time.sleep(0.1)
    assert sum(sizes) < 20_000_000  # the connection was closed; what is more was in the buffers


def test_consent_is_asked_again_before_the_sending(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.hanna, cast.harbour, url=receiver.url)
    record_activities(cast.ada)
    record_activities(cast.ben)
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    leave_organization(Membership.objects.get(user=cast.ben))
    run_turn(webhook, datetime.now(UTC) + SECOND)
    assert receiver.kinds == ["member.left"]
    withheld = [delivery.status for delivery in list_deliveries(webhook) if delivery.event.categories]
    assert withheld == [Status.WITHHELD, Status.WITHHELD]


def test_a_person_gets_what_a_club_does_not(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    record_activities(cast.ada)
    run_turn(webhook, NOON)
    assert receiver.kinds == ["activity.created"]


def test_the_clubs_webhook_ends_with_the_lead_of_its_maker(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.hanna, cast.harbour, url=receiver.url)
    record_activities(cast.ada)
    hand_over_organization(cast.harbour, cast.carl.pk, cast.hanna, NOON)
    run_turn(webhook, NOON)
    assert receiver.messages == []
    assert get_webhook(webhook).disabled_reason == "not_confirmed"
    change_webhook(get_webhook(webhook), {"is_enabled": True}, cast.carl, NOON)
    run_turn(webhook, NOON)
    assert receiver.kinds == ["activity.created"]


def test_a_webhook_of_an_inactive_account_sends_nothing(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    record_activities(cast.ada)
    User.objects.filter(pk=cast.ada.pk).update(is_active=False)
    run_turn(webhook, NOON)
    assert receiver.messages == []


def test_nothing_is_sent_after_a_deletion(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    record_activities(cast.ada)
    delete_webhook(Webhook.objects.get(), cast.ada)
    assert run_turn(webhook, NOON) is None
    assert receiver.messages == []
    assert not WebhookDelivery.objects.exists()


def test_a_lost_secret_sends_nothing_and_says_so(cast: Cast, receiver: Receiver, settings: Any):
    webhook, secret = add_webhook(cast.ada, url=receiver.url)
    record_activities(cast.ada, 2)
    old_key, settings.SECRET_KEY = (
        settings.SECRET_KEY,
        "another key of the server, long enough for all checks",
    )
    run_turn(webhook, NOON)
    assert (receiver.messages, list_deliveries(webhook)[0].error) == ([], "SECRET_LOST")
    settings.SECRET_KEY_FALLBACKS = [old_key]
    run_turn(webhook, NOON + HOUR)
    assert len(receiver.messages) == 2


def test_a_message_can_be_sent_again(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    record_activities(cast.ada)
    run_turn(webhook, NOON)
    [delivery] = list_deliveries(webhook)
    resend_delivery(delivery, NOON + HOUR)
    assert [job.args for job in list_waiting_jobs()] == [{"webhook_id": str(webhook.pk)}]
    run_turn(webhook, NOON + HOUR)
    first, second = receiver.messages
    assert (first.message_id, first.body) == (second.message_id, second.body)


def test_a_turn_stops_between_two_messages_if_the_worker_stops(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.ada, url=receiver.url)
    record_activities(cast.ada, 3)
    deliver_waiting(webhook.pk, lambda: NOON, lambda: len(receiver.messages) == 2)
    assert len(receiver.messages) == 2


def test_events_are_deleted_after_30_days(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(deliveries, "EVENTS_PER_DELETION", 2)
    webhook, _ = add_webhook(cast.ada)
    record_activities(cast.ada, 5, now=NOON)
    record_activities(cast.ada, now=NOON + SECOND)
    delete_old_deliveries(NOON + 30 * DAY + SECOND)
    assert [event.occurred_at for event in WebhookEvent.objects.all()] == [NOON + SECOND]
    assert len(list_deliveries(webhook)) == 1


def test_a_member_who_left_is_told_to_the_club_over_http(cast: Cast, receiver: Receiver):
    webhook, _ = add_webhook(cast.hanna, cast.harbour, url=receiver.url)
    membership = Membership.objects.get(user=cast.lea)
    record_membership_event(EventKind.MEMBER_LEFT, cast.harbour.pk, cast.lea.pk, membership.pk, NOON)
    run_turn(webhook, NOON)
    assert receiver.kinds == ["member.left"]
