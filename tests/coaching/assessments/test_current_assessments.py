"""An assessment is renewed before it is shown, in bulk, whenever the data or the local day has moved on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from athletes.models import Athlete, Organization, Threshold, User
from athletes.rights import Visibility
from coaching.assessments.current import (
    assessments_for_viewer,
    current_assessments,
    recompute_stale_assessments,
)
from coaching.assessments.stored_facts import encode_signals
from coaching.assessments.values import AssessmentData
from coaching.models import Assessment, Plan
from coaching.science.compliance import WeekProgress
from coaching.tasks import refresh_assessments
from metrics.activities.ingest import Upload, ingest_file
from metrics.activities.manual_entry import delete_activity
from metrics.files.xml.writer import encode_gpx
from metrics.models import Activity, HealthDay, Snapshot
from tests.coaching.plan_fixtures import (
    HOUR,
    bump_data_version,
    create_absence,
    create_race,
    create_test_plan,
    follow_plan,
    get_day,
    list_daily_sessions,
    load_signal_severities,
)
from tests.support.cast import NOON, ApiClient, Cast, create_person, create_run
from tests.support.recordings import build_steady_run


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def assessment(user, now=NOON) -> AssessmentData:
    return current_assessments([user.pk], now)[user.pk]


def stored_row(user, now=NOON) -> Assessment:
    assessment(user, now)
    return Assessment.objects.get(pk=user.pk)


def days_of_training(user, days: int, first_back: int = 0, **fields: Any) -> None:
    for back in range(first_back, first_back + days):
        create_run(
            user,
            NOON - timedelta(days=back, minutes=1),
            **({"training_load": 60.0, "source": "file"} | fields),
        )
    bump_data_version(user)


def test_somebody_without_any_data_has_an_incomplete_profile_and_nothing_else(cast: Cast):
    told = assessment(cast.ada)
    assert [signal.code for signal in told.signals] == ["PROFILE_INCOMPLETE"]
    assert (told.races, told.plans, told.next_a_race) == ([], [], None)
    row = stored_row(cast.ada)
    assert (row.priority, row.critical, row.warning, row.info, row.positive) == (8.0, 0, 0, 1, 0)
    assert row.data_quality_score == 0.0


def test_a_signal_is_kept_with_its_reasons(cast: Cast):
    days_of_training(cast.ada, 28, first_back=6)
    (signal,) = [one for one in assessment(cast.ada).signals if one.code == "INACTIVITY"]
    assert signal._asdict() == {
        "code": "INACTIVITY",
        "domain": "adherence",
        "severity": "warning",
        "since": date(2026, 6, 9),
        "message": "No run for 6 days; the usual gap is 1.",
        "evidence": {"value": 6, "baseline": 1.0, "threshold": 5, "last_run": "2026-06-04", "n": 28},
        "confidence": 1.0,
        "acknowledged_until": None,
    }


# Each kind of change


def upload(user) -> None:
    ingest_file(user.athlete, Upload(encode_gpx(build_steady_run(NOON - timedelta(hours=2))), "run.gpx"))


def enter_race(user) -> None:
    body = {"race_name": "Run", "race_date": str(get_day(20)), "distance": 10_000}
    assert ApiClient(user).send_json("post", "/api/v1/races", body).status_code == 201


def enter_absence(user) -> None:
    body = {"kind": "ill", "from_date": str(get_day(-40))}
    assert (
        ApiClient(user).send_json("post", f"/api/v1/athletes/{user.public_id}/absences", body).status_code
        == 201
    )


def give_plan(user) -> None:
    plan = create_test_plan(Organization.objects.get(name="Harbour Runners"), *list_daily_sessions())
    body = {"plan_id": plan.public_id, "user_id": user.public_id, "start_date": str(get_day(-7))}
    coach = User.objects.get(username="carl")
    assert ApiClient(coach).send_json("post", "/api/v1/plan_instances", body).status_code == 201


def acknowledge(user) -> None:
    path = f"/api/v1/athletes/{user.public_id}/signals/PROFILE_INCOMPLETE/acknowledge"
    assert (
        ApiClient(User.objects.get(username="carl")).send_json("post", path, {"days": 2}).status_code == 201
    )


def change_zone(user) -> None:
    assert (
        ApiClient(user)
        .send_json("patch", f"/api/v1/athletes/{user.public_id}", {"timezone": "Asia/Tokyo"})
        .status_code
        == 200
    )


@pytest.mark.parametrize("change", [upload, enter_race, enter_absence, give_plan, acknowledge, change_zone])
def test_every_change_of_data_makes_a_new_assessment(cast: Cast, change: Callable[[Any], None]):
    before = stored_row(cast.ada)
    change(cast.ada)
    after = stored_row(cast.ada)
    assert after.data_version == before.data_version + 1
    assert after.data_version == Athlete.objects.get(pk=cast.ada.pk).data_version


def test_an_upload_ends_the_silence_and_its_deletion_brings_it_back(cast: Cast):
    days_of_training(cast.ada, 28, first_back=7)
    assert load_signal_severities(cast.ada)["INACTIVITY"] == "warning"
    upload(cast.ada)
    cleared = assessment(cast.ada).signals
    (fading,) = [one for one in cleared if one.code == "INACTIVITY"]  # until it is over for two days
    assert fading.message.startswith("(as of yesterday)")
    assert "INACTIVITY" not in load_signal_severities(cast.ada, NOON + timedelta(days=1))
    delete_activity(Activity.objects.latest("started_at"))
    assert load_signal_severities(cast.ada, NOON + timedelta(days=1))["INACTIVITY"] == "warning"


def test_an_absence_explains_the_silence(cast: Cast):
    days_of_training(cast.ada, 28, first_back=7)
    assert "INACTIVITY" in load_signal_severities(cast.ada)
    create_absence(cast.ada, -6, None)
    bump_data_version(cast.ada)
    assert "INACTIVITY" not in load_signal_severities(cast.ada)


def test_a_race_ahead_without_long_runs_is_told(cast: Cast):
    days_of_training(cast.ada, 40)
    assert "RACE_UNDERPREPARED" not in load_signal_severities(cast.ada)
    create_race(cast.ada, 20, name="Valencia", distance_m=42_195.0)
    bump_data_version(cast.ada)
    assert load_signal_severities(cast.ada)["RACE_UNDERPREPARED"] == "warning"
    told = assessment(cast.ada)
    assert told.next_a_race == get_day(20)
    assert [
        (race.name, race.days_to_race(told.local_date), race.predicted_time_s) for race in told.races
    ] == [("Valencia", 20, None)]


def test_a_race_that_was_run_is_not_ahead_any_more(cast: Cast):
    create_race(cast.ada, -1)
    create_race(cast.ada, 0, result_time_s=2_400.0)
    create_race(cast.ada, 0, name="Today")
    assert [race.name for race in assessment(cast.ada).races] == ["Today"]


def test_a_plan_that_is_not_followed_is_told_with_its_week(cast: Cast):
    plan = create_test_plan(cast.harbour, *list_daily_sessions(zone=1))
    follow_plan(cast.ada, plan, get_day(-9))
    create_run(cast.ada, NOON - timedelta(days=2), duration_s=HOUR, training_load=55.0)
    bump_data_version(cast.ada)
    found = load_signal_severities(cast.ada)
    assert found["COMPLIANCE_LOW"] == "critical"
    (told,) = assessment(cast.ada).plans
    assert (told.name, told.status, told.current_week, told.total_weeks) == ("Ten kilometres", "active", 2, 4)
    assert told.week_progress == WeekProgress(
        sessions_completed=1, sessions_planned=7, load_done=55.0, load_planned=448.0, compliance=50.0
    )


def test_a_scheduled_plan_is_told_and_an_ended_one_is_not(cast: Cast):
    plan = create_test_plan(cast.harbour, *list_daily_sessions())
    follow_plan(cast.ada, plan, get_day(20))
    follow_plan(cast.ada, plan, get_day(-20), ended_as="cancelled", ended_on=get_day(-10))
    assert [one.status for one in assessment(cast.ada).plans] == ["scheduled"]


def test_the_athletes_own_midnight_makes_a_new_assessment(cast: Cast):
    create_race(cast.ben, 3)
    today, tomorrow = assessment(cast.ben), assessment(cast.ben, NOON + timedelta(hours=4))  # 01:00 in Tokyo
    assert tomorrow.local_date == today.local_date + timedelta(days=1)
    assert [one.races[0].days_to_race(one.local_date) for one in (today, tomorrow)] == [3, 2]


def test_the_hour_of_the_day_makes_no_difference(cast: Cast):
    days_of_training(cast.ada, 28, first_back=3)
    morning = assessment(cast.ada, NOON - timedelta(hours=6))
    bump_data_version(cast.ada)
    evening = assessment(cast.ada, NOON + timedelta(hours=6))
    assert (morning.signals, morning.data_quality_parts) == (evening.signals, evening.data_quality_parts)


def test_recomputed_assessment_also_recomputes_a_stale_snapshot(cast: Cast):
    days_of_training(cast.ada, 3)
    told = stored_row(cast.ada)
    snapshot = Snapshot.objects.get(pk=cast.ada.pk)
    assert (snapshot.data_version, snapshot.local_date) == (told.data_version, told.local_date)
    assert snapshot.current_week_load == 180.0


# What is shown to whom


def test_assessment_without_withheld_data_is_not_stored(cast: Cast):
    plan: Plan = create_test_plan(cast.harbour, *list_daily_sessions())
    follow_plan(cast.ada, plan, get_day(-9))
    create_race(cast.ada, 20)
    days_of_training(cast.ada, 28, first_back=14)
    kept = assessment(cast.ada)
    assert {"INACTIVITY", "COMPLIANCE_LOW"} <= {one.code for one in kept.signals}

    def seen(*withheld: str) -> AssessmentData:
        return assessments_for_viewer({cast.ada.pk: Visibility.without(withheld)}, NOON)[cast.ada.pk]

    training = seen("activities")
    assert not {"INACTIVITY", "COMPLIANCE_LOW"} & {one.code for one in training.signals}
    assert (training.plans[0].week_progress, len(training.races)) == (None, 1)
    plans = seen("goals_and_plans")
    assert {one.code for one in plans.signals} >= {"INACTIVITY"}
    assert (plans.plans, plans.races, plans.next_a_race) == ([], [], None)
    assert encode_signals(seen().signals) == Assessment.objects.get(pk=cast.ada.pk).signals
    assert seen().signals == kept.signals
    assert training.priority < kept.priority


def test_a_withheld_vdot_promises_no_time(cast: Cast):
    Threshold.objects.create(athlete=cast.ada.athlete, kind="vdot", value=50.0, valid_from=get_day(0))
    create_race(cast.ada, 20)
    bump_data_version(cast.ada)
    assert assessment(cast.ada).races[0].predicted_time_s == 41 * 60 + 20
    (race,) = assessments_for_viewer({cast.ada.pk: Visibility(activities=False)}, NOON)[cast.ada.pk].races
    assert race.predicted_time_s is None


# The data quality


def test_the_data_quality_knows_what_is_set_and_when_something_came_in(cast: Cast):
    for kind, value in (("threshold_pace", 250.0), ("lthr", 170.0), ("vdot", 50.0)):
        Threshold.objects.create(
            athlete=cast.ada.athlete, kind=kind, value=value, valid_from=get_day(-10), source="coach"
        )
    Athlete.objects.filter(pk=cast.ada.pk).update(timezone_confirmed=True, units_confirmed=True)
    days_of_training(cast.ada, 1, first_back=1)
    told = assessment(cast.ada)
    assert told.data_quality_parts == {
        "pace_zones": 20.0, "hr_zones": 15.0, "vdot": 20.0, "integrations": 25.0, "timezone": 10.0, "units": 10.0,
    }  # fmt: skip
    assert (stored_row(cast.ada).data_quality_score, told.signals) == (100.0, [])


@pytest.mark.parametrize(
    ("back", "source", "points"),
    [(1, "file", 25.0), (5, "file", 15.0), (30, "file", 6.0), (1, "manual", 15.0)],
)
def test_a_sync_counts_by_its_age_and_an_entry_by_hand_for_a_week(
    cast: Cast, back: int, source: str, points: float
):
    activity = create_run(cast.ada, NOON - timedelta(days=back), source=source)
    Activity.objects.filter(pk=activity.pk).update(created_at=NOON - timedelta(days=back))
    assert assessment(cast.ada).data_quality_parts["integrations"] == points


def test_a_health_day_of_a_device_is_a_sync(cast: Cast):
    HealthDay.objects.create(athlete=cast.ada.athlete, date=get_day(0), source="garmin", resting_hr_bpm=50.0)
    assert assessment(cast.ada).data_quality_parts["integrations"] == 25.0


@pytest.mark.parametrize(
    ("kinds", "points"), [(["hr_max"], 0.0), (["hr_max", "hr_rest"], 15.0), (["lthr"], 15.0), (["vdot"], 0.0)]
)
def test_heart_rate_zones_need_the_threshold_or_maximum_and_rest(cast: Cast, kinds: list[str], points: float):
    for kind in kinds:
        Threshold.objects.create(athlete=cast.ada.athlete, kind=kind, value=60.0, valid_from=get_day(-10))
    assert assessment(cast.ada).data_quality_parts["hr_zones"] == points


def test_a_value_that_holds_from_tomorrow_is_not_set_today(cast: Cast):
    Threshold.objects.create(athlete=cast.ada.athlete, kind="lthr", value=170.0, valid_from=get_day(1))
    assert assessment(cast.ada).data_quality_parts["hr_zones"] == 0.0


# In bulk


@pytest.mark.parametrize("athletes", [3, 30])
def test_renewing_takes_the_same_statements_for_3_athletes_and_30(
    cast: Cast, django_assert_num_queries, athletes: int
):
    """Athletes with what is kept; practice; loads, health days, VDOTs; snapshots stored; thresholds, syncs,
    races, absences, instances, sessions, links, personal bests; acknowledgements; assessments stored."""
    plan = create_test_plan(cast.harbour, *list_daily_sessions())
    ids = []
    for number in range(athletes):
        runner = create_person(f"runner{number}")
        create_run(runner, training_load=50.0)
        create_race(runner, 10)
        follow_plan(runner, plan)
        ids.append(runner.pk)
    with django_assert_num_queries(16):
        current_assessments(ids, NOON)
    with django_assert_num_queries(1):
        current_assessments(ids, NOON)
    with django_assert_num_queries(15):  # tomorrow: the data is the same, so nobody has a new personal best
        current_assessments(ids, NOON + timedelta(days=1))


def test_the_periodic_job_renews_only_what_is_behind(cast: Cast):
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="")
    context = JobContext(app=app, job=job, abort_reason=lambda: None, start_timestamp=0.0)
    refresh_assessments.func(context, timestamp=0)
    assert Assessment.objects.count() == Snapshot.objects.count() == 11
    assert recompute_stale_assessments(NOON) == 0
    bump_data_version(cast.ada)
    assert recompute_stale_assessments(NOON) == 1
