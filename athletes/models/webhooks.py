"""Webhooks: addresses that get a message when something happened, the events, and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from astral.ids import PublicIdModel
from athletes.models.organizations import Organization
from athletes.models.people import Athlete, User
from athletes.models.querysets import made_by_a_leader
from athletes.rights import Category

LONGEST_URL = 500


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def with_rightful_maker(self) -> WebhookQuerySet:
        """Of people whose account is active; of organizations, made by somebody who leads it today."""
        of_people = Q(owner__is_active=True)
        return self.filter(of_people | (Q(organization__isnull=False) & made_by_a_leader()))

    def awaiting_turn(self, now: datetime) -> WebhookQuerySet:
        """Enabled, not paused after a failure, and with a delivery that is due."""
        due = WebhookDelivery.objects.due(now).values("webhook")
        return self.filter(Q(paused_until=None) | Q(paused_until__lte=now), disabled_at=None, pk__in=due)


class Webhook(PublicIdModel):
    """An address that gets signed messages about an organization's athletes, or about one person.

    Its secret signs, so it must be readable: it is stored encrypted. After a new secret, the old one signs,
    too, for a day. A webhook of an organization works while its maker leads the organization.
    """

    class DisabledReason(models.TextChoices):
        PAUSED = "paused", "switched off"
        RECEIVER_GONE = "receiver_gone", "the receiver answered 410"
        NOT_CONFIRMED = "not_confirmed", "whoever made it no longer leads the organization"

    prefix: ClassVar[str] = "whk"

    organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="webhooks")
    owner = models.ForeignKey(User, models.CASCADE, null=True, related_name="webhooks")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    url = models.CharField(max_length=LONGEST_URL)
    events = ArrayField(models.CharField(max_length=40))
    encrypted_secret = models.TextField(editable=False)
    previous_encrypted_secret = models.TextField(blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=20, choices=DisabledReason.choices, blank=True)
    failures_in_row = models.PositiveIntegerField(default=0, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)  # after a failure

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organization=None) ^ Q(owner=None), name="webhook_of_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.url


class WebhookEvent(models.Model):
    """Something that happened. It is written in the transaction of the change, if a webhook asks for it.

    The number is given under the athlete's lock, so an athlete's events are in order.
    """

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    athlete = models.ForeignKey(Athlete, models.CASCADE, null=True, related_name="+")  # null for a test
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="+")
    subject = models.CharField(max_length=40, blank=True)  # its public id
    categories = ArrayField(models.CharField(max_length=16, choices=Category.choices))
    occurred_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def waiting(self) -> WebhookDeliveryQuerySet:
        return self.filter(status=WebhookDelivery.Status.WAITING)

    def due(self, now: datetime) -> WebhookDeliveryQuerySet:
        return self.waiting().filter(next_try_at__lte=now)


class WebhookDelivery(PublicIdModel):
    """One message to one webhook. Its id is the id of the message, the same for each try."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        PARKED = "parked"  # tried too often, or the receiver is gone
        WITHHELD = "withheld"  # the athlete shares this no longer, or has left

    prefix: ClassVar[str] = "msg"

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(WebhookEvent, models.CASCADE, related_name="deliveries")
    athlete = models.ForeignKey(Athlete, models.CASCADE, null=True, related_name="+")  # of the event
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)  # null unless it waits
    response_code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=40, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-event"]
        verbose_name_plural = "webhook deliveries"
        indexes: ClassVar = [
            models.Index(fields=["webhook", "event"], name="webhook_deliveries"),
            models.Index(
                fields=["webhook", "event"], condition=Q(status="waiting"), name="webhook_waiting_deliveries"
            ),
            models.Index(
                fields=["next_try_at"], condition=Q(status="waiting"), name="webhook_due_deliveries"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.webhook_id}: {self.status}"
