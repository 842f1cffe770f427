"""Background tasks of `manage.py worker`: queued jobs in PostgreSQL, and periodic jobs.

Every job must be safe to run twice: if a worker is killed, another one runs its job again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from knox.models import AuthToken
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued, JobAborted
from procrastinate.jobs import Job, Status
from procrastinate.tasks import Task

from athletes.access.idempotency import delete_old_answers
from athletes.access.sent_forms import delete_old_sent_forms
from athletes.accounts.acting.retention import delete_old_acting
from athletes.accounts.browsers import delete_ended_browsers
from athletes.accounts.limits.use_limits import delete_old_use_counters
from athletes.accounts.sign_in_alerts import send_sign_in_alerts
from athletes.accounts.sign_in_counters import delete_expired_counters
from athletes.changes.retention import delete_old_changes
from athletes.looks.partitions import update_partitions
from athletes.models import Athlete
from athletes.notices.inbox import delete_old_notices
from athletes.webhooks.deliveries import delete_old_deliveries
from metrics.snapshots.behind import EVERYBODY, FIRST_ID, AthleteShare
from metrics.snapshots.current import find_stale_batches, recompute_snapshots
from metrics.storage.activity_bin import empty_expired_bins

UPKEEP_QUEUE = "upkeep"  # of the periodic jobs; they have a slot of the worker for themselves
INSIGHTS_QUEUE = "insights"  # of the job that waits for a language model: it has a slot, too
STALLED_AFTER_S = 30.0  # three heartbeats of a worker
FINISHED_JOBS_KEPT_H = 72  # finished jobs are kept this long, so that they can be inspected
MAX_JOB_ATTEMPTS = 5
# A slice takes some seconds, so that other periodic jobs get their turn between two.
BATCHES_PER_SLICE, PARTS = 10, 8
RETRY_STRATEGY = RetryStrategy(max_attempts=MAX_JOB_ATTEMPTS, exponential_wait=4)


@app.periodic(cron="*/3 * * * *")
@app.task(
    name="renew_snapshots",
    queue=UPKEEP_QUEUE,
    pass_context=True,
    queueing_lock="renew_snapshots",
    lock="renew_snapshots",
)
def renew_snapshots(context: JobContext, timestamp: int) -> None:
    """Recompute stale snapshots, so that reading a roster rarely has to. If there are many, in parts."""
    if renew_slice(context, find_stale_batches, recompute_snapshots, EVERYBODY):
        queue_parts(renew_snapshots_part)


@app.task(name="renew_snapshots_part", queue=UPKEEP_QUEUE, pass_context=True)
def renew_snapshots_part(context: JobContext, *, part: int, after: str) -> None:
    """A slice of the stale snapshots of one part of the athletes; then a job for the next slice."""
    share = AthleteShare(part, PARTS, UUID(after))
    if last := renew_slice(context, find_stale_batches, recompute_snapshots, share):
        queue_part(renew_snapshots_part, part, last)


def renew_slice(
    context: JobContext,
    find_batches: Callable[[datetime, AthleteShare], Iterable[list[Athlete]]],
    renew: Callable[[list[Athlete], datetime], Any],
    share: AthleteShare,
) -> UUID | None:
    """Renew some batches of the athletes who are behind. The last athlete if more may be left, else None."""
    now = timezone.now()
    for number, batch in enumerate(find_batches(now, share), start=1):
        renew(batch, now)
        if number == BATCHES_PER_SLICE:
            last: UUID = batch[-1].pk
            return last
        abort_if_requested(context)
    return None


def queue_parts(task: Task[..., Any, ...]) -> None:
    """Let all workers renew at once: a job for each part of the athletes, unless it waits already."""
    for part in range(PARTS):
        queue_part(task, part, FIRST_ID)


def queue_part(task: Task[..., Any, ...], part: int, after: UUID) -> None:
    """The lock lets one job of a part run at a time. A part that waits already is not queued again."""
    lock = f"{task.name} {part}"
    job = task.configure(lock=lock, queueing_lock=lock)
    if not ProcrastinateJob.objects.filter(queueing_lock=lock, status="todo").exists():
        with suppress(AlreadyEnqueued):  # by another worker, meanwhile
            job.defer(part=part, after=str(after))


def abort_if_requested(context: JobContext) -> None:
    """Stop between two batches if the worker is stopping; the next worker does the rest."""
    if context.should_abort():
        raise JobAborted


@app.periodic(cron="* * * * *")
@app.task(name="run_stalled_again", queue=UPKEEP_QUEUE, pass_context=True, queueing_lock="run_stalled_again")
async def run_stalled_again(context: JobContext, timestamp: int) -> None:
    await run_stalled_jobs_again()


async def run_stalled_jobs_again() -> None:
    """Queue the jobs of dead workers again; a job with too many attempts has failed."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
        if job.attempts < MAX_JOB_ATTEMPTS:
            await _retry_job(job)
        else:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)


