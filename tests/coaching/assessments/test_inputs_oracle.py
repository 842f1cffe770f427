"""What is read in bulk, as bytes and JSON, is what the rows say one by one; plain readers are written down here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import log

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
from coaching.plans.schedule import build_session_key, load_schedules
from coaching.science.compliance import DoneActivity, PlannedSession, amount_ratio, match_sessions
from coaching.science.planned_load import expected_load
from coaching.training_log.activities import TrainingLog, load_training_logs
from metrics.models import Activity, Snapshot
from metrics.snapshots.compute import compute_current_numbers
from metrics.snapshots.history import load_histories

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("reading_oracle")]
NOW = datetime(2026, 11, 22, 16, tzinfo=UTC)
TOLD = (*HARBOUR_ATHLETES[::4], LANTERN_HEAD_COACH)  # a few of the stories


@pytest.fixture(scope="module")
def athletes(django_db_setup: None, django_db_blocker) -> Iterator[list[Athlete]]:
    """Loaded once for this file and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(NOW, TOLD)
        yield list(Athlete.objects.filter(activities__isnull=False).distinct().order_by("pk"))
        transaction.set_rollback(True)


def rows_of(athlete: Athlete, days: int) -> list[Activity]:
    last = athlete.local_date(NOW)
    rows = Activity.objects.filter(
        athlete=athlete, local_date__gt=last - timedelta(days=days), local_date__lte=last
    )
    return list(rows.order_by("started_at", "id"))


def zone_s(row: Activity) -> list[float]:
    return [row.zone1_s or 0, row.zone2_s or 0, row.zone3_s or 0, row.zone4_s or 0, row.zone5_s or 0]


def as_run(row: Activity) -> Run:
    suspect = bool({"gps_glitch", "altitude_unreliable"} & set(row.warnings))
    zones, fast = zone_s(row), row.best_30min_ngs_mps
    return Run(row.local_date, row.distance_m or 0.0, row.is_race, zones[0], sum(zones), fast, suspect)


def as_done(row: Activity) -> DoneActivity:
    zones = zone_s(row)
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
    for athlete, practice in zip(athletes, load_training_logs(athletes, NOW), strict=True):
        assert practice.runs() == [as_run(row) for row in rows_of(athlete, 112) if row.activity_type == "run"]
        since = practice.today - timedelta(days=57)
        assert practice.done_activities(since) == [as_done(row) for row in rows_of(athlete, 58)]
        races = [(row.local_date, row.race_vdot) for row in rows_of(athlete, 200) if row.race_vdot]
        assert [
            one for one in practice.race_vdots() if one[0] > practice.today - timedelta(days=200)
        ] == races
        assert practice.rough_load().tolist() == pytest.approx(rough_loads(athlete, practice))


def rough_loads(athlete: Athlete, practice: TrainingLog) -> list[float]:
    loads = dict.fromkeys((practice.today - timedelta(days=back) for back in range(111, -1, -1)), 0.0)
    for row in rows_of(athlete, 112):
        loads[row.local_date] += (row.training_load or 0.0) if row.load_quality in ("D", "E") else 0.0
    return list(loads.values())


def test_numbers_are_the_same_from_activities_that_were_at_hand(athletes: list[Athlete]):
    outings = [one.activity_columns() for one in load_training_logs(athletes, NOW)]
    at_hand = {athlete.pk: one for athlete, one in zip(athletes, outings, strict=True)}
    assert compute_current_numbers(load_histories(athletes, NOW, at_hand)) == compute_current_numbers(
        load_histories(athletes, NOW)
    )


def test_planned_sessions_equal_the_rows(athletes: list[Athlete]):
    first, last = NOW.date() - timedelta(days=57), NOW.date() + timedelta(days=14)
    found = load_schedules([one.pk for one in athletes], first, last)
    instances = [plan.instance for plans in found.values() for plan in plans]
    current = [one for one in PlanInstance.objects.select_related("plan") if one.last_day >= first]
    assert {one.pk for one in instances} == {one.pk for one in current}
    for plan in (plan for plans in found.values() for plan in plans):
        assert plan.sessions(first, last, 3.5) == planned_one_by_one(plan.instance, first, last)


def planned_one_by_one(instance: PlanInstance, first: date, last: date) -> list[PlannedSession]:
    planned = []
    for row in PlanSession.objects.filter(plan=instance.plan).order_by("week", "weekday", "position"):
        day, is_rest, load = instance.day_of(row), row.sport == "rest", row.load
        if load is None and not is_rest:
            load = expected_load(row.sport, row.duration_s, row.distance_m, row.zone, row.steps, 3.5)
        if first <= day <= last and instance.covers(day):
            key, is_easy = build_session_key(instance.pk, row.pk), row.zone == 1 and not row.steps
            targets = (row.duration_s, row.distance_m, load)
            planned.append(
                PlannedSession(key, day, row.sport, *targets, row.is_key, is_easy, is_rest, instance.pk)
            )
    return planned


def test_stored_values_equal_computed_values(athletes: list[Athlete]):
    now = NOW + timedelta(days=1)
    made = recompute_assessments(athletes, now)
    assert [plain(Assessment.objects.get(pk=one.pk)) for one in made] == [plain(one) for one in made]
    numbers = compute_current_numbers(load_histories(athletes, now))
    for athlete, one in zip(athletes, numbers, strict=True):
        stored = Snapshot.objects.get(pk=athlete.pk)
        assert {name: getattr(stored, name) for name in one.__slots__} == {
            name: getattr(one, name) for name in one.__slots__
        }


def plain(assessment: Assessment) -> dict[str, object]:
    return {field.attname: getattr(assessment, field.attname) for field in Assessment._meta.concrete_fields}


DAYS = st.integers(0, 5).map(lambda days: date(2026, 11, 16) + timedelta(days=days))
AMOUNTS = st.sampled_from([None, 1800.0, 2400.0, 3600.0])
SPORTS = st.sampled_from(["run", "bike"])
SESSIONS = st.lists(st.tuples(DAYS, SPORTS, AMOUNTS, st.booleans()), max_size=8)
ACTIVITIES = st.lists(st.tuples(DAYS, SPORTS, AMOUNTS), max_size=8)


@given(SESSIONS, ACTIVITIES, st.dictionaries(st.integers(0, 7), st.integers(0, 7), max_size=2))
def test_sessions_are_matched_as_every_pair_looked_at_says(sessions, activities, links):
    planned = [
        PlannedSession(f"s{n}", day, sport, amount, is_rest=is_rest)
        for n, (day, sport, amount, is_rest) in enumerate(sessions)
    ]
    done = [DoneActivity(f"a{n}", day, sport, amount) for n, (day, sport, amount) in enumerate(activities)]
    said = {
        f"s{session}": f"a{activity}"
        for session, activity in links.items()
        if len(set(links.values())) == len(links)
    }
    assert match_sessions(planned, done, said) == matched_one_by_one(planned, done, said)


def matched_one_by_one(
    planned: Sequence[PlannedSession], done: Sequence[DoneActivity], said: Mapping[str, str]
) -> dict[str, str]:
    known = {one.activity_id for one in done}
    matched = {session: activity for session, activity in said.items() if activity in known}
    for reach in (0, 1):
        pairs = [
            (abs(log(ratio)), session.session_id, activity.activity_id)
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


def test_columns_are_in_order_of_start(athletes: list[Athlete]):
    assert all((np.diff(one.started_s) >= 0).all() for one in load_training_logs(athletes, NOW))
