"""Events are written with the change, for those who ask for them and may have them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from astral.ids import encode
from athletes.events.kinds import DESCRIPTIONS, EventKind
from athletes.events.outbox import record_event, record_events, record_membership_event
from athletes.models import Membership, User, WebhookDelivery, WebhookEvent
from athletes.organizations.consent import change_consent
from athletes.rights import Category
from athletes.roles import Status
from athletes.webhooks.deliveries import build_body
from coaching.models import CalendarSession
from metrics.models import Activity, Import
from tests.athletes.webhooks.webhook_fixtures import (
    add_webhook,
    list_deliveries,
    list_recorded_kinds,
    list_waiting_jobs,
)
from tests.support.cast import NOON, Cast

CREATED = EventKind.ACTIVITY_CREATED


def record_activity(user: User) -> None:
    record_event(CREATED, user.pk, uuid4())


def test_the_prefixes_are_those_of_the_models():
    models: dict[str, Any] = {
        "activity_id": Activity, "session_id": CalendarSession, "import_id": Import,
        "membership_id": Membership,
    }  # fmt: skip
    for description in DESCRIPTIONS.values():
        if description.subject_field in models:
            assert description.prefix == models[description.subject_field].prefix
    assert DESCRIPTIONS.keys() == set(EventKind)


def test_an_event_costs_one_statement_and_writes_nothing_if_nobody_asks(cast: Cast):
    add_webhook(cast.hanna, cast.harbour, events=["member.joined"])  # another kind
    add_webhook(cast.zora, cast.hill)  # another club
    add_webhook(cast.ben)  # another person
    with CaptureQueriesContext(connection) as statements:
        record_activity(cast.ada)
    assert len(statements) == 1
    assert not WebhookEvent.objects.exists()


def test_an_event_goes_to_the_athlete_and_to_the_clubs_of_the_athlete(cast: Cast):
    own, club = add_webhook(cast.ada)[0], add_webhook(cast.hanna, cast.harbour)[0]
    other_club, other_person = add_webhook(cast.zora, cast.hill)[0], add_webhook(cast.ben)[0]
    with CaptureQueriesContext(connection) as statements:
        record_activity(cast.ada)
    assert len(statements) == 1
    assert WebhookEvent.objects.count() == 1
    assert [list_recorded_kinds(webhook) for webhook in (own, club, other_club, other_person)] == [
        ["activity.created"], ["activity.created"], [], [],
    ]  # fmt: skip


def test_a_disabled_webhook_gets_no_event(cast: Cast):
    webhook, _ = add_webhook(cast.ada)
    webhook.disabled_at = NOON
    webhook.save()
    record_activity(cast.ada)
    assert list_deliveries(webhook) == []


@pytest.mark.parametrize("person", ["lea", "sam", "carl", "hanna", "otto"])
def test_a_club_gets_events_of_its_active_athletes_only(cast: Cast, person: str):
    webhook, _ = add_webhook(cast.hanna, cast.harbour)
    record_activity(getattr(cast, person))
    assert list_deliveries(webhook) == []


@pytest.mark.parametrize("kind", [kind for kind in EventKind if DESCRIPTIONS[kind].categories])
@pytest.mark.parametrize("withheld", Category)
def test_what_an_athlete_withholds_is_not_sent_to_the_club(cast: Cast, kind: EventKind, withheld: Category):
    own, club = add_webhook(cast.ada)[0], add_webhook(cast.hanna, cast.harbour)[0]
    change_consent(cast.ada.athlete, cast.harbour, {withheld: False}, NOON)
    record_event(kind, cast.ada.pk, uuid4())
    assert list_recorded_kinds(own) == [kind.value]
    expected = [] if withheld in DESCRIPTIONS[kind].categories else [kind.value]
    assert list_recorded_kinds(club) == expected


def test_the_writer_may_name_the_categories(cast: Cast):
    club, _ = add_webhook(cast.hanna, cast.harbour)
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    for category in (Category.HEALTH, Category.ACTIVITIES):
        record_event(EventKind.SIGNAL_RAISED, cast.ada.pk, uuid4(), {category})
    [delivery] = list_deliveries(club)
    assert delivery.event.categories == ["activities"]


def test_many_events_are_one_statement_and_keep_their_order(cast: Cast):
    webhook, _ = add_webhook(cast.hanna, cast.harbour)
    subjects = [(user.pk, uuid4()) for user in (cast.ada, cast.ben, cast.ada, cast.zoe, cast.ada)]
    with CaptureQueriesContext(connection) as statements:
        record_events(EventKind.SESSION_CHANGED, [*subjects, subjects[0]])
    assert len(statements) == 1
    expected = [encode("ses", subject) for athlete, subject in subjects if athlete != cast.zoe.pk]
    assert [delivery.event.subject for delivery in list_deliveries(webhook)] == expected


def test_no_events_are_no_statement(cast: Cast):
    with CaptureQueriesContext(connection) as statements:
        record_events(CREATED, [])
    assert len(statements) == 0


def test_the_club_is_told_of_a_member_who_has_left(cast: Cast):
    club, own = add_webhook(cast.hanna, cast.harbour)[0], add_webhook(cast.lea)[0]
    other = add_webhook(cast.zora, cast.hill)[0]
    membership = Membership.objects.get(user=cast.lea)
    assert membership.status == Status.LEFT
    record_membership_event(EventKind.MEMBER_LEFT, cast.harbour.pk, cast.lea.pk, membership.pk, NOON)
    assert [list_recorded_kinds(webhook) for webhook in (club, own, other)] == [
        ["member.left"], ["member.left"], [],
    ]  # fmt: skip


def test_a_message_has_ids_and_nothing_else(cast: Cast):
    add_webhook(cast.hanna, cast.harbour)
    run_id = uuid4()
    record_event(CREATED, cast.ada.pk, run_id, now=NOON)
    membership = Membership.objects.get(user=cast.ben)
    record_membership_event(EventKind.MEMBER_JOINED, cast.harbour.pk, cast.ben.pk, membership.pk, NOON)
    created, joined = (build_body(event) for event in WebhookEvent.objects.all())
    assert created == (
        '{"type":"activity.created","timestamp":"2026-06-10T12:00:00Z",'
        f'"data":{{"user_id":"{cast.ada.public_id}","activity_id":"{encode("act", run_id)}"}}}}'
    )
    assert joined == (
        '{"type":"member.joined","timestamp":"2026-06-10T12:00:00Z",'
        f'"data":{{"user_id":"{cast.ben.public_id}","org_id":"{cast.harbour.public_id}",'
        f'"membership_id":"{membership.public_id}"}}}}'
    )


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_event_and_no_job(cast: Cast):
    add_webhook(cast.ada)
    with transaction.atomic():
        record_activity(cast.ada)
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()
    assert list(list_waiting_jobs()) == []


@pytest.mark.django_db(transaction=True)
def test_one_job_waits_for_many_events_of_one_webhook(cast: Cast):
    webhook, _ = add_webhook(cast.ada)
    for _ in range(3):
        with transaction.atomic():
            record_activity(cast.ada)
    [job] = list_waiting_jobs()
    assert job.args == {"webhook_id": str(webhook.pk)}
    assert job.lock == f"webhook {webhook.pk}"
