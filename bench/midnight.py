"""Time to renew all athletes after midnight: `python -m bench.midnight` prints a JSON object, ms an athlete.

After midnight, every assessment and snapshot is a day old. Floor: the statements of some batches, sent again
with a cursor only. At the end all athletes are current again.
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from time import perf_counter, process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.http_load.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from astral.gc_tuning import freeze_loaded_objects  # noqa: E402
from coaching.assessments.current import batch_stale_athletes, recompute_assessments  # noqa: E402

FLOOR_BATCHES = 5


def measure_recompute(now: datetime) -> dict[str, float]:
    """Renew all outdated assessments: median and worst batch, all batches, and the CPU of this process."""
    batch_ms, count = [], 0
    cpu_s, began = process_time(), perf_counter()
    start = began
    for batch in batch_stale_athletes(now):
        count += len(recompute_assessments(batch, now))
        batch_ms.append(1000 * (perf_counter() - start) / len(batch))
        start = perf_counter()
    all_ms, cpu_ms = 1000 * (perf_counter() - began) / count, 1000 * (process_time() - cpu_s) / count
    return {
        "athletes": count,
        "p50": statistics.median(batch_ms),
        "worst": max(batch_ms),
        "all": all_ms,
        "cpu": cpu_ms,
    }


def measure_floor_ms(now: datetime) -> float:
    floors_ms = []
    for batch in islice(batch_stale_athletes(now), FLOOR_BATCHES):
        with CaptureQueriesContext(connection) as captured:
            recompute_assessments(batch, now)
        statements = [query["sql"] for query in captured]
        floors_ms.append(measure_replay_ms(statements) / len(batch))
    return statistics.median(floors_ms)


def measure_replay_ms(statements: Sequence[str]) -> float:
    began = perf_counter()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()
    return 1000 * (perf_counter() - began)


def main() -> None:
    freeze_loaded_objects()  # the worker does this too
    now = timezone.now()
    renewed_before = sum(len(recompute_assessments(batch, now)) for batch in batch_stale_athletes(now))
    tomorrow = measure_recompute(now + timedelta(days=1))
    floor = measure_floor_ms(now + timedelta(days=2))
    today = measure_recompute(now)
    print(json.dumps({"behind_before": renewed_before, "rounds": [tomorrow, today], "floor": floor}))


if __name__ == "__main__":
    main()
