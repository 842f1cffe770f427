"""Queue the work of one webhook. The job itself is in `athletes.webhooks.tasks`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

WEBHOOKS_QUEUE, DELIVER_TASK = "webhooks", "deliver_webhook"


def queue_deliveries(webhook_ids: Iterable[UUID], at: datetime | None = None) -> None:
    """Queue a job for each webhook, unless one waits already. `at`: when it starts; by default at once.

    The lock makes the jobs of one webhook run one after the other. A job too many does no harm, and one that
    is lost is found by the job that looks every minute.
    """
    for webhook_id in webhook_ids:
        lock = f"webhook {webhook_id}"
        jobs = ProcrastinateJob.objects.filter(queue_name=WEBHOOKS_QUEUE, status="todo", lock=lock)
        if not jobs.filter(scheduled_at__isnull=at is None).exists():
            job = app.configure_task(DELIVER_TASK, queue=WEBHOOKS_QUEUE, lock=lock, schedule_at=at)
            job.defer(webhook_id=str(webhook_id))


def delete_webhook_jobs(webhook_ids: Iterable[UUID]) -> None:
    """Delete the jobs of these webhooks, finished ones too. procrastinate's model refuses this."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE args->>'webhook_id' = ANY (%s)",
            [[str(webhook_id) for webhook_id in webhook_ids]],
        )
