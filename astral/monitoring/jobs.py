"""Background jobs as their tables show them: how many wait, how long, and whether a worker lives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateWorker
from prometheus_client.core import GaugeMetricFamily, Metric

WORKER_ALIVE_S = 60  # six heartbeats
OPEN_STATUSES = ("todo", "doing", "failed")
# A job without a time could start when it was queued.
_JOBS_SQL = """
    SELECT job.queue_name, job.status::text, count(*),
           max(extract(epoch FROM %(now)s - coalesce(job.scheduled_at, queued.at))::float)
             FILTER (WHERE job.status = 'todo')
      FROM procrastinate_jobs AS job
      LEFT JOIN LATERAL (
          SELECT min(at) AS at FROM procrastinate_events
           WHERE job_id = job.id AND type = 'deferred' AND job.status = 'todo'
      ) AS queued ON true
     WHERE job.status IN ('todo', 'doing', 'failed')
     GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class JobGroup:
    """Jobs of one queue and status. `longest_wait_s`: of jobs that could start; 0 if none could."""

    queue: str
    status: str
    count: int
    longest_wait_s: float


def load_job_groups(now: datetime) -> list[JobGroup]:
    """Jobs that wait, run or have failed. Failed ones are kept for three days."""
    with connection.cursor() as cursor:
        cursor.execute(_JOBS_SQL, {"now": now})
        return [
            JobGroup(queue, status, count, max(wait_s or 0.0, 0.0))
            for queue, status, count, wait_s in cursor.fetchall()
        ]


def count_live_workers(now: datetime) -> int:
    return ProcrastinateWorker.objects.filter(
        last_heartbeat__gt=now - timedelta(seconds=WORKER_ALIVE_S)
    ).count()


def read_job_gauges(now: datetime) -> Iterator[Metric]:
    """A worker has one heartbeat for each group of queues."""
    jobs = GaugeMetricFamily("astral_jobs", "Jobs that wait, run or failed.", labels=("queue", "status"))
    waits = GaugeMetricFamily(
        "astral_oldest_job_wait_seconds",
        "How long the oldest waiting job could have started.",
        labels=("queue",),
    )
    for group in load_job_groups(now):
        jobs.add_metric((group.queue, group.status), group.count)
        if group.status == "todo":
            waits.add_metric((group.queue,), group.longest_wait_s)
    yield jobs
    yield waits
    yield GaugeMetricFamily(
        "astral_live_workers", "Groups of queues whose worker is alive.", value=count_live_workers(now)
    )
