"""What renewing everybody after midnight costs: `python -m bench.midnight` prints a JSON object, ms an athlete.

Every assessment and snapshot of the database is a day behind then. Floor: the statements of some batches as they were
sent, reading and writing, once more through the cursor alone. Everybody is current again at the end.
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
    """`renew_stale`, batch by batch: the median batch, and all of them; CPU of this process."""
    each, count = [], 0
    cpu_s, began = process_time(), perf_counter()
    start = began
    for batch in batch_stale_athletes(now):
        count += len(recompute_assessments(batch, now))
        each.append(1000 * (perf_counter() - start) / len(batch))
        start = perf_counter()
    all_ms, cpu_ms = 1000 * (perf_counter() - began) / count, 1000 * (process_time() - cpu_s) / count
    return {
        "athletes": count,
        "p50": statistics.median(each),
        "worst": max(each),
        "all": all_ms,
        "cpu": cpu_ms,
    }


def measure_floor_ms(now: datetime) -> float:
    taken = []
    for batch in islice(batch_stale_athletes(now), FLOOR_BATCHES):
        with CaptureQueriesContext(connection) as captured:
            recompute_assessments(batch, now)
        sent = [query["sql"] for query in captured]
        taken.append(measure_replay_ms(sent) / len(batch))
    return statistics.median(taken)


def measure_replay_ms(sent: Sequence[str]) -> float:
    began = perf_counter()
    with connection.cursor() as cursor:
        for statement in sent:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()
    return 1000 * (perf_counter() - began)


def main() -> None:
    freeze_loaded_objects()  # as the worker does
    now = timezone.now()
    renewed_before = sum(len(recompute_assessments(batch, now)) for batch in batch_stale_athletes(now))
    tomorrow = measure_recompute(now + timedelta(days=1))
    floor = measure_floor_ms(now + timedelta(days=2))
    today = measure_recompute(now)
    print(json.dumps({"behind_before": renewed_before, "rounds": [tomorrow, today], "floor": floor}))


if __name__ == "__main__":
    main()
