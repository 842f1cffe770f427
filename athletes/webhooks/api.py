"""API: webhooks of an organization and of a person, and their deliveries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.drainage import isolate_view_method
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from astral.http.fields import IdField, StrictSerializer
from astral.http.views import success
from athletes.access.permissions import get_permit
from athletes.accounts.limits.use_limits import WEBHOOK_MESSAGES, count_use
from athletes.models import Webhook, WebhookDelivery
from athletes.organizations.api import OrganizationScopedViewSet
from athletes.webhooks.changes import (
    WebhookOwner,
    change_webhook,
    create_webhook,
    delete_webhook,
    rotate_secret,
)
from athletes.webhooks.deliveries import resend_delivery, send_test_message
from athletes.webhooks.serializers import (
    NewWebhookSerializer,
    WebhookChanges,
    WebhookDeliveryFilter,
    WebhookDeliverySerializer,
    WebhookRequest,
    WebhookSerializer,
    serialize_delivery,
    serialize_webhook,
)


class WebhookViewSetBase(OrganizationScopedViewSet):
    """Calls about webhooks of one owner."""

    path_fields: ClassVar = {
        **OrganizationScopedViewSet.path_fields,
        "webhook_id": IdField(Webhook.prefix, help_text="The webhook, whk_…."),
        "delivery_id": IdField(WebhookDelivery.prefix, help_text="The message, msg_…."),
    }
    queryset: QuerySet[Any] = Webhook.objects.none()
    serializer_class: type[Serializer[Any]] = WebhookSerializer

    def owner(self) -> WebhookOwner:
        raise NotImplementedError

    def list(self, request: Request, **ids: str) -> Response:
        """Webhooks without their secrets, newest first."""
        page: Iterable[Webhook] = self.paginate_queryset(self.owner().webhooks().order_by("-pk")) or []
        return self.get_paginated_response([serialize_webhook(webhook) for webhook in page])

    def create(self, request: Request, **ids: str) -> Response:
        """Create a webhook. Only this answer contains its secret.

        409 TOO_MANY_WEBHOOKS: there are as many as allowed.
        """
        owner, body = self.owner(), WebhookRequest.parse(request.data)
        webhook, secret = create_webhook(owner, body)
        return success(serialize_webhook(webhook) | {"secret": secret}, 201)

    def retrieve(self, request: Request, **ids: str) -> Response:
        """One webhook."""
        return success(serialize_webhook(self.get_webhook()))

    def partial_update(self, request: Request, **ids: str) -> Response:
        """Change address or events, or switch it off or on."""
        webhook, body = self.get_webhook(), WebhookChanges.parse(request.data)
        changed = change_webhook(webhook, body, get_permit(request).person, timezone.now())
        return success(serialize_webhook(changed))

    def destroy(self, request: Request, **ids: str) -> Response:
        """Delete a webhook with its deliveries."""
        delete_webhook(self.get_webhook(), get_permit(request).person)
        return Response(status=204)

    def rotate(self, request: Request, **ids: str) -> Response:
        """Give it a new secret, which only this answer contains. For 24 hours the old one signs, too."""
        webhook = self.get_webhook()
        StrictSerializer.parse(request.data)
        webhook, secret = rotate_secret(webhook, get_permit(request).person, timezone.now())
        return success(serialize_webhook(webhook) | {"secret": secret})

    def send_test(self, request: Request, **ids: str) -> Response:
        """Queue a message of the kind webhook.test. Look at its delivery to see what came of it.

        409 DISABLED: the webhook is switched off. 429 LIMIT_REACHED: too many tests and resends in an hour.
        """
        webhook, now = self.get_webhook(), timezone.now()
        StrictSerializer.parse(request.data)
        count_use(get_permit(request).person.pk, WEBHOOK_MESSAGES, now)
        return success(serialize_delivery(send_test_message(webhook, now)), 202)

    def get_webhook(self) -> Webhook:
        webhooks = self.owner().webhooks().filter(pk=self.path_id("webhook_id"))
        return get_permit(self.request).get_or_forbidden(webhooks.first())


class WebhookDeliveryViewSetBase(WebhookViewSetBase):
    """Calls about the messages of one webhook."""

    queryset = WebhookDelivery.objects.none()
    serializer_class = WebhookDeliverySerializer
    filterset_class = WebhookDeliveryFilter

    def list(self, request: Request, **ids: str) -> Response:
        """Messages of the last 30 days, newest first."""
        rows = WebhookDelivery.objects.filter(webhook=self.get_webhook()).select_related("event")
        filtered = self.filter_queryset(rows.order_by("-event"))
        page: Iterable[WebhookDelivery] = self.paginate_queryset(filtered) or []
        return self.get_paginated_response([serialize_delivery(delivery) for delivery in page])

    def resend(self, request: Request, **ids: str) -> Response:
        """Send a message once more, with the same id.

        409 STILL_WAITING: it waits for a try already. 429 LIMIT_REACHED: too many tests and resends in an
        hour.
        """
        webhook, now = self.get_webhook(), timezone.now()
        rows = WebhookDelivery.objects.filter(webhook=webhook, pk=self.path_id("delivery_id"))
        delivery = get_permit(request).get_or_forbidden(rows.select_related("event").first())
        StrictSerializer.parse(request.data)
        count_use(get_permit(request).person.pk, WEBHOOK_MESSAGES, now)
        return success(serialize_delivery(resend_delivery(delivery, now)), 202)


def attach_schemas(**schemas: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """As `extend_schema_view`, which knows only REST framework's own method names."""

    def attach_to(view: Any) -> Any:
        for method_name, schema in schemas.items():
            schema(isolate_view_method(view, method_name))  # type: ignore[no-untyped-call]
        return view

    return attach_to


