"""The bulk readers (bytes and JSON) give the same values as the plain readers of this file, row by row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from athletes.models import Athlete
from coaching.assessments.current import recompute_assessments
from coaching.attention import Run
from coaching.demo import load_demo
from coaching.demo.people.athletes import HARBOUR_ATHLETES, LANTERN_HEAD_COACH
from coaching.models import Assessment, PlanInstance, PlanSession
from coaching.plans.schedule import load_schedules
from coaching.science.compliance import DoneActivity, PlannedSession, amount_ratio, match_sessions
from coaching.science.planned_load import expected_load
from coaching.training_log.activities import TrainingLog, load_training_logs
from metrics.models import Activity, Snapshot
from metrics.snapshots.compute import compute_current_numbers
from metrics.snapshots.history import load_histories

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("reading_oracle")]
NOW = datetime(2026, 11, 22, 16, tzinfo=UTC)
LOADED = (*HARBOUR_ATHLETES[::4], LANTERN_HEAD_COACH)  # a few people of the demo


@pytest.fixture(scope="module")
def athletes(django_db_setup: None, django_db_blocker) -> Iterator[list[Athlete]]:
    """The demo, loaded once for this file and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(NOW, LOADED)
        yield list(Athlete.objects.filter(activities__isnull=False).distinct().order_by("pk"))
        transaction.set_rollback(True)


def read_rows(athlete: Athlete, days: int) -> list[Activity]:
    last = athlete.local_date(NOW)
    rows = Activity.objects.filter(
        athlete=athlete, local_date__gt=last - timedelta(days=days), local_date__lte=last
    )
    return list(rows.order_by("started_at", "id"))


def list_zone_seconds(row: Activity) -> list[float]:
    return [row.zone1_s or 0, row.zone2_s or 0, row.zone3_s or 0, row.zone4_s or 0, row.zone5_s or 0]


def build_run(row: Activity) -> Run:
    suspect = bool({"gps_glitch", "altitude_unreliable"} & set(row.warnings))
    zones, fast = list_zone_seconds(row), row.best_30min_ngs_mps
    return Run(row.local_date, row.distance_m or 0.0, row.is_race, zones[0], sum(zones), fast, suspect)


def build_done_activity(row: Activity) -> DoneActivity:
    zones = list_zone_seconds(row)
    above = 1 - zones[0] / sum(zones) if sum(zones) else None
    return DoneActivity(
        row.pk.hex,
        row.local_date,
        row.activity_type,
        row.duration_s,
        row.distance_m,
        row.training_load,
        above,
    )


def test_training_logs_equal_the_rows(athletes: list[Athlete]):
    for athlete, log in zip(athletes, load_training_logs(athletes, NOW), strict=True):
        assert log.runs() == [build_run(row) for row in read_rows(athlete, 112) if row.activity_type == "run"]
        since = log.today - timedelta(days=57)
        assert log.done_activities(since) == [build_done_activity(row) for row in read_rows(athlete, 58)]
        races = [(row.local_date, row.race_vdot) for row in read_rows(athlete, 200) if row.race_vdot]
        race_vdots = [(day, vdot) for day, vdot in log.race_vdots() if day > log.today - timedelta(days=200)]
        assert race_vdots == races
        assert log.rough_load().tolist() == pytest.approx(sum_rough_loads(athlete, log))


def sum_rough_loads(athlete: Athlete, log: TrainingLog) -> list[float]:
    loads = dict.fromkeys((log.today - timedelta(days=back) for back in range(111, -1, -1)), 0.0)
    for row in read_rows(athlete, 112):
        loads[row.local_date] += (row.training_load or 0.0) if row.load_quality in ("D", "E") else 0.0
    return list(loads.values())


def test_numbers_are_the_same_from_loaded_activity_columns(athletes: list[Athlete]):
    logs = load_training_logs(athletes, NOW)
    columns = {athlete.pk: log.activity_columns() for athlete, log in zip(athletes, logs, strict=True)}
    assert compute_current_numbers(load_histories(athletes, NOW, columns)) == compute_current_numbers(
        load_histories(athletes, NOW)
    )


