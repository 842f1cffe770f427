"""What renewing an assessment costs: `python -m astral.local.servers -- .venv/bin/python -m bench.assessments`.

The athletes of `bench.snapshots`: 3 years of training and health days each; here with best efforts, a plan of 16 weeks
of their own, races, thresholds and absences. Times of the clock and, behind them, of this process' CPU.
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
    PlanInstance.objects.bulk_create(
        [PlanInstance(athlete=one, plan=plan, start_date=start) for one, plan in pairs]
    )
    ahead = NOW.date() + timedelta(days=12)
    Race.objects.bulk_create(
        [Race(athlete=one, name="Marathon", date=ahead, distance_m=42195) for one in athletes]
    )
    away = NOW.date() - timedelta(days=40)
    Absence.objects.bulk_create(
        [Absence(athlete=one, kind="ill", first_day=away, last_day=away) for one in athletes]
    )
    values = {"threshold_pace": 250.0, "vdot": 50.0, "lthr": 168.0}
    Threshold.objects.bulk_create(
        [
            Threshold(athlete=one, kind=kind, value=value, valid_from=NOW.date() - timedelta(days=100))
            for one in athletes
            for kind, value in values.items()
        ]
    )


def recompute_on_new_day(batch: list[Athlete]) -> list[Assessment]:
    """The data is the same, assessments and snapshots are of yesterday."""
    for one in batch:
        one.snapshot.local_date -= timedelta(days=1)
    return recompute_assessments(batch, NOW)


def recompute_after_change(batch: list[Athlete]) -> list[Assessment]:
    """As after an upload: personal bests are looked for in all runs."""
    return recompute_assessments(
        [Athlete(pk=one.pk, timezone=one.timezone, data_version=one.data_version) for one in batch], NOW
    )


def main() -> None:
    freeze_loaded_objects()  # as the server and the worker do
    athletes = load_athletes()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE metrics_activity SET best_efforts = %s::jsonb", [f"[{BEST_EFFORTS_JSON}]"])
        cursor.execute("VACUUM FULL metrics_activity")  # every row was written twice
    create_plans(athletes)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    current_assessments([athlete.pk for athlete in athletes], NOW)
    athletes = list(Athlete.objects.select_related("snapshot", "assessment").order_by("pk"))
    batches = [athletes[start : start + BATCH_SIZE] for start in range(0, len(athletes), BATCH_SIZE)]
    pasts = {batch[0].pk: load_histories(batch, NOW) for batch in batches}
    inputs = {batch[0].pk: [one.inputs for one in _load_inputs(batch, NOW)] for batch in batches}
    rows: list[tuple[str, Callable[[list[Athlete]], Any]]] = [
        ("floor: the past read (snapshots need it too)", lambda batch: load_histories(batch, NOW)),
        ("its numbers (snapshots need them too)", lambda batch: _compute_numbers(pasts[batch[0].pk])),
        ("gathered: everything above, and the inputs", lambda batch: list(_load_inputs(batch, NOW))),
        ("judged", lambda batch: [evaluate_signals(one, NOW) for one in inputs[batch[0].pk]]),
        ("renewed, the snapshot being current", lambda batch: recompute_assessments(batch, NOW)),
        ("renewed on a new day, with the snapshot", recompute_on_new_day),
        ("renewed after a change of data, with the snapshot", recompute_after_change),
        ("current: read", lambda batch: current_assessments([one.pk for one in batch], NOW)),
    ]
    print(
        f"{platform.machine()}; {ATHLETES} athletes × 3 years, batches of {BATCH_SIZE}; target {TARGET_MS} ms an athlete"
    )
    for name, work in rows:
        taken, used = measure_p50_ms(batches, work), measure_p50_ms(batches, work, process_time)
        print(f"{name:52s} {taken:7.2f} ms an athlete (p50), {used:.2f} of CPU")
    with CaptureQueriesContext(connection) as queries:
        recompute_assessments(batches[0], NOW)
    print(f"{len(queries)} statements a batch")


def _compute_numbers(pasts: list[Any]) -> None:
    compute_current_numbers(pasts, build_daily_series(pasts))


if __name__ == "__main__":
    main()
