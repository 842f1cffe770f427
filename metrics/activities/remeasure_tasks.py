"""Background tasks that measure stored recordings again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from metrics.activities import remeasure
from metrics.tasks import RETRY_STRATEGY, abort_if_requested


def queue_remeasure(athlete_id: UUID, since: date | None) -> None:
    """Queue a job that measures an athlete's activities again. Equal waiting requests are one job.

    The job starts only if the current transaction commits. A lock makes one athlete's jobs run one after the
    other.
    """
    lock_name = f"remeasure {athlete_id}"
    job = remeasure_athlete.configure(lock=lock_name, queueing_lock=f"{lock_name} {since or 'all'}")
    try:
        with transaction.atomic():
            job.defer(athlete_id=str(athlete_id), since=since.isoformat() if since else None)
    except AlreadyEnqueued:
        return


@app.task(name="remeasure_athlete", pass_context=True, retry=RETRY_STRATEGY)
def remeasure_athlete(context: JobContext, *, athlete_id: str, since: str | None) -> None:
    for _ in remeasure.remeasure_athlete_activities(
        UUID(athlete_id), date.fromisoformat(since) if since else None
    ):
        abort_if_requested(context)
