"""Send the waiting messages of one webhook, in order for each athlete. Also resend and clean up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.conf import settings
from django.db.models import F, Min

from astral import VERSION
from astral.http.errors import ApiError
from athletes.encrypted_texts import InvalidToken
from athletes.events.kinds import DESCRIPTIONS, TEST_KIND, EventKind
from athletes.events.queue import queue_deliveries
from athletes.models import (
    Membership,
    Organization,
    User,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from athletes.webhooks.sending import SendingOutcome, post_message
from athletes.webhooks.signatures import sign_message
from athletes.webhooks.targets import TargetRules

# After each failed try, until the next. Then the message is parked.
RETRY_WAITS = (
    timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10),
    timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5), timedelta(hours=10), timedelta(hours=24),
)  # fmt: skip
# After a failure, the webhook's other messages wait, too: longer after each further failure in a row.
SHORTEST_PAUSE, LONGEST_PAUSE, MAX_DOUBLINGS = timedelta(seconds=5), timedelta(minutes=5), 6
MESSAGES_PER_TURN = 50  # then another webhook gets its turn
KEPT_FOR, EVENTS_PER_DELETION = timedelta(days=30), 5_000
GONE = 410


def build_target_rules() -> TargetRules:
    return TargetRules(tuple(settings.WEBHOOK_PORTS), settings.WEBHOOKS_TO_LOOPBACK)


def deliver_waiting(
    webhook_id: UUID, clock: Callable[[], datetime], must_stop: Callable[[], bool]
) -> datetime | None:
    """Send what is due, until a message fails or the turn is over.

    Returns when to go on; None if nothing waits. Only one caller at a time may do this for a webhook: the
    queue has a lock. If the process is killed after the sending, the next one sends the message again.
    """
    webhook = _load_enabled(webhook_id, clock)
    if webhook is None:
        return None
    if webhook.paused_until is None or webhook.paused_until <= clock():
        for delivery in find_due_deliveries(webhook_id, clock()):
            webhook = _load_enabled(webhook_id, clock)  # again: it may have been changed meanwhile
            if webhook is None or must_stop() or not _deliver(webhook, delivery, clock):
                break
    return find_next_try(webhook_id)


def _load_enabled(webhook_id: UUID, clock: Callable[[], datetime]) -> Webhook | None:
    """The webhook, or None. One whose maker may not have it any more is disabled."""
    enabled = Webhook.objects.filter(pk=webhook_id, disabled_at=None)
    webhook = enabled.with_rightful_maker().first()
    if webhook is None:
        enabled.update(disabled_at=clock(), disabled_reason=Webhook.DisabledReason.NOT_CONFIRMED)
    return webhook


def find_due_deliveries(webhook_id: UUID, now: datetime) -> Iterable[WebhookDelivery]:
    """The next messages, in order. Athletes whose first message waits for another try are left out."""
    waiting = WebhookDelivery.objects.waiting().filter(webhook=webhook_id)
    held = waiting.filter(next_try_at__gt=now, athlete__isnull=False).values("athlete")
    due = waiting.filter(next_try_at__lte=now).exclude(athlete__in=held).select_related("event")
    return list(due.order_by("event")[:MESSAGES_PER_TURN])


def find_next_try(webhook_id: UUID) -> datetime | None:
    """When the webhook's next message is due; None if none waits, or the webhook is disabled."""
    webhook = Webhook.objects.filter(pk=webhook_id, disabled_at=None).first()
    waiting = WebhookDelivery.objects.waiting().filter(webhook=webhook_id)
    next_try_at: datetime | None = waiting.aggregate(first=Min("next_try_at"))["first"]
    if webhook is None or next_try_at is None:
        return None
    return max(next_try_at, webhook.paused_until or next_try_at)


def _deliver(webhook: Webhook, delivery: WebhookDelivery, clock: Callable[[], datetime]) -> bool:
    """Try once. Returns whether the webhook's next message may follow at once."""
    if not is_still_shared(webhook, delivery.event):
        _end_delivery(delivery, WebhookDelivery.Status.WITHHELD, clock())
        return True
    body = build_body(delivery.event)
    try:
        signature = sign_message(webhook, delivery.public_id, body, clock())
    except InvalidToken:
        outcome = SendingOutcome(error="SECRET_LOST")
    else:
        headers = {"Content-Type": "application/json", "User-Agent": f"Astral/{VERSION}", **signature}
        outcome = post_message(webhook.url, headers, body.encode(), build_target_rules())
    now = clock()
    if outcome.is_success:
        _end_delivery(delivery, WebhookDelivery.Status.DELIVERED, now, outcome)
        if webhook.failures_in_row:
            Webhook.objects.filter(pk=webhook.pk).update(failures_in_row=0, paused_until=None)
        return True
    if outcome.status == GONE:
        _end_delivery(delivery, WebhookDelivery.Status.PARKED, now, outcome)
        disable_webhook(webhook, Webhook.DisabledReason.RECEIVER_GONE, now)
        return False
    _record_failure(webhook, delivery, outcome, now)
    return False


