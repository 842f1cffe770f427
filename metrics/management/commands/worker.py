"""manage.py worker: run queued and periodic jobs until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException

from astral.gc_tuning import freeze_loaded_objects
from athletes.accounts.email_links.tasks import EMAIL_QUEUE
from athletes.events.queue import WEBHOOKS_QUEUE
from metrics.imports.queue import IMPORTS_QUEUE
from metrics.tasks import INSIGHTS_QUEUE, STALLED_AFTER_S, UPKEEP_QUEUE, run_stalled_jobs_again

# Periodic jobs never wait for long ones, and no job waits for a language model, an import, a mail server or a
# receiver of webhooks. "default" has the jobs that an older version queued.
SLOTS_BY_QUEUES = {
    (UPKEEP_QUEUE,): 1,
    (INSIGHTS_QUEUE,): 1,
    (IMPORTS_QUEUE,): 1,
    (EMAIL_QUEUE,): 2,  # one of them is never taken by e-mails of notices
    (WEBHOOKS_QUEUE,): 4,  # the jobs of one webhook run one after the other
    ("recordings", "builtin", "default"): 2,
}
SHUTDOWN_GRACE_S = 3.0  # jobs can finish their batch in this time; `make run` waits 10 s
AUTOGROUP, SESSION_NICENESS = Path("/proc/self/autogroup"), 10
RECONNECT_WAIT_S = 2.0  # before another try if PostgreSQL does not answer

log = logging.getLogger("astral.worker")


class Command(BaseCommand):
    help = "Run background jobs: renew snapshots, measure activities again. Ctrl-C or SIGTERM stops it."

    def handle(self, *args: Any, **options: Any) -> None:
        connections.settings["default"].update(settings.WORKER_DATABASE)
        # No Django connection pool: the worker needs few connections, and the pool's threads delay its end.
        connections.settings["default"]["OPTIONS"].pop("pool", None)
        freeze_loaded_objects()
        lower_session_priority()
        asyncio.run(run_worker_until_stopped())


def lower_session_priority() -> None:
    """Let pages come before jobs. Linux shares the cores among sessions, then among processes of a session.

    Only if the worker has a session of its own: otherwise the web server would be slower, too.
    """
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # other systems, and kernels without groups of sessions
            AUTOGROUP.write_text(f"{SESSION_NICENESS}")


async def run_worker_until_stopped() -> None:
    """Run jobs until SIGTERM or SIGINT. If PostgreSQL does not answer, wait and try again."""
    worker = asyncio.current_task()
    assert worker is not None
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)  # a second signal ends the process at once
        worker.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    stopped = False
    while not stopped:
        try:
            await _run_or_wait()
        except* asyncio.CancelledError:
            stopped = True


async def _run_or_wait() -> None:
    """Run the worker. If PostgreSQL does not answer, wait a little."""
    try:
        await run_worker()
    except* ConnectorException as errors:
        log.warning("PostgreSQL does not answer: %s", errors.exceptions[0])
    await asyncio.sleep(RECONNECT_WAIT_S)


async def run_worker() -> None:
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=8)
    with app.replace_connector(connector):
        async with app.open_async():
            await run_stalled_jobs_again()
            async with asyncio.TaskGroup() as workers:
                for queues, slots in SLOTS_BY_QUEUES.items():
                    workers.create_task(_run_queues(queues, slots))


async def _run_queues(queues: Sequence[str], slots: int) -> None:
    await app.run_worker_async(
        queues=list(queues),  # procrastinate sends a tuple as a row
        concurrency=slots,
        stalled_worker_timeout=STALLED_AFTER_S,
        shutdown_graceful_timeout=SHUTDOWN_GRACE_S,
        install_signal_handlers=False,
    )
