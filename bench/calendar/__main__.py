"""Time to load a year of a calendar: `python -m astral.local.servers -- .venv/bin/python -m bench.calendar`.

50 athletes have 3 years of training and 400 planned sessions. Nothing is cached. Floor: the same statements,
with their rows fetched and not used. Prints the processor's time too, and the plan of the largest statement.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter, process_time

import django

os.environ.setdefault("ASTRAL_ENV", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astral.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from athletes.models import Athlete, User  # noqa: E402
from athletes.rights import EVERYTHING  # noqa: E402
from bench.snapshots import INSERT_ACTIVITIES_SQL, INSERT_HEALTH_DAYS_SQL, NOW  # noqa: E402
from coaching.calendar.day_rows import CALENDAR_SQL  # noqa: E402
from coaching.calendar.reader import load_calendar  # noqa: E402
from coaching.models import CalendarSession  # noqa: E402

ATHLETES, SESSIONS, TARGET_MS = 50, 400, 15.0
AS_PLANNED = {
    "day": "2026-08-01", "sport": "run", "duration_s": 3_600.0, "distance_m": None, "load": None, "zone": 1,
    "steps": [], "is_key": False, "is_planned": True,
}  # fmt: skip


def load_athletes() -> list[Athlete]:
    call_command("migrate", verbosity=0)
    users = [User(email=f"runner{number}@example.test").fill_derived_fields() for number in range(ATHLETES)]
    User.objects.bulk_create(users)
    Athlete.objects.bulk_create(Athlete(user=user, timezone="Europe/Madrid") for user in users)
    today = NOW.date()
    CalendarSession.objects.bulk_create(
        CalendarSession(
            athlete_id=user.pk,
            day=today + timedelta(days=number * 365 // SESSIONS - 300),
            duration_s=3_600.0,
            zone=1 + number % 4,
            title="Run",
            steps=[{"repeat": 4, "duration": 300.0, "zone": 4}] if number % 4 == 0 else [],
            as_planned=AS_PLANNED if number % 40 == 0 else None,
        )
        for user in users
        for number in range(SESSIONS)
    )
    with connection.cursor() as cursor:
        for statement in (INSERT_ACTIVITIES_SQL, INSERT_HEALTH_DAYS_SQL):
            cursor.execute(statement, {"now": NOW})
        cursor.execute("VACUUM ANALYZE")
    return list(Athlete.objects.order_by("pk"))


def measure_p50_ms(
    athletes: list[Athlete], call: Callable[[Athlete], object], clock: Callable[[], float] = perf_counter
) -> float:
    times = []
    for athlete in athletes:
        start = clock()
        call(athlete)
        times.append(1_000 * (clock() - start))
    return statistics.median(times)


def load_year(athlete: Athlete) -> object:
    first = NOW.date() - timedelta(days=300)
    return load_calendar(athlete, first, first + timedelta(days=364), NOW, EVERYTHING)


def main() -> None:
    athletes = load_athletes()
    with CaptureQueriesContext(connection) as captured:
        load_year(athletes[0])
    statements = [query["sql"] for query in captured]

    def run_statements(_: Athlete) -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    p50, floor = measure_p50_ms(athletes, load_year), measure_p50_ms(athletes, run_statements)
    work = measure_p50_ms(athletes, load_year, process_time)
    print(f"A year of a calendar: {p50:.1f} ms, target {TARGET_MS:.0f} ms, floor {floor:.1f} ms")
    print(f"Processor's time of Python: {work:.1f} ms")
    first = NOW.date() - timedelta(days=300)
    parameters = {"athlete": athletes[0].pk, "first": first, "last": first + timedelta(days=364)}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {CALENDAR_SQL}", parameters)
        print("\n".join(row[0] for row in cursor.fetchall()))


if __name__ == "__main__":
    main()