def _end_delivery(
    delivery: WebhookDelivery,
    status: WebhookDelivery.Status,
    now: datetime,
    outcome: SendingOutcome | None = None,
) -> None:
    changes: dict[str, object] = {"status": status, "next_try_at": None}
    if outcome is not None:
        changes |= _describe_try(delivery, outcome, now)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(**changes)


def _record_failure(
    webhook: Webhook, delivery: WebhookDelivery, outcome: SendingOutcome, now: datetime
) -> None:
    if delivery.attempts < len(RETRY_WAITS):
        changes = {"next_try_at": now + RETRY_WAITS[delivery.attempts]}
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            **changes, **_describe_try(delivery, outcome, now)
        )
    else:
        _end_delivery(delivery, WebhookDelivery.Status.PARKED, now, outcome)
    pause = min(SHORTEST_PAUSE * 2 ** min(webhook.failures_in_row, MAX_DOUBLINGS), LONGEST_PAUSE)
    changed = {"failures_in_row": F("failures_in_row") + 1, "paused_until": now + pause}
    Webhook.objects.filter(pk=webhook.pk).update(**changed)


def _describe_try(delivery: WebhookDelivery, outcome: SendingOutcome, now: datetime) -> dict[str, object]:
    return {
        "attempts": delivery.attempts + 1,
        "tried_at": now,
        "response_code": outcome.status,
        "error": outcome.error,
    }


def is_still_shared(webhook: Webhook, event: WebhookEvent) -> bool:
    """Whether the webhook's owner may have this event now: consent may have ended since it happened."""
    if event.athlete_id is None or webhook.owner_id is not None or event.organization_id is not None:
        return True
    members = Membership.objects.active().athletes().filter(user=event.athlete_id)
    for category in event.categories:
        members = members.sharing(category)
    return members.filter(organization=webhook.organization_id).exists()


def build_body(event: WebhookEvent) -> str:
    """The message: what happened to which rows. Never a value: whoever may read it asks the API."""
    data = {}
    if event.athlete_id is not None:
        data["user_id"] = User(id=event.athlete_id).public_id
    if event.organization_id is not None:
        data["org_id"] = Organization(id=event.organization_id).public_id
    if event.kind != TEST_KIND:
        data[DESCRIPTIONS[EventKind(event.kind)].subject_field] = event.subject
    happened_at = event.occurred_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return orjson.dumps({"type": event.kind, "timestamp": happened_at, "data": data}).decode()


def disable_webhook(webhook: Webhook, reason: Webhook.DisabledReason, now: datetime) -> None:
    """Its messages wait until it is enabled again."""
    Webhook.objects.filter(pk=webhook.pk).update(disabled_at=now, disabled_reason=reason)


def resend_delivery(delivery: WebhookDelivery, now: datetime) -> WebhookDelivery:
    """Send a message once more, with the same id. Raises 409 if it waits already."""
    ended = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(status=WebhookDelivery.Status.WAITING)
    if not ended.update(status=WebhookDelivery.Status.WAITING, attempts=0, next_try_at=now):
        raise ApiError("STILL_WAITING", "This message waits for its next try already.", 409)
    queue_deliveries([delivery.webhook_id])
    delivery.refresh_from_db()
    return delivery


def send_test_message(webhook: Webhook, now: datetime) -> WebhookDelivery:
    """Queue a message of the kind webhook.test. Raises 409 if the webhook is disabled."""
    if webhook.disabled_at is not None:
        raise ApiError("DISABLED", "This webhook is switched off. Switch it on first.", 409)
    event = WebhookEvent.objects.create(kind=TEST_KIND, categories=[], occurred_at=now)
    delivery = WebhookDelivery.objects.create(webhook=webhook, event=event, next_try_at=now)
    queue_deliveries([webhook.pk])
    return delivery


def find_webhooks_to_run(now: datetime) -> list[UUID]:
    """Webhooks with due messages: also those whose job was lost."""
    return list(Webhook.objects.awaiting_turn(now).values_list("pk", flat=True))


def delete_old_deliveries(now: datetime) -> None:
    """Delete events of more than 30 days ago, with their deliveries, also those that still wait."""
    old = WebhookEvent.objects.filter(occurred_at__lt=now - KEPT_FOR).order_by("number")
    while numbers := list(old.values_list("number", flat=True)[:EVENTS_PER_DELETION]):
        WebhookEvent.objects.filter(number__in=numbers).delete()
