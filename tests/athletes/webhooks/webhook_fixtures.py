"""Webhooks of the cast, and turns of the worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from athletes.events.kinds import EventKind
from athletes.models import Organization, User, Webhook, WebhookDelivery
from athletes.webhooks.changes import WebhookOwner, create_webhook
from athletes.webhooks.deliveries import deliver_waiting

ALL_EVENTS = [kind.value for kind in EventKind]
URL = "https://hooks.example.org/astral"


def add_webhook(
    by: User,
    club: Organization | None = None,
    url: str = URL,
    events: Sequence[str] = ALL_EVENTS,
) -> tuple[Webhook, str]:
    """A webhook and its secret."""
    return create_webhook(WebhookOwner(by, club), {"url": url, "events": list(events)})


def run_turn(webhook: Webhook, now: datetime) -> datetime | None:
    """A turn of the worker at this moment."""
    return deliver_waiting(webhook.pk, lambda: now, lambda: False)


def list_deliveries(webhook: Webhook) -> list[WebhookDelivery]:
    return list(webhook.deliveries.select_related("event").order_by("event"))


def list_recorded_kinds(webhook: Webhook) -> list[str]:
    return [delivery.event.kind for delivery in list_deliveries(webhook)]


def list_waiting_jobs() -> Iterator[Any]:
    yield from ProcrastinateJob.objects.filter(queue_name="webhooks", status="todo")
