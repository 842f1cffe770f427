"""Create and change webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from astral.http.errors import ApiError
from astral.logs import log_event
from athletes.events.queue import queue_deliveries
from athletes.models import Organization, User, Webhook
from athletes.models.webhooks import WebhookQuerySet
from athletes.webhooks.signatures import encrypt_secret, generate_webhook_secret

OLD_SECRET_SIGNS_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class WebhookOwner:
    """Whose webhooks: those of an organization, or of the person who asks."""

    person: User
    organization: Organization | None = None

    def webhooks(self) -> WebhookQuerySet:
        if self.organization is not None:
            return Webhook.objects.filter(organization=self.organization)
        return Webhook.objects.filter(owner=self.person)


@transaction.atomic
def create_webhook(owner: WebhookOwner, values: dict[str, Any], secret: str = "") -> tuple[Webhook, str]:
    """Create a webhook from `url` and `events`. Returns it and its secret; by default a new one.

    Raises 409 TOO_MANY_WEBHOOKS if the owner has as many as allowed.
    """
    _lock_owner(owner)
    most = settings.WEBHOOKS_PER_OWNER
    if owner.webhooks().count() >= most:
        raise ApiError("TOO_MANY_WEBHOOKS", f"There are {most} webhooks already. Delete one first.", 409)
    secret = secret or generate_webhook_secret()
    webhook = Webhook.objects.create(
        organization=owner.organization,
        owner=None if owner.organization else owner.person,
        created_by=owner.person,
        url=values["url"],
        events=_sort_events(values["events"]),
        encrypted_secret=encrypt_secret(secret),
    )
    log_event("webhook_created", webhook=webhook.pk, by=owner.person.pk)
    return webhook, secret


def _lock_owner(owner: WebhookOwner) -> None:
    """Calls at once count one after the other."""
    if owner.organization is not None:
        Organization.objects.select_for_update(no_key=True).only("pk").get(pk=owner.organization.pk)
    else:
        User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.person.pk)


def change_webhook(webhook: Webhook, changes: dict[str, Any], by: User, now: datetime) -> Webhook:
    """Store validated changes of `url`, `events` and `is_enabled`.

    Whoever switches it on answers for it from then on: so a new head coach takes over those of the old one.
    """
    changed = {name: changes[name] for name in ("url",) if name in changes}
    if "events" in changes:
        changed["events"] = _sort_events(changes["events"])
    if changes.get("is_enabled") is True:
        changed |= {"disabled_at": None, "disabled_reason": "", "paused_until": None, "created_by": by}
    elif changes.get("is_enabled") is False and webhook.disabled_at is None:
        changed |= {"disabled_at": now, "disabled_reason": Webhook.DisabledReason.PAUSED}
    if changed:
        log_event("webhook_changed", webhook=webhook.pk, by=by.pk)
        Webhook.objects.filter(pk=webhook.pk).update(**changed)
        webhook.refresh_from_db()
    if changes.get("is_enabled") is True:
        queue_deliveries([webhook.pk])
    return webhook


def rotate_secret(webhook: Webhook, by: User, now: datetime, secret: str = "") -> tuple[Webhook, str]:
    """Give the webhook a new secret. For 24 hours, the one before signs, too."""
    secret = secret or generate_webhook_secret()
    log_event("webhook_secret_rotated", webhook=webhook.pk, by=by.pk)
    with transaction.atomic():
        locked = Webhook.objects.select_for_update(no_key=True, of=("self",)).get(pk=webhook.pk)
        locked.previous_encrypted_secret = locked.encrypted_secret
        locked.previous_secret_until = now + OLD_SECRET_SIGNS_FOR
        locked.encrypted_secret = encrypt_secret(secret)
        locked.save(update_fields=["encrypted_secret", "previous_encrypted_secret", "previous_secret_until"])
    return locked, secret


def delete_webhook(webhook: Webhook, by: User) -> None:
    """Delete it with its deliveries. Nothing is sent from then on."""
    log_event("webhook_deleted", webhook=webhook.pk, by=by.pk)
    webhook.delete()


def _sort_events(events: list[str]) -> list[str]:
    return sorted(set(events))
