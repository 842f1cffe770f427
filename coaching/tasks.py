"""Background tasks of coaching, run by `manage.py worker`."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from coaching.assessments.current import batch_stale_athletes, recompute_assessments
from coaching.insights.llm.rewording import reword_waiting
from metrics.snapshots.behind import EVERYBODY, AthleteShare
from metrics.tasks import (
    INSIGHTS_QUEUE,
    PARTS,
    UPKEEP_QUEUE,
    abort_if_requested,
    queue_part,
    queue_parts,
    renew_slice,
)


# The alias lets jobs of release 0.1.0 that are still queued run; it goes with the release after 0.2.0.
# A minute before `renew_snapshots`: it also recomputes the snapshots of its athletes, so few are left.
@app.periodic(cron="2-59/3 * * * *")
@app.task(
    name="refresh_assessments",
    aliases=["renew_standings"],
    queue=UPKEEP_QUEUE,
    pass_context=True,
    queueing_lock="refresh_assessments",
    lock="refresh_assessments",
)
def refresh_assessments(context: JobContext, timestamp: int) -> None:
    """Recompute stale assessments, so that reading a roster rarely has to. If there are many, in parts."""
    if renew_slice(context, batch_stale_athletes, recompute_assessments, EVERYBODY):
        queue_parts(refresh_assessments_part)


@app.task(name="refresh_assessments_part", queue=UPKEEP_QUEUE, pass_context=True)
def refresh_assessments_part(context: JobContext, *, part: int, after: str) -> None:
    """A slice of the stale assessments of one part of the athletes; then a job for the next slice."""
    share = AthleteShare(part, PARTS, UUID(after))
    if last := renew_slice(context, batch_stale_athletes, recompute_assessments, share):
        queue_part(refresh_assessments_part, part, last)


@app.periodic(cron="* * * * *")
@app.task(
    name="word_insights",
    queue=INSIGHTS_QUEUE,
    pass_context=True,
    queueing_lock="word_insights",
    lock="word_insights",
)
def reword_insights(context: JobContext, timestamp: int) -> None:
    """Let a model reword insights of profiles that were read, if one is configured."""
    for _ in reword_waiting(timezone.now()):
        abort_if_requested(context)
