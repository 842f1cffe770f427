"""Real workers: a killed one loses nothing, and a slow receiver delays nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from athletes.events.kinds import EventKind
from athletes.events.outbox import record_event
from athletes.models import WebhookDelivery
from tests.athletes.webhooks.receiver import answer_status, run_receiver
from tests.athletes.webhooks.webhook_fixtures import add_webhook, list_deliveries
from tests.metrics.test_kills import kill_command_when, wait_until
from tests.support.cast import Cast
from tests.support.processes import start_command

MESSAGES = 12
RECORDED = ["activity.created"]  # the worker also renews assessments, which raise signals

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _loopback(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.WEBHOOKS_TO_LOOPBACK = True
    monkeypatch.setenv("WEBHOOKS_TO_LOOPBACK", "1")  # of the worker's process
    yield
    ProcrastinateJob.objects.all()._raw_delete("default")


def record_activities(cast: Cast, count: int) -> None:
    for _ in range(count):
        with transaction.atomic():
            record_event(EventKind.ACTIVITY_CREATED, cast.ada.pk, uuid4())


def has_no_waiting() -> bool:
    return not WebhookDelivery.objects.waiting().exists()


def test_a_killed_worker_loses_no_message_and_keeps_their_order(cast: Cast):
    with run_receiver() as receiver:
        webhook, _ = add_webhook(cast.ada, url=receiver.url, events=RECORDED)

        def answer_slowly(handler: Any, message: Any) -> None:
            time.sleep(0.1)
            answer_status(200)(handler, message)

        receiver.answer = answer_slowly
        record_activities(cast, MESSAGES)
        kill_command_when(lambda: len(receiver.messages) == 4, "worker")
        assert WebhookDelivery.objects.waiting().count() in (MESSAGES - 4, MESSAGES - 3)
        # The dead worker's heartbeat is still fresh: the new one would wait for half a minute.
        ProcrastinateJob.objects.filter(status="doing").update(status="todo")
        with start_command("worker"):
            wait_until(has_no_waiting)
        arrived = list(dict.fromkeys(message.message_id for message in receiver.messages))
    assert arrived == [delivery.public_id for delivery in list_deliveries(webhook)]
    assert len(receiver.messages) in (MESSAGES, MESSAGES + 1)  # the interrupted one came twice


def test_a_slow_receiver_delays_nobody_else(cast: Cast):
    may_answer = Event()
    with run_receiver() as slow, run_receiver() as fast, start_command("worker"):

        def wait_for_test(handler: Any, message: Any) -> None:
            may_answer.wait(9)
            answer_status(200)(handler, message)

        slow.answer = wait_for_test
        slow_webhook, _ = add_webhook(cast.ada, url=slow.url, events=RECORDED)
        add_webhook(cast.hanna, cast.harbour, url=fast.url, events=RECORDED)
        record_activities(cast, 5)
        wait_until(lambda: len(fast.messages) == 5)
        assert len(slow.messages) <= 1  # one at a time
        may_answer.set()
        wait_until(has_no_waiting)
        assert len(slow.messages) == 5
    assert [delivery.attempts for delivery in list_deliveries(slow_webhook)] == [1] * 5
