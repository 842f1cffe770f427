"""Background tasks that measure stored recordings again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from uuid import UUID

from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from athletes.models import Athlete, Membership
from metrics.remeasurement import remeasure
from metrics.remeasurement.upgrade import filter_outdated, measure_with_new_formulas
from metrics.tasks import (
    RETRY_STRATEGY,
    UPKEEP_QUEUE,
    abort_if_requested,
    release_queueing_lock,
    widen_waiting_job,
)

TASK_NAME, UPGRADE_TASK_NAME = "remeasure_athlete", "measure_with_new_formulas"
MAX_ATTEMPTS_TO_QUEUE = 5
OUTDATED_PER_ROUND = 500
AFTER_ALL_OTHERS = -1_000_000  # the lowest priority: nobody waits for an upgrade


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


@app.periodic(cron="*/5 * * * *")
@app.task(name="queue_outdated_athletes", queue=UPKEEP_QUEUE, queueing_lock="queue_outdated_athletes")
def queue_outdated_athletes(timestamp: int) -> None:
    """After an upgrade: queue some athletes whose numbers come from other formulas, until none is left.

    An athlete whose job has failed waits until that job is deleted, three days later.
    """
    failed = ProcrastinateJob.objects.filter(task_name=UPGRADE_TASK_NAME, status="failed")
    outdated = filter_outdated(
        Athlete.objects.exclude(pk__in=list(failed.values_list("args__athlete_id", flat=True)))
    ).order_by("pk")
    for athlete_id in outdated.values_list("pk", flat=True)[:OUTDATED_PER_ROUND]:
        lock = f"remeasure {athlete_id}"  # one athlete's jobs run one after the other
        job = measure_athlete_with_new_formulas.configure(
            lock=lock, queueing_lock=f"new formulas {athlete_id}", priority=AFTER_ALL_OTHERS
        )
        with suppress(AlreadyEnqueued), transaction.atomic():
            job.defer(athlete_id=str(athlete_id))


@app.task(name=UPGRADE_TASK_NAME, queue="recordings", pass_context=True, retry=RETRY_STRATEGY)
def measure_athlete_with_new_formulas(context: JobContext, *, athlete_id: str) -> None:
    release_queueing_lock(context.job)
    if not filter_outdated(Athlete.objects.filter(pk=UUID(athlete_id))).exists():
        return  # it was queued once more while a job for this athlete ran
    for _ in measure_with_new_formulas(UUID(athlete_id)):
        abort_if_requested(context)
