"""Measure stored hours again: `python -m astral.local.servers -- .venv/bin/python -m bench.remeasure`.

One process uses one core, and PostgreSQL another. The hours are made up, at 1 Hz with every column. Floor:
the same hours decoded and measured in memory. In the first round every number changes and is written; in the
second, none.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter

import django

os.environ.setdefault("ASTRAL_ENV", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astral.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from athletes.models import Athlete, Threshold, User  # noqa: E402
from metrics.activities import streams  # noqa: E402
from metrics.activities.changes import remeasure_activity  # noqa: E402
from metrics.activities.measure import ThresholdsOverTime, serialize_totals  # noqa: E402
from metrics.files.example_recordings import build_example_run  # noqa: E402
from metrics.models import Activity, Streams  # noqa: E402
from metrics.remeasurement.remeasure import RemeasureCounts, RemeasureScope, remeasure_scope  # noqa: E402

ATHLETES, HOURS, TARGET_PER_S = 10, 50, 60
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def load_recorded_hours() -> None:
    call_command("migrate", verbosity=0)
    recordings = [build_example_run(NOW, seed=seed) for seed in range(5)]
    encoded = [streams.encode(recording.samples) for recording in recordings]
    totals = [serialize_totals(recording.totals) for recording in recordings]
    values = {"threshold_pace": 255.0, "hr_max": 190.0, "lthr": 170.0}
    for number in range(ATHLETES):
        athlete = User.objects.create(email=f"runner{number}@example.test").athlete
        common = {"athlete": athlete, "valid_from": NOW.date() - timedelta(days=400)}
        Threshold.objects.bulk_create(
            Threshold(kind=kind, value=value, **common) for kind, value in values.items()
        )
        hours = [build_hour_activity(athlete, day, totals[day % 5]) for day in range(HOURS)]
        Activity.objects.bulk_create(hours)
        Streams.objects.bulk_create(
            Streams(
                activity=activity, athlete=athlete, content=encoded[day % 5], altitude_source="barometric"
            )
            for day, activity in enumerate(hours)
        )


def build_hour_activity(athlete: Athlete, day: int, totals: dict[str, float]) -> Activity:
    return Activity(
        athlete=athlete,
        activity_type="run",
        started_at=NOW - timedelta(days=day),
        local_date=(NOW - timedelta(days=day)).date(),
        duration_s=3_600,
        recorded=totals,
        source=Activity.Source.FILE,
    )


def print_timing(name: str, work: Callable[[], object]) -> None:
    start = perf_counter()
    result = work()
    ms = 1000 * (perf_counter() - start) / (ATHLETES * HOURS)
    print(f"{name:36s} {1000 / ms:6.1f} hours a second, {ms:5.2f} ms each   {result or ''}")


def measure_in_memory(rows: list[Activity], thresholds: ThresholdsOverTime) -> None:
    for activity in rows:
        remeasure_activity(activity, thresholds, activity.streams)


def remeasure_everything() -> RemeasureCounts:
    return sum(remeasure_scope(RemeasureScope("everybody", Athlete.objects.all())), RemeasureCounts())


def main() -> None:
    load_recorded_hours()
    rows = list(Activity.objects.select_related("streams"))
    thresholds = ThresholdsOverTime(rows[0].athlete, rows[0].athlete.thresholds.all())
    print(f"{platform.machine()}; {len(rows)} stored hours, one process; target {TARGET_PER_S} a second")
    print_timing("floor: decoded and measured", lambda: measure_in_memory(rows, thresholds))
    print_timing("measured again, everything changed", remeasure_everything)
    print_timing("measured again, nothing changed", remeasure_everything)


if __name__ == "__main__":
    main()