def describe_webhook_calls(prefix: str, of: str) -> Callable[[Any], Any]:
    """The documentation of the calls about the webhooks of one kind of owner."""
    return attach_schemas(
        list=extend_schema(
            responses=WebhookSerializer(many=True),
            operation_id=f"{prefix}_list",
            summary=f"Webhooks {of}",
        ),
        create=extend_schema(
            request=WebhookRequest,
            responses={201: NewWebhookSerializer},
            operation_id=f"{prefix}_create",
            summary=f"Create a webhook {of}",
        ),
        retrieve=extend_schema(
            responses=WebhookSerializer,
            operation_id=f"{prefix}_retrieve",
            summary=f"One webhook {of}",
        ),
        partial_update=extend_schema(
            request=WebhookChanges,
            responses=WebhookSerializer,
            operation_id=f"{prefix}_update",
            summary=f"Change a webhook {of}",
        ),
        destroy=extend_schema(
            responses={204: None}, operation_id=f"{prefix}_delete", summary=f"Delete a webhook {of}"
        ),
        rotate=extend_schema(
            request=None,
            responses=NewWebhookSerializer,
            operation_id=f"{prefix}_rotate_secret",
            summary=f"New secret of a webhook {of}",
        ),
        send_test=extend_schema(
            request=None,
            responses={202: WebhookDeliverySerializer},
            operation_id=f"{prefix}_test",
            summary=f"Test a webhook {of}",
        ),
    )


def describe_delivery_calls(prefix: str, of: str) -> Callable[[Any], Any]:
    return attach_schemas(
        list=extend_schema(
            responses=WebhookDeliverySerializer(many=True),
            operation_id=f"{prefix}_deliveries_list",
            summary=f"Messages of a webhook {of}",
        ),
        resend=extend_schema(
            request=None,
            responses={202: WebhookDeliverySerializer},
            operation_id=f"{prefix}_deliveries_resend",
            summary=f"Resend a webhook's message {of}",
        ),
    )


class OrganizationWebhookOwnerMixin:
    def owner(self: Any) -> WebhookOwner:
        return WebhookOwner(get_permit(self.request).person, self.organization())


class PersonWebhookOwnerMixin:
    tag = "webhooks"

    def owner(self: Any) -> WebhookOwner:
        return WebhookOwner(get_permit(self.request).person)


@describe_webhook_calls("organizations_webhooks", "of an organization")
class OrganizationWebhookViewSet(OrganizationWebhookOwnerMixin, WebhookViewSetBase):
    """Webhooks of an organization, about its athletes and members."""


@describe_delivery_calls("organizations_webhooks", "of an organization")
class OrganizationWebhookDeliveryViewSet(OrganizationWebhookOwnerMixin, WebhookDeliveryViewSetBase):
    """Messages of an organization's webhook."""


@describe_webhook_calls("webhooks", "of your own")
class PersonWebhookViewSet(PersonWebhookOwnerMixin, WebhookViewSetBase):
    """Your own webhooks, about your own data."""


@describe_delivery_calls("webhooks", "of your own")
class PersonWebhookDeliveryViewSet(PersonWebhookOwnerMixin, WebhookDeliveryViewSetBase):
    """Messages of your own webhook."""
