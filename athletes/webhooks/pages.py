"""Pages: webhooks of a club and of a person, and the messages of one webhook."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.fields import IdField, StrictSerializer, WholeNumberField
from astral.http.forms import SerializerForm
from astral.http.pages import FormPage
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.limits.use_limits import WEBHOOK_MESSAGES, count_use
from athletes.models import Organization, Webhook, WebhookDelivery
from athletes.organizations.pages.organizations import OrganizationPage
from athletes.secret_tokens import derive_secret
from athletes.webhooks.changes import (
    WebhookOwner,
    change_webhook,
    create_webhook,
    delete_webhook,
    rotate_secret,
)
from athletes.webhooks.deliveries import resend_delivery, send_test_message
from athletes.webhooks.forms import WebhookActionForm, WebhookForm
from athletes.webhooks.signatures import encode_secret, has_secret

DELIVERIES_PER_PAGE = 50


class WebhookPageBase(ProtectedPage, FormPage):
    """`list_page` and `detail_page`: the URL names of the pages of this kind of owner."""

    list_page: ClassVar[str]
    detail_page: ClassVar[str]
    owner: WebhookOwner

    def load_target(self) -> None:
        self.owner = WebhookOwner(self.person)

    def context(self) -> dict[str, Any]:
        return super().context() | {
            "club": self.owner.organization,
            "section": "club" if self.owner.organization else "",
            "list_url": self.build_url(self.list_page),
        }

    def build_url(self, url_name: str, *arguments: str, **query: Any) -> str:
        if self.owner.organization is not None:
            query["org_id"] = self.owner.organization.public_id
        return reverse(url_name, args=arguments) + (f"?{urlencode(query)}" if query else "")

    def build_secret(self) -> str:
        """The secret of this form, the same for each sending. Empty for a form without a one-time token."""
        if not self.form_token:
            return ""
        return encode_secret(derive_secret(self.form_token, self.person.pk))


class WebhookListPageBase(WebhookPageBase):
    template_name = "athletes/webhooks/webhooks.html"
    form_class = WebhookForm

    def render_form(self, form: SerializerForm, **new: Any) -> HttpResponse:
        rows = [
            (webhook, self.build_url(self.detail_page, webhook.public_id))
            for webhook in self.owner.webhooks().order_by("-pk")
        ]
        return self.page(form=form, rows=rows, **new)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        if self._find_webhook():  # of this form, sent long ago
            return self.answer_repeat("")
        webhook, secret = create_webhook(self.owner, values, self.build_secret())
        return self.render_form(self.build_form(), new_webhook=webhook, new_secret=secret)

    def answer_repeat(self, location: str) -> HttpResponse:
        """Show the secret of the first sending again: browsers show the answer to the last one only."""
        webhook = self._find_webhook()
        if webhook is None:
            return super().answer_repeat(location)
        return self.render_form(self.build_form(), new_webhook=webhook, new_secret=self.build_secret())

    def _find_webhook(self) -> Webhook | None:
        secret = self.build_secret()
        return next((row for row in self.owner.webhooks() if has_secret(row, secret)), None)


class DeliveryPageQuery(StrictSerializer):
    page = WholeNumberField(default=1, min_value=1, max_value=100_000, help_text="From 1.")


class WebhookDetailPageBase(WebhookPageBase):
    template_name = "athletes/webhooks/webhook.html"
    form_class = WebhookActionForm
    query_serializer_class: ClassVar[type[StrictSerializer]] = DeliveryPageQuery
    webhook: Webhook

    def load_target(self) -> None:
        super().load_target()
        self.load_webhook()

    def load_webhook(self) -> None:
        webhook_id = parse_id(Webhook.prefix, self.kwargs["webhook_id"], "webhook_id")
        self.webhook = self.permit.get_or_forbidden(self.owner.webhooks().filter(pk=webhook_id).first())

    def render_form(self, form: SerializerForm, new_secret: str = "") -> HttpResponse:
        number = self.parse_query()["page"]
        rows = WebhookDelivery.objects.filter(webhook=self.webhook).select_related("event")
        first, total = (number - 1) * DELIVERIES_PER_PAGE, rows.count()
        shown = list(rows.order_by("-event")[first : first + DELIVERIES_PER_PAGE])
        return self.page(
            form=form,
            action_form=WebhookActionForm(),
            webhook=self.webhook,
            new_secret=new_secret,
            deliveries=shown,
            first=first + 1,
            last=first + len(shown),
            total=total,
            previous=self._build_page_url(number - 1) if number > 1 else "",
            next=self._build_page_url(number + 1) if first + len(shown) < total else "",
        )

    def _build_page_url(self, number: int) -> str:
        return self.build_url(self.detail_page, self.webhook.public_id, page=number)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        now, action = timezone.now(), values["do"]
        if action == "rotate":
            if has_secret(self.webhook, self.build_secret()):
                return self.answer_repeat("")
            self.webhook, secret = rotate_secret(self.webhook, self.person, now, self.build_secret())
            return self.render_form(WebhookActionForm(), secret)
        if action == "delete":
            delete_webhook(self.webhook, self.person)
            messages.success(self.request, "Webhook deleted. Nothing is sent to it any more.")
            return redirect(self.build_url(self.list_page))
        if action in ("enable", "disable"):
            change_webhook(self.webhook, {"is_enabled": action == "enable"}, self.person, now)
            notice = "Webhook switched on." if action == "enable" else "Webhook switched off."
        else:
            notice = self._send(values, action)
        messages.success(self.request, notice)
        return redirect(self.build_url(self.detail_page, self.webhook.public_id))

    def _send(self, values: dict[str, Any], action: str) -> str:
        now = timezone.now()
        if action == "test":
            count_use(self.person.pk, WEBHOOK_MESSAGES, now)
            send_test_message(self.webhook, now)
            return "Test message queued. Load this page again to see what came of it."
        rows = WebhookDelivery.objects.filter(webhook=self.webhook)
        delivery = self.permit.get_or_forbidden(rows.filter(pk__in=[values.get("delivery_id")]).first())
        count_use(self.person.pk, WEBHOOK_MESSAGES, now)
        resend_delivery(delivery, now)
        return "The message is sent again."

    def answer_repeat(self, location: str) -> HttpResponse:
        """Show the new secret of the first sending again."""
        if has_secret(self.webhook, self.build_secret()):
            return self.render_form(WebhookActionForm(), self.build_secret())
        return super().answer_repeat(location)


class PersonWebhookListPage(WebhookListPageBase):
    list_page, detail_page = "webhooks-page", "webhook-page"


class PersonWebhookPage(WebhookDetailPageBase):
    list_page, detail_page = "webhooks-page", "webhook-page"


class OrganizationWebhookQuery(StrictSerializer):
    org_id = IdField(Organization.prefix, required=False, help_text="The club; default: as on the roster.")


class OrganizationDeliveryQuery(OrganizationWebhookQuery, DeliveryPageQuery):
    pass


class OrganizationWebhookListPage(WebhookListPageBase, OrganizationPage):
    list_page, detail_page = "club-webhooks-page", "club-webhook-page"
    query_serializer_class = OrganizationWebhookQuery

    def load_target(self) -> None:
        self.owner = WebhookOwner(self.person, self.organization(self.parse_query().get("org_id")))


class OrganizationWebhookPage(WebhookDetailPageBase, OrganizationPage):
    list_page, detail_page = "club-webhooks-page", "club-webhook-page"
    query_serializer_class = OrganizationDeliveryQuery

    def load_target(self) -> None:
        self.owner = WebhookOwner(self.person, self.organization(self.parse_query().get("org_id")))
        self.load_webhook()
