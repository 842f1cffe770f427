"""What is done in the background for coaches, by `manage.py worker`."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from coaching.assessments.current import renew, stale_batches
from coaching.insights.llm.rewording import word_waiting
from metrics.tasks import stop_when_told


# The alias lets jobs of release 0.1.0 that are still queued run; it goes with the release after 0.2.0.
# A minute before `renew_snapshots`, which then finds little left: an assessment renews its snapshot along.
@app.periodic(cron="2-59/3 * * * *")
@app.task(
    name="renew_assessments",
    aliases=["renew_standings"],
    pass_context=True,
    queueing_lock="renew_assessments",
    lock="renew_assessments",
)
def renew_assessments(context: JobContext, timestamp: int) -> None:
    """So that rosters rarely have to do it themselves when they are read."""
    now = timezone.now()
    for batch in stale_batches(now):
        renew(batch, now)
        stop_when_told(context)


@app.periodic(cron="* * * * *")
@app.task(name="word_insights", pass_context=True, queueing_lock="word_insights", lock="word_insights")
def word_insights(context: JobContext, timestamp: int) -> None:
    """Have a model word what profiles were read with, where one is set."""
    for _ in word_waiting(timezone.now()):
        stop_when_told(context)
