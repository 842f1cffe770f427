"""Queue the work on an import. The task itself is in `tasks`, which knows all that can be done."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from metrics.models import Import

IMPORTS_QUEUE, RUN_TASK = "imports", "run_import"


def queue_import(parent: Import) -> None:
    """Queue the next turn on this import, after all others. It starts if the transaction commits.

    An athlete's imports run one after the other.
    """
    job = app.configure_task(
        RUN_TASK,
        queue=IMPORTS_QUEUE,
        lock=f"import of {parent.athlete_id}",
        queueing_lock=f"import {parent.pk}",
    )
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(import_id=str(parent.pk))
