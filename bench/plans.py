"""The PostgreSQL plans of the statistics: `python -m bench.plans` prints a JSON object."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.http_load.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Max  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from athletes.models import Athlete  # noqa: E402
from metrics import buckets  # noqa: E402
from metrics.health.series import load_health_series  # noqa: E402
from metrics.models import Activity  # noqa: E402
from metrics.statistics.series import load_period_sums, load_run_totals  # noqa: E402


def explain_statistics_queries() -> dict[str, str]:
    until = Activity.objects.aggregate(at=Max("started_at"))["at"]
    athlete = Athlete.objects.filter(activities__isnull=False).order_by("-pk").first()
    if athlete is None:
        raise SystemExit("The database has no athlete with activities.")
    last, year = until.date(), until - timedelta(days=365)
    return {
        "fitness_stats": explain_query(
            load_run_totals, athlete.pk, buckets.build_days_window("month", year.date(), last, athlete.zone)
        ),
        "running_stats, activity_stats": explain_query(
            load_period_sums, athlete.pk, buckets.build_window("day", year, until, athlete.zone), "run"
        ),
        "health_metrics": explain_query(
            load_health_series, athlete.pk, last - timedelta(days=399), last, "day"
        ),
    }


def explain_query(load: Any, *arguments: Any) -> str:
    with CaptureQueriesContext(connection) as captured:
        load(*arguments)
    (statement,) = [query["sql"] for query in captured]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, SUMMARY OFF) {statement}")
        return "\n".join(shorten_line(row[0]) for row in cursor.fetchall())


def shorten_line(line: str) -> str:
    return line if len(line) <= 150 else f"{line[:147]}…"


if __name__ == "__main__":
    print(json.dumps(explain_statistics_queries()))