async def _retry_job(job: Job) -> None:
    queued = await app.job_manager.list_jobs_async(queueing_lock=job.queueing_lock, status=Status.TODO.value)
    # Another process may have queued this very job again meanwhile.
    if job.queueing_lock and [
        waiting for waiting in queued if waiting.id != job.id
    ]:  # the waiting job does the work of this one, too
        await sync_to_async(_widen_by_job)(job.id, job.queueing_lock)
        await app.job_manager.finish_job(job, Status.ABORTED, delete_job=False)
    else:
        await app.job_manager.retry_job(job)


def release_queueing_lock(job: Job) -> None:
    """Let other requests wait while this job runs.

    With its lock, a failed job could not be queued again beside a waiting one: it would stay "doing".
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET queueing_lock = NULL WHERE id = %s", [job.id])


def widen_waiting_job(queueing_lock: str, since: str | None) -> bool:
    """Make the waiting job start at the earlier of two days; None: at the beginning.

    False if no job waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET args = args || jsonb_build_object('since',"
            " CASE WHEN %(since)s::text IS NULL OR args->>'since' IS NULL THEN NULL"
            " ELSE least(args->>'since', %(since)s) END) WHERE queueing_lock = %(lock)s AND status = 'todo'",
            {"since": since, "lock": queueing_lock},
        )
        return bool(cursor.rowcount)


def _widen_by_job(job_id: int | None, queueing_lock: str) -> None:
    args = ProcrastinateJob.objects.values_list("args", flat=True).get(pk=job_id)
    if "since" in args:
        widen_waiting_job(queueing_lock, args["since"])


@app.periodic(cron="7 4 * * *")
@app.task(name="delete_expired", queue=UPKEEP_QUEUE, pass_context=True, queueing_lock="delete_expired")
def delete_expired(context: JobContext, timestamp: int) -> None:
    """Delete what has expired and what is old.

    Tokens, sessions, counters, permissions, forms, answers, deliveries, notices, and the change history.
    """
    now = timezone.now()
    AuthToken.objects.filter(expiry__lt=now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    delete_ended_browsers()
    delete_expired_counters(now)
    delete_old_use_counters(now)
    delete_old_sent_forms(now)
    delete_old_answers(now)
    delete_old_deliveries(now)
    delete_old_notices(now)
    delete_old_acting(now)
    delete_old_changes(now)


@app.periodic(cron="37 4 * * *")
@app.task(
    name="update_access_log_months",
    queue=UPKEEP_QUEUE,
    pass_context=True,
    queueing_lock="update_access_log_months",
)
def update_access_log_months(context: JobContext, timestamp: int) -> None:
    """Make the partitions of the next months of the access log, and drop those that are too old."""
    update_partitions(timezone.now())


@app.periodic(cron="27 4 * * *")
@app.task(
    name="empty_bins", queue=UPKEEP_QUEUE, pass_context=True, queueing_lock="empty_bins", lock="empty_bins"
)
def empty_bins(context: JobContext, timestamp: int) -> None:
    """Delete for good what has been in a bin for 30 days."""
    for _ in empty_expired_bins(timezone.now()):
        abort_if_requested(context)


@app.periodic(cron="* * * * *")
@app.task(
    name="tell_owners_of_guesses",
    queue=UPKEEP_QUEUE,
    pass_context=True,
    queueing_lock="tell_owners_of_guesses",
    lock="tell_owners_of_guesses",
)
def tell_owners_of_guesses(context: JobContext, timestamp: int) -> None:
    """E-mail the owners of accounts at which somebody guesses."""
    send_sign_in_alerts(timezone.now())


@app.periodic(cron="17 4 * * *")
@app.task(name="delete_old_jobs", queue=UPKEEP_QUEUE, pass_context=True, queueing_lock="delete_old_jobs")
async def delete_old_jobs(context: JobContext, timestamp: int) -> None:
    await app.job_manager.delete_old_jobs(
        nb_hours=FINISHED_JOBS_KEPT_H, include_failed=True, include_cancelled=True, include_aborted=True
    )
