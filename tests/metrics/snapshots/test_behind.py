"""Who is behind: SQL finds exactly the athletes whose stored row is not current."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from athletes.models import Athlete, User
from metrics import tasks
from metrics.models import Snapshot
from metrics.snapshots import behind
from metrics.snapshots.behind import EVERYBODY, FIRST_ID, AthleteShare, find_behind
from metrics.snapshots.current import (
    SNAPSHOT_FORMULA,
    find_stale_batches,
    is_snapshot_current,
    recompute_stale_snapshots,
)
from tests.support.cast import NOON, Cast, create_person

# Near the date line and with half hours; 10:30 UTC is three local days at once.
ZONES = ("Pacific/Kiritimati", "Pacific/Niue", "Asia/Kolkata", "America/St_Johns", "Europe/Madrid", "UTC")
YEAR_START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda minutes: YEAR_START + timedelta(minutes=minutes))
CHANGES = st.sampled_from(("none", "missing", "version", "yesterday", "tomorrow", "older", "newer"))


def list_behind(now: datetime, share: AthleteShare = EVERYBODY) -> set[UUID]:
    return {pk for batch in find_behind(Snapshot, SNAPSHOT_FORMULA, now, share) for pk in batch}


def spoil_snapshot(athlete: Athlete, day: date, change: str) -> None:
    rows = Snapshot.objects.filter(athlete=athlete)
    if change == "missing":
        rows.delete()
    elif change == "version":
        Athlete.objects.filter(pk=athlete.pk).bump_version()
    elif change in ("yesterday", "tomorrow"):
        rows.update(local_date=day + timedelta(days=1 if change == "tomorrow" else -1))
    elif change in ("older", "newer"):
        rows.update(formula=SNAPSHOT_FORMULA + (1 if change == "newer" else -1))


class SameAsPython(TestCase):
    people: ClassVar[list[User]]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = [create_person(f"runner{number}") for number in range(len(ZONES))]
        for person, zone in zip(cls.people, ZONES, strict=True):
            Athlete.objects.filter(pk=person.pk).update(timezone=zone)
        recompute_stale_snapshots(YEAR_START)

    @settings(max_examples=25)
    @given(
        MOMENTS,
        st.timedeltas(timedelta(0), timedelta(hours=30)),
        st.lists(CHANGES, min_size=len(ZONES), max_size=len(ZONES)),
    )
    def test_sql_finds_whom_python_finds(self, then: datetime, later: timedelta, changes: list[str]) -> None:
        for athlete, change in zip(self.load_athletes(), changes, strict=True):
            day, version = athlete.local_date(then), athlete.data_version
            Snapshot.objects.filter(pk=athlete.pk).update(local_date=day, data_version=version)
            spoil_snapshot(athlete, day, change)
        now = then + later
        expected = {row.pk for row in self.load_athletes() if not is_snapshot_current(row, now)}
        assert list_behind(now) == expected

    def load_athletes(self) -> list[Athlete]:
        ids = [person.pk for person in self.people]
        return list(Athlete.objects.filter(pk__in=ids).select_related("snapshot").order_by("pk"))


def test_only_athletes_who_are_behind_are_read(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    everybody = recompute_stale_snapshots(NOON)
    Athlete.objects.filter(pk__in=[cast.ada.pk, cast.ben.pk, cast.zoe.pk]).bump_versions()
    with CaptureQueriesContext(connection) as captured:
        batches = list(find_stale_batches(NOON))
    assert [len(batch) for batch in batches] == [3]
    assert len(captured) == 2
    assert everybody > 3
    monkeypatch.setattr(behind, "ATHLETES_PER_BATCH", 2)
    with CaptureQueriesContext(connection) as captured:
        assert [len(batch) for batch in find_behind(Snapshot, SNAPSHOT_FORMULA, NOON)] == [2, 1]
    assert len(captured) == 2


def test_parts_are_disjoint_and_together_everybody(cast: Cast):
    parts = [list_behind(NOON, AthleteShare(part, 3)) for part in range(3)]
    assert set.union(*parts) == set(Athlete.objects.values_list("pk", flat=True))
    assert sum(map(len, parts)) == Athlete.objects.count()


def test_many_are_renewed_in_slices_of_parts(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(behind, "ATHLETES_PER_BATCH", 1)
    monkeypatch.setattr(tasks, "BATCHES_PER_SLICE", 2)
    monkeypatch.setattr(tasks, "PARTS", 2)
    context = build_context()
    tasks.renew_snapshots.func(context, timestamp=0)
    assert Snapshot.objects.count() == 2
    tasks.renew_snapshots.func(context, timestamp=0)  # two more; the parts wait already
    assert list_waiting() == [(0, str(FIRST_ID)), (1, str(FIRST_ID))]
    for _ in range(20):
        for job in ProcrastinateJob.objects.filter(status="todo"):
            run_job(job, context)
    assert Snapshot.objects.count() == Athlete.objects.count() > 8
    assert list_waiting() == []


def build_context() -> JobContext:
    job = Job(id=1, queue="upkeep", lock=None, queueing_lock=None, task_name="")
    return JobContext(app=app, job=job, abort_reason=lambda: None, start_timestamp=0.0)


def list_waiting() -> list[tuple[int, str]]:
    jobs = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    return [(job.args["part"], job.args["after"]) for job in jobs]


def run_job(job: ProcrastinateJob, context: JobContext) -> None:
    """As a worker does."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.pk])
    tasks.renew_snapshots_part.func(context, **job.args)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk])
