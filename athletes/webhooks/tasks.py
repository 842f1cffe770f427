"""Background tasks of webhooks: send the messages of one webhook, and find those that no job sends."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from athletes.events.queue import DELIVER_TASK, WEBHOOKS_QUEUE, queue_deliveries
from athletes.webhooks.deliveries import deliver_waiting, find_webhooks_to_run

UPKEEP_QUEUE = "upkeep"
LOOK_INTERVAL = timedelta(minutes=1)  # of `find_waiting_webhooks`, which finds later tries


@app.task(
    name=DELIVER_TASK,
    queue=WEBHOOKS_QUEUE,
    pass_context=True,
    retry=RetryStrategy(max_attempts=3, exponential_wait=5),
)
def deliver_webhook(context: JobContext, *, webhook_id: str) -> None:
    """One turn of one webhook. The next one comes after the other webhooks, or when its next try is due."""
    next_try_at = deliver_waiting(UUID(webhook_id), timezone.now, context.should_abort)
    now = timezone.now()
    if next_try_at is not None and next_try_at < now + LOOK_INTERVAL:
        queue_deliveries([UUID(webhook_id)], at=next_try_at if next_try_at > now else None)


@app.periodic(cron="* * * * *")
@app.task(name="find_waiting_webhooks", queue=UPKEEP_QUEUE, queueing_lock="find_waiting_webhooks")
def find_waiting_webhooks(timestamp: int) -> None:
    """Queue later tries, and messages whose job was lost."""
    queue_deliveries(find_webhooks_to_run(timezone.now()))