def test_planned_sessions_equal_the_rows(athletes: list[Athlete]):
    first, last = NOW.date() - timedelta(days=57), NOW.date() + timedelta(days=14)
    schedules = load_schedules([athlete.pk for athlete in athletes], first, last)
    instances = PlanInstance.objects.select_related("plan")
    current = {instance.pk for instance in instances if instance.last_day >= first}
    assert {found.pk for schedule in schedules.values() for found in schedule.instances} == current
    for schedule in schedules.values():
        planned = [session for found in schedule.instances for session in plan_one_by_one(found, first, last)]
        read = [session._replace(session_id="") for session in schedule.sessions(first, last, 3.5)]
        assert sorted(read) == sorted(planned)


def plan_one_by_one(instance: PlanInstance, first: date, last: date) -> list[PlannedSession]:
    planned = []
    for row in PlanSession.objects.filter(plan=instance.plan).order_by("week", "weekday", "position"):
        day, is_rest, load = instance.day_of(row), row.sport == "rest", row.load
        if load is None and not is_rest:
            load = expected_load(row.sport, row.duration_s, row.distance_m, row.zone, row.steps, 3.5)
        if first <= day <= last and instance.start_date <= day <= instance.last_day:
            is_easy = row.zone == 1 and not row.steps
            targets = (row.duration_s, row.distance_m, load)
            planned.append(
                PlannedSession("", day, row.sport, *targets, row.is_key, is_easy, is_rest, str(instance.pk))
            )
    return planned


def test_stored_values_equal_computed_values(athletes: list[Athlete]):
    now = NOW + timedelta(days=1)
    for computed in recompute_assessments(athletes, now):
        assert list_values(Assessment.objects.get(pk=computed.pk)) == list_values(computed)
    all_numbers = compute_current_numbers(load_histories(athletes, now))
    for athlete, numbers in zip(athletes, all_numbers, strict=True):
        stored = Snapshot.objects.get(pk=athlete.pk)
        assert {name: getattr(stored, name) for name in numbers.__slots__} == {
            name: getattr(numbers, name) for name in numbers.__slots__
        }


def list_values(assessment: Assessment) -> dict[str, object]:
    return {field.attname: getattr(assessment, field.attname) for field in Assessment._meta.concrete_fields}


DAYS = st.integers(0, 5).map(lambda days: date(2026, 11, 16) + timedelta(days=days))
AMOUNTS = st.sampled_from([None, 1800.0, 2400.0, 3600.0])
SPORTS = st.sampled_from(["run", "bike"])
SESSIONS = st.lists(st.tuples(DAYS, SPORTS, AMOUNTS, st.booleans()), max_size=8)
ACTIVITIES = st.lists(st.tuples(DAYS, SPORTS, AMOUNTS), max_size=8)


@given(SESSIONS, ACTIVITIES, st.dictionaries(st.integers(0, 7), st.integers(0, 7), max_size=2))
def test_matched_sessions_equal_a_search_over_every_pair(sessions, activities, link_numbers):
    planned = [
        PlannedSession(f"s{n}", day, sport, amount, is_rest=is_rest)
        for n, (day, sport, amount, is_rest) in enumerate(sessions)
    ]
    done = [DoneActivity(f"a{n}", day, sport, amount) for n, (day, sport, amount) in enumerate(activities)]
    links = {
        f"s{session}": f"a{activity}"
        for session, activity in link_numbers.items()
        if len(set(link_numbers.values())) == len(link_numbers)
    }
    assert match_sessions(planned, done, links) == match_one_by_one(planned, done, links)


def match_one_by_one(
    planned: Sequence[PlannedSession], done: Sequence[DoneActivity], links: Mapping[str, str]
) -> dict[str, str]:
    known = {activity.activity_id for activity in done}
    matched = {session: activity for session, activity in links.items() if activity in known}
    for reach in (0, 1):
        pairs = [
            (abs(math.log(ratio)), session.session_id, activity.activity_id)
            for session in planned
            for activity in done
            if not session.is_rest and session.sport == activity.sport
            if abs((session.day - activity.day).days) == reach
            if (ratio := amount_ratio(session, activity)) is not None
        ]
        for _, session_id, activity_id in sorted(pairs):
            if session_id not in matched and activity_id not in matched.values():
                matched[session_id] = activity_id
    return matched


def test_columns_are_sorted_by_start(athletes: list[Athlete]):
    assert all((np.diff(log.started_s) >= 0).all() for log in load_training_logs(athletes, NOW))
