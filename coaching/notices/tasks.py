"""Background task: write the weekly digests."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from coaching.notices.digests import write_due_digests
from metrics.tasks import UPKEEP_QUEUE


@app.periodic(cron="*/5 * * * *")
@app.task(name="write_due_digests", queue=UPKEEP_QUEUE, queueing_lock="write_due_digests")
def write_digests(timestamp: int) -> None:
    """Each zone has its own Monday 06:00; some are off by a quarter of an hour."""
    write_due_digests(timezone.now())
