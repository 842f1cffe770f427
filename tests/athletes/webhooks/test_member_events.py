"""Joining and leaving a club are events of the club and of the person."""

from __future__ import annotations

import pytest

from athletes.models import Membership, Webhook, WebhookEvent
from athletes.organizations.membership import (
    change_membership,
    hand_over_organization,
    join_organization,
    leave_organization,
)
from athletes.roles import Role, Status
from tests.athletes.webhooks.webhook_fixtures import add_webhook, list_recorded_kinds
from tests.support.cast import NOON, Cast


@pytest.fixture
def webhook(cast: Cast) -> Webhook:
    return add_webhook(cast.hanna, cast.harbour)[0]


@pytest.mark.parametrize("role", [Role.ATHLETE, Role.COACH])
def test_a_new_member_has_joined(cast: Cast, webhook: Webhook, role: Role):
    own, _ = add_webhook(cast.otto)
    membership = join_organization(cast.otto, cast.harbour, role, NOON)
    assert membership is not None
    assert list_recorded_kinds(webhook) == list_recorded_kinds(own) == ["member.joined"]
    event = WebhookEvent.objects.get()
    assert (event.subject, event.organization, event.occurred_at) == (
        membership.public_id, cast.harbour, NOON,
    )  # fmt: skip


def test_a_member_leaves_and_comes_back(cast: Cast, webhook: Webhook):
    leave_organization(Membership.objects.get(user=cast.ada))
    join_organization(cast.ada, cast.harbour, Role.ATHLETE, NOON)
    assert list_recorded_kinds(webhook) == ["member.left", "member.joined"]


def test_nothing_happens_to_a_member_who_is_there_or_suspended(cast: Cast, webhook: Webhook):
    join_organization(cast.ada, cast.harbour, Role.ATHLETE, NOON)
    join_organization(cast.sam, cast.harbour, Role.ATHLETE, NOON)
    change_membership(Membership.objects.get(user=cast.ben), {"status": Status.SUSPENDED})
    hand_over_organization(cast.harbour, cast.carl.pk, cast.hanna, NOON)
    assert list_recorded_kinds(webhook) == []
