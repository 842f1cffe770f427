"""Time to renew a snapshot: `python -m astral.local.servers -- .venv/bin/python -m bench.snapshots`.

1,000 athletes have 3 years of training and health days. They are renewed in batches. Floor: the same SELECT
statements, with their rows fetched and not used.
"""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import django

os.environ.setdefault("ASTRAL_ENV", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astral.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from athletes.models import Athlete, User  # noqa: E402
from metrics.snapshots.behind import ATHLETES_PER_BATCH  # noqa: E402
from metrics.snapshots.compute import compute_current_numbers  # noqa: E402
from metrics.snapshots.current import recompute_snapshots  # noqa: E402
from metrics.snapshots.history import load_histories  # noqa: E402

ATHLETES, REPEATS, TARGET_MS = 1_000, 3, 2.0
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONES = ("Europe/Madrid", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe")

# Five activities a week; three of four are runs. A race every hundred days.
INSERT_ACTIVITIES_SQL = """
INSERT INTO metrics_activity (
    id, athlete_id, name, activity_type, sub_type, is_race, started_at, local_date, distance_m, duration_s,
    avg_hr_bpm, elevation_gain_m, calories_kcal, training_load, load_method, load_quality,
    zone1_s, zone2_s, zone3_s, zone4_s, zone5_s, vo2max_ml_kg_min, race_vdot, best_efforts, recorded,
    warnings, source, device, created_at, updated_at)
SELECT gen_random_uuid(), user_id, 'Run', CASE WHEN day %% 4 = 0 THEN 'bike' ELSE 'run' END, '',
       day %% 100 = 0,
       %(now)s::timestamptz - day * interval '1 day' + random() * interval '5 hours',
       (%(now)s::timestamptz - day * interval '1 day')::date, 6000 + 9000 * random(), 2000 + 3000 * random(),
       130 + 30 * random(), 90 * random(), 600, 20 + 90 * random(), 'pace_grade_stream', 'A',
       900, 900, 300, 200, 50, 50 + random(), CASE WHEN day %% 100 = 0 THEN 50 + random() END,
       '[{"distance_m": 400, "duration_s": 90.1, "start_s": 3}, {"distance_m": 1000, "duration_s": 250.2}]',
       '{"duration_s": 3000, "elapsed_s": 3010, "distance_m": 10000}', '{}', 'file', 'Watch', now(), now()
  FROM generate_series(0, 1094) AS day, athletes_athlete
 WHERE day %% 7 NOT IN (2, 5)
 ORDER BY day DESC
"""
INSERT_HEALTH_DAYS_SQL = """
INSERT INTO metrics_healthday (
    id, athlete_id, date, source, hrv_rmssd_ms, resting_hr_bpm, sleep_s, updated_at)
SELECT gen_random_uuid(), user_id, (%(now)s::timestamptz)::date - day, 'watch', 40 + 40 * random(),
       45 + 8 * random(), 22000 + 9000 * random(), now()
  FROM generate_series(0, 1094) AS day, athletes_athlete
 ORDER BY day DESC
"""


def load_athletes() -> list[Athlete]:
    call_command("migrate", verbosity=0)
    users = [User(email=f"runner{number}@example.test").fill_derived_fields() for number in range(ATHLETES)]
    User.objects.bulk_create(users)
    Athlete.objects.bulk_create(
        Athlete(user=user, timezone=ZONES[number % len(ZONES)]) for number, user in enumerate(users)
    )
    with connection.cursor() as cursor:
        for statement in (INSERT_ACTIVITIES_SQL, INSERT_HEALTH_DAYS_SQL):
            cursor.execute(statement, {"now": NOW})
        cursor.execute("VACUUM ANALYZE")
    return list(Athlete.objects.order_by("pk"))


def measure_p50_ms(
    batches: Sequence[list[Athlete]],
    work: Callable[[list[Athlete]], object],
    clock: Callable[[], float] = perf_counter,
) -> float:
    """The median time of one athlete over all batches and rounds. The first round is a warm-up."""
    times = []
    for repeat in range(REPEATS + 1):
        for batch in batches:
            start = clock()
            work(batch)
            if repeat:
                times.append(1000 * (clock() - start) / len(batch))
    return statistics.median(times)


def capture_selects(batch: list[Athlete]) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        load_histories(batch, NOW)
    return [query["sql"] for query in queries]


def fetch_statements(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


def explain_statement(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}")
        return "\n".join(row[0] for row in cursor.fetchall() if "'" not in row[0])


def main() -> None:
    athletes = load_athletes()
    batches = [
        athletes[start : start + ATHLETES_PER_BATCH] for start in range(0, len(athletes), ATHLETES_PER_BATCH)
    ]
    statements = {batch[0].pk: capture_selects(batch) for batch in batches}
    histories = {batch[0].pk: load_histories(batch, NOW) for batch in batches}
    rows: list[tuple[str, Callable[[list[Athlete]], Any]]] = [
        (
            "floor: the same SELECTs, rows fetched and not used",
            lambda batch: fetch_statements(statements[batch[0].pk]),
        ),
        ("read into columns", lambda batch: load_histories(batch, NOW)),
        ("compute", lambda batch: compute_current_numbers(histories[batch[0].pk])),
        ("renew: read, compute, store", lambda batch: recompute_snapshots(batch, NOW)),
    ]
    print(
        f"{platform.machine()}; {ATHLETES} athletes × 3 years, batches of {ATHLETES_PER_BATCH}; "
        f"target {TARGET_MS} ms an athlete"
    )
    for name, work in rows:
        print(f"{name:52s} {measure_p50_ms(batches, work):7.2f} ms an athlete (p50)")
    for statement in statements[athletes[0].pk]:
        print(f"\n{explain_statement(statement)}")


if __name__ == "__main__":
    main()
