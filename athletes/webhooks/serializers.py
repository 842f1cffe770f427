"""Serializers and filters of webhooks and their deliveries."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import TextChoices
from rest_framework import serializers

from astral.http.fields import ChoiceField, IdField, StrictBooleanField, StrictSerializer, TextField
from astral.http.filters import SerializerFieldFilter
from astral.http.list_field import ListField
from athletes.events.kinds import TEST_KIND, EventKind
from athletes.models import User, Webhook, WebhookDelivery
from athletes.models.webhooks import LONGEST_URL
from athletes.webhooks.deliveries import build_target_rules
from athletes.webhooks.targets import TargetRefused, parse_target

SHOWN_KINDS = [*EventKind.choices, (TEST_KIND, "Test")]


class WebhookUrlField(TextField):
    """An https address of the public internet. Its host is looked up only when a message is sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_URL, **options)

    def to_internal_value(self, data: Any) -> str:
        url = super().to_internal_value(data)
        try:
            parse_target(url, build_target_rules())
        except TargetRefused as refusal:
            raise serializers.ValidationError(str(refusal), refusal.code.lower()) from None
        return url


URL_HELP = "Where messages are posted: https, port 443 or 8443, no user name, no private address."
EVENTS_HELP = "What it asks for."


class WebhookRequest(StrictSerializer):
    url = WebhookUrlField(help_text=URL_HELP)
    events = ListField(
        child=ChoiceField(EventKind.choices), allow_empty=False, max_length=20, help_text=EVENTS_HELP
    )


class WebhookChanges(StrictSerializer):
    url = WebhookUrlField(required=False, help_text=URL_HELP)
    events = ListField(
        child=ChoiceField(EventKind.choices),
        allow_empty=False,
        max_length=20,
        required=False,
        help_text=EVENTS_HELP,
    )
    is_enabled = StrictBooleanField(
        required=False,
        help_text="false: send nothing; what waits is kept for 30 days. true: send again, and answer for it.",
    )


class WebhookSerializer(serializers.Serializer[Any]):
    webhook_id = IdField(Webhook.prefix, help_text="The webhook, whk_….")
    url = serializers.CharField(help_text="Where messages are posted.")
    events = serializers.ListField(
        child=serializers.ChoiceField(EventKind.choices), help_text="What it asks for."
    )
    is_enabled = serializers.BooleanField(help_text="Whether messages are sent.")
    disabled_reason = serializers.ChoiceField(
        Webhook.DisabledReason.choices,
        allow_null=True,
        help_text="paused: somebody switched it off. receiver_gone: the receiver answered 410. not_confirmed:"
        " whoever made it no longer leads the organization. null: it is enabled.",
    )
    disabled_at = serializers.DateTimeField(allow_null=True, help_text="Since when nothing is sent.")
    created_at = serializers.DateTimeField(help_text="When it was created.")
    created_by = IdField(
        User.prefix, allow_null=True, help_text="Who made it or switched it on last; null: deleted."
    )
    previous_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then, the secret before signs, too. null: there is none."
    )


class NewWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(
        help_text="whsec_…; check each message's signature with it. It is never shown again."
    )


def serialize_webhook(webhook: Webhook) -> dict[str, Any]:
    maker_id = webhook.created_by_id
    return {
        "webhook_id": webhook.public_id,
        "url": webhook.url,
        "events": webhook.events,
        "is_enabled": webhook.disabled_at is None,
        "disabled_reason": webhook.disabled_reason or None,
        "disabled_at": webhook.disabled_at,
        "created_at": webhook.created_at,
        "created_by": User(id=maker_id).public_id if maker_id else None,
        "previous_secret_until": webhook.previous_secret_until,
    }


class DeliveryErrorCode(TextChoices):
    """Why a try gave no answer."""

    HOST_UNKNOWN = "HOST_UNKNOWN"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    PORT_REFUSED = "PORT_REFUSED"
    SCHEME_REFUSED = "SCHEME_REFUSED"
    CREDENTIALS_REFUSED = "CREDENTIALS_REFUSED"
    URL_INVALID = "URL_INVALID"
    UNREACHABLE = "UNREACHABLE"
    TIMEOUT = "TIMEOUT"
    TLS_FAILED = "TLS_FAILED"
    NO_HTTP = "NO_HTTP"
    SECRET_LOST = "SECRET_LOST"  # noqa: S105


class WebhookDeliverySerializer(serializers.Serializer[Any]):
    delivery_id = IdField(WebhookDelivery.prefix, help_text="The message, msg_…; its webhook-id header.")
    event = serializers.ChoiceField(SHOWN_KINDS, help_text="What happened.")
    subject_id = serializers.CharField(
        allow_null=True, help_text="The id of what it is about, such as act_…. null for a test."
    )
    occurred_at = serializers.DateTimeField(help_text="When it happened.")
    status = serializers.ChoiceField(
        WebhookDelivery.Status.choices,
        help_text="waiting: it will be tried. delivered: an answer 2xx came. parked: it was tried too often."
        " withheld: the athlete shares this no longer, or has left.",
    )
    attempts = serializers.IntegerField(help_text="How often it was tried since it was sent or resent.")
    response_code = serializers.IntegerField(
        allow_null=True, help_text="The HTTP status of the last answer. null: none came."
    )
    error = serializers.ChoiceField(
        DeliveryErrorCode.choices, allow_null=True, help_text="Why the last try had no answer."
    )
    tried_at = serializers.DateTimeField(allow_null=True, help_text="The last try.")
    next_try_at = serializers.DateTimeField(
        allow_null=True, help_text="The next try, at the earliest. null: none."
    )


def serialize_delivery(delivery: WebhookDelivery) -> dict[str, Any]:
    """`delivery` has its event loaded."""
    return {
        "delivery_id": delivery.public_id,
        "event": delivery.event.kind,
        "subject_id": delivery.event.subject or None,
        "occurred_at": delivery.event.occurred_at,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "response_code": delivery.response_code,
        "error": delivery.error or None,
        "tried_at": delivery.tried_at,
        "next_try_at": delivery.next_try_at,
    }


class WebhookDeliveryFilter(django_filters.FilterSet):  # type: ignore[misc]
    status = SerializerFieldFilter(
        ChoiceField(WebhookDelivery.Status.choices, help_text="Only messages of this status.")
    )

    class Meta:
        model = WebhookDelivery
        fields: tuple[str, ...] = ()
