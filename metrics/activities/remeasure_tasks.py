"""Background tasks that measure stored recordings again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from athletes.models import Membership
from metrics.activities import remeasure
from metrics.tasks import RETRY_STRATEGY, abort_if_requested, release_queueing_lock, widen_waiting_job

TASK_NAME = "remeasure_athlete"
MAX_ATTEMPTS_TO_QUEUE = 5


def queue_remeasure(athlete_id: UUID, since: date | None) -> None:
    """Queue a job that measures an athlete's activities from this local date on; None: all of them.

    An athlete has at most one waiting job: a second request makes it start at the earlier of the two days.
    The job starts only if the current transaction commits. A lock makes one athlete's jobs run one after the
    other.
    """
    lock, first_day = f"remeasure {athlete_id}", since.isoformat() if since else None
    club = _find_club(athlete_id)
    job = remeasure_athlete.configure(lock=lock, queueing_lock=lock, priority=-_count_recent_jobs(club))
    for _ in range(MAX_ATTEMPTS_TO_QUEUE):
        try:
            with transaction.atomic():
                job.defer(athlete_id=str(athlete_id), since=first_day, club=club)
            return
        except AlreadyEnqueued:
            if widen_waiting_job(lock, first_day):
                return  # otherwise the waiting job has started meanwhile
    raise AlreadyEnqueued


def _find_club(athlete_id: UUID) -> str:
    """The organization whose waiting jobs are counted; the athlete if there is no organization."""
    clubs = Membership.objects.active().athletes().filter(user=athlete_id).order_by("organization")
    return str(clubs.values_list("organization", flat=True).first() or athlete_id)


def _count_recent_jobs(club: str) -> int:
    """How many jobs this club had lately. Finished jobs are kept for three days.

    The club with the fewest jobs is served first, so nobody starves others, however often they ask.
    """
    return int(ProcrastinateJob.objects.filter(task_name=TASK_NAME, args__club=club).count())


@app.task(name=TASK_NAME, queue="recordings", pass_context=True, retry=RETRY_STRATEGY)
def remeasure_athlete(context: JobContext, *, athlete_id: str, since: str | None, club: str = "") -> None:
    release_queueing_lock(context.job)
    for _ in remeasure.remeasure_athlete_activities(
        UUID(athlete_id), date.fromisoformat(since) if since else None
    ):
        abort_if_requested(context)
