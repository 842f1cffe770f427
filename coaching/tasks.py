"""What is done in the background for coaches, by `manage.py worker`."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from coaching.assessments.current import renew, stale_batches
from coaching.insights.llm.rewording import word_waiting
from metrics.tasks import stop_when_told


# A minute before `renew_snapshots`, which then finds little left: a standing renews its snapshot along.
@app.periodic(cron="2-59/3 * * * *")
@app.task(name="renew_standings", pass_context=True, queueing_lock="renew_standings", lock="renew_standings")
def renew_standings(context: JobContext, timestamp: int) -> None:
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
