"""Background tasks of imports: one turn on one import, imports of dead workers, and leftovers."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread, get_native_id
from time import monotonic
from uuid import UUID

from django.db import connections
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from metrics.files.parallel import count_cores
from metrics.imports.cleaning import delete_leftovers, find_abandoned_imports, give_up_import
from metrics.imports.files.run import NICENESS, WorkSlice, run_import
from metrics.imports.files.undo import undo_import
from metrics.imports.files.unknown_sports import apply_named_sport
from metrics.imports.queue import IMPORTS_QUEUE, RUN_TASK, queue_import
from metrics.imports.work_folder import delete_folder
from metrics.models import Import
from metrics.tasks import RETRY_STRATEGY, UPKEEP_QUEUE, release_queueing_lock

SLICE_S = 60.0  # then another import gets its turn
LOOK_INTERVAL_S = 5.0  # between two looks whether another import waits


@app.task(name=RUN_TASK, queue=IMPORTS_QUEUE, pass_context=True, retry=RETRY_STRATEGY)
def run_import_job(context: JobContext, *, import_id: str) -> None:
    """One turn on an import. If there is more to do, the next turn comes after all other imports."""
    release_queueing_lock(context.job)
    run_at_low_priority(partial(take_turn, UUID(import_id), context.should_abort))


def take_turn(import_id: UUID, must_stop: Callable[[], bool]) -> None:
    work = WorkSlice(timezone.now, is_over=build_turn_end(), must_stop=must_stop, processes=count_cores())
    is_done = all(step(import_id, work) for step in (run_import, apply_named_sport, undo_import))
    parent = Import.objects.filter(pk=import_id).first()
    if parent is None:  # the athlete was erased; a planner may have written files after that
        delete_folder(import_id)
        return
    if is_done:
        return
    if parent.is_active or parent.status != Import.Status.CANCELLED:  # a cancelled one may be half undone
        queue_import(parent)


def build_turn_end() -> Callable[[], bool]:
    """Whether this turn is over: it had its time, and another import waits."""
    ends_at = monotonic() + SLICE_S
    waiting = ProcrastinateJob.objects.filter(queue_name=IMPORTS_QUEUE, status="todo")

    def is_over() -> bool:
        nonlocal ends_at
        if monotonic() < ends_at:
            return False
        ends_at = monotonic() + LOOK_INTERVAL_S
        if not waiting.exists():
            return False
        ends_at = 0.0
        return True

    return is_over


def run_at_low_priority(function: Callable[[], None]) -> None:
    """Run in a thread of its own: a thread that has lowered its priority cannot raise it again."""
    errors: list[BaseException] = []

    def run() -> None:
        with suppress(OSError, AttributeError):  # not every system has priorities of threads
            os.setpriority(os.PRIO_PROCESS, get_native_id(), NICENESS)
        try:
            function()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=run, name="import")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


@app.periodic(cron="*/5 * * * *")
@app.task(name="resume_imports", queue=UPKEEP_QUEUE, queueing_lock="resume_imports", lock="resume_imports")
def resume_imports(timestamp: int) -> None:
    """Queue imports that have no job any more. If their job has failed, so has the import."""
    for parent, has_failed in find_abandoned_imports():
        if has_failed:
            give_up_import(parent, timezone.now())
        else:
            queue_import(parent)


@app.periodic(cron="37 4 * * *")
@app.task(name="clean_imports", queue=UPKEEP_QUEUE, queueing_lock="clean_imports", lock="clean_imports")
def clean_imports(timestamp: int) -> None:
    """Delete archives that nobody needs any more, and refused files after 30 days."""
    delete_leftovers(timezone.now())
