"""Time to renew an assessment: `python -m astral.local.servers -- .venv/bin/python -m bench.assessments`.

It uses the athletes of `bench.snapshots`, each with 3 years of training and health days. Here they also have
best efforts, a plan of 16 weeks, races, thresholds and absences. It prints clock time and the CPU time of
this process.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from datetime import timedelta
from time import process_time
from typing import Any

from bench.snapshots import ATHLETES, NOW, load_athletes, measure_p50_ms  # isort: skip - it sets Django up

from django.db import connection
from django.test.utils import CaptureQueriesContext

from astral.gc_tuning import freeze_loaded_objects
from athletes.models import Athlete, Organization, Threshold
from coaching.assessments.current import BATCH_SIZE, _load_inputs, current_assessments, recompute_assessments
from coaching.attention import evaluate_signals
from coaching.models import Absence, Assessment, Plan, PlanInstance, PlanSession, Race
from coaching.plans.filling import fill_calendars
from metrics.snapshots.compute import build_daily_series, compute_current_numbers
from metrics.snapshots.history import load_histories

TARGET_MS, PLAN_WEEKS = 2.0, 16
BEST_EFFORTS_JSON = ", ".join(
    f'{{"distance_m": {metres}, "duration_s": {metres / 4}, "elapsed_s": {metres / 4}, "start_s": 60.5}}'
    for metres in (400.0, 800.0, 1000.0, 1609.344, 3000.0, 5000.0)
)
PLAN_WEEK = ((1, 40, 1), (2, 60, 3), (4, 50, 1), (5, 55, 4), (7, 100, 1))  # weekday, minutes, zone


def create_plans(athletes: list[Athlete]) -> None:
    club = Organization.objects.create(name="Everybody")
    plans = [
        Plan(organization=club, name=f"Plan {number}", total_weeks=PLAN_WEEKS)
        for number in range(len(athletes))
    ]
    Plan.objects.bulk_create(plans)
    PlanSession.objects.bulk_create(
        [
            PlanSession(
                plan=plan, week=week, weekday=weekday, duration_s=60.0 * minutes, zone=zone, is_key=zone > 1
            )
            for plan in plans
            for week in range(1, PLAN_WEEKS + 1)
            for weekday, minutes, zone in PLAN_WEEK
        ],
        batch_size=5_000,
    )
    start = NOW.date() - timedelta(weeks=9)
    pairs = list(zip(athletes, plans, strict=True))
    instances = PlanInstance.objects.bulk_create(
        [PlanInstance(athlete=athlete, plan=plan, start_date=start) for athlete, plan in pairs]
    )
    for instance in instances:
        fill_calendars(instance.plan, [instance])
    race_date = NOW.date() + timedelta(days=12)
    Race.objects.bulk_create(
        [Race(athlete=athlete, name="Marathon", date=race_date, distance_m=42195) for athlete in athletes]
    )
    absence_date = NOW.date() - timedelta(days=40)
    Absence.objects.bulk_create(
        [
            Absence(athlete=athlete, kind="ill", first_day=absence_date, last_day=absence_date)
            for athlete in athletes
        ]
    )
    values = {"threshold_pace": 250.0, "vdot": 50.0, "lthr": 168.0}
    Threshold.objects.bulk_create(
        [
            Threshold(athlete=athlete, kind=kind, value=value, valid_from=NOW.date() - timedelta(days=100))
            for athlete in athletes
            for kind, value in values.items()
        ]
    )


def recompute_on_new_day(batch: list[Athlete]) -> list[Assessment]:
    """Renew when the data is the same, but assessments and snapshots are of yesterday."""
    for athlete in batch:
        athlete.snapshot.local_date -= timedelta(days=1)
    return recompute_assessments(batch, NOW)


def recompute_after_change(batch: list[Athlete]) -> list[Assessment]:
    """Renew as after an upload: personal bests are searched in all runs."""
    return recompute_assessments(
        [
            Athlete(pk=athlete.pk, timezone=athlete.timezone, data_version=athlete.data_version)
            for athlete in batch
        ],
        NOW,
    )


def main() -> None:
    freeze_loaded_objects()  # the server and the worker do this too
    athletes = load_athletes()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE metrics_activity SET best_efforts = %s::jsonb", [f"[{BEST_EFFORTS_JSON}]"])
        cursor.execute("VACUUM FULL metrics_activity")  # the update wrote every row again
    create_plans(athletes)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    current_assessments([athlete.pk for athlete in athletes], NOW)
    athletes = list(Athlete.objects.select_related("snapshot", "assessment").order_by("pk"))
    batches = [athletes[start : start + BATCH_SIZE] for start in range(0, len(athletes), BATCH_SIZE)]
    histories = {batch[0].pk: load_histories(batch, NOW) for batch in batches}
    inputs = {batch[0].pk: [athlete.inputs for athlete in _load_inputs(batch, NOW)] for batch in batches}
    rows: list[tuple[str, Callable[[list[Athlete]], Any]]] = [
        ("floor: read the history (snapshots need it too)", lambda batch: load_histories(batch, NOW)),
        (
            "compute its numbers (snapshots need them too)",
            lambda batch: _compute_numbers(histories[batch[0].pk]),
        ),
        ("load all inputs, with everything above", lambda batch: list(_load_inputs(batch, NOW))),
        (
            "evaluate signals",
            lambda batch: [evaluate_signals(athlete, NOW) for athlete in inputs[batch[0].pk]],
        ),
        ("renew, with a current snapshot", lambda batch: recompute_assessments(batch, NOW)),
        ("renew on a new day, with the snapshot", recompute_on_new_day),
        ("renew after a change of data, with the snapshot", recompute_after_change),
        (
            "read a current assessment",
            lambda batch: current_assessments([athlete.pk for athlete in batch], NOW),
        ),
    ]
    print(
        f"{platform.machine()}; {ATHLETES} athletes × 3 years, batches of {BATCH_SIZE}; "
        f"target {TARGET_MS} ms an athlete"
    )
    for name, work in rows:
        clock_ms, cpu_ms = measure_p50_ms(batches, work), measure_p50_ms(batches, work, process_time)
        print(f"{name:52s} {clock_ms:7.2f} ms an athlete (p50), {cpu_ms:.2f} of CPU")
    with CaptureQueriesContext(connection) as queries:
        recompute_assessments(batches[0], NOW)
    print(f"{len(queries)} statements a batch")


def _compute_numbers(histories: list[Any]) -> None:
    compute_current_numbers(histories, build_daily_series(histories))


if __name__ == "__main__":
    main()
