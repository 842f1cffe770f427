"""Stale assessments are recomputed in bulk before they are shown: after new data or a new local day."""

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
from coaching.science.forecast_efforts import GoalForecast
from coaching.tasks import refresh_assessments
from metrics.activities.changes import delete_activity
from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_gpx
from metrics.models import Activity, BinActivity, HealthDay, Snapshot
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


def assess(user, now=NOON) -> AssessmentData:
    return current_assessments([user.pk], now)[user.pk]


def load_stored_assessment(user, now=NOON) -> Assessment:
    assess(user, now)
    return Assessment.objects.get(pk=user.pk)


def get_codes(assessment: AssessmentData) -> set[str]:
    return {signal.code for signal in assessment.signals}


def create_daily_runs(user, days: int, first_back: int = 0, **fields: Any) -> None:
    for back in range(first_back, first_back + days):
        create_run(
            user,
            NOON - timedelta(days=back, minutes=1),
            **({"training_load": 60.0, "source": "file"} | fields),
        )
    bump_data_version(user)


def test_athlete_without_data_has_only_the_profile_incomplete_signal(cast: Cast):
    assessment = assess(cast.ada)
    assert [signal.code for signal in assessment.signals] == ["PROFILE_INCOMPLETE"]
    assert (assessment.races, assessment.plans, assessment.next_a_race) == ([], [], None)
    stored = load_stored_assessment(cast.ada)
    assert (stored.priority, stored.critical, stored.warning, stored.info, stored.positive) == (
        8.0,
        0,
        0,
        1,
        0,
    )
    assert stored.data_quality_score == 0.0


def test_signal_is_stored_with_its_evidence(cast: Cast):
    create_daily_runs(cast.ada, 28, first_back=6)
    (signal,) = [signal for signal in assess(cast.ada).signals if signal.code == "INACTIVITY"]
    assert signal._asdict() == {
        "code": "INACTIVITY",
        "domain": "adherence",
        "severity": "warning",
        "since": date(2026, 6, 9),
        "message": "No run for 6 days; the usual gap is 1.",
        "evidence": {"value": 6, "baseline": 1.0, "threshold": 5, "last_run": "2026-06-04", "n": 28},
        "confidence": 1.0,
        "acknowledged_until": None,
        "acknowledged_on": None,
        "acknowledged_by": None,
        "reason": "",
    }


# Each kind of change of data


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


def assign_plan(user) -> None:
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


@pytest.mark.parametrize("change", [upload, enter_race, enter_absence, assign_plan, acknowledge, change_zone])
def test_every_change_of_data_makes_a_new_assessment(cast: Cast, change: Callable[[Any], None]):
    before = load_stored_assessment(cast.ada)
    change(cast.ada)
    after = load_stored_assessment(cast.ada)
    assert after.data_version == before.data_version + 1
    assert after.data_version == Athlete.objects.get(pk=cast.ada.pk).data_version


def test_upload_ends_the_inactivity_signal_and_its_deletion_restores_it(cast: Cast):
    create_daily_runs(cast.ada, 28, first_back=7)
    assert load_signal_severities(cast.ada)["INACTIVITY"] == "warning"
    upload(cast.ada)
    cleared = assess(cast.ada).signals
    # A signal stays until its rule has been silent for two days.
    (fading,) = [signal for signal in cleared if signal.code == "INACTIVITY"]
    assert fading.message.startswith("(as of yesterday)")
    assert "INACTIVITY" not in load_signal_severities(cast.ada, NOON + timedelta(days=1))
    delete_activity(Activity.objects.latest("started_at"), BinActivity.DeletedBy.ATHLETE, NOON)
    assert load_signal_severities(cast.ada, NOON + timedelta(days=1))["INACTIVITY"] == "warning"


def test_absence_silences_the_inactivity_signal(cast: Cast):
    create_daily_runs(cast.ada, 28, first_back=7)
    assert "INACTIVITY" in load_signal_severities(cast.ada)
    create_absence(cast.ada, -6, None)
    bump_data_version(cast.ada)
    assert "INACTIVITY" not in load_signal_severities(cast.ada)


def test_race_ahead_without_long_runs_is_signalled(cast: Cast):
    create_daily_runs(cast.ada, 40)
    assert "RACE_UNDERPREPARED" not in load_signal_severities(cast.ada)
    create_race(cast.ada, 20, name="Valencia", distance_m=42_195.0)
    bump_data_version(cast.ada)
    assert load_signal_severities(cast.ada)["RACE_UNDERPREPARED"] == "warning"
    assessment = assess(cast.ada)
    assert assessment.next_a_race == get_day(20)
    assert [
        (race.name, race.days_to_race(assessment.local_date), race.predicted_time_s)
        for race in assessment.races
    ] == [("Valencia", 20, None)]


def test_finished_race_is_not_listed_as_ahead(cast: Cast):
    create_race(cast.ada, -1)
    create_race(cast.ada, 0, result_time_s=2_400.0)
    create_race(cast.ada, 0, name="Today")
    assert [race.name for race in assess(cast.ada).races] == ["Today"]


def test_plan_that_is_not_followed_is_signalled_and_listed_with_its_week(cast: Cast):
    plan = create_test_plan(cast.harbour, *list_daily_sessions(zone=1))
    follow_plan(cast.ada, plan, get_day(-9))
    create_run(cast.ada, NOON - timedelta(days=2), duration_s=HOUR, training_load=55.0)
    bump_data_version(cast.ada)
    found = load_signal_severities(cast.ada)
    assert found["COMPLIANCE_LOW"] == "critical"
    (listed,) = assess(cast.ada).plans
    assert listed.name == "Ten kilometres"
    assert (listed.status, listed.current_week, listed.total_weeks) == ("active", 2, 4)
    assert listed.week_progress == WeekProgress(
        sessions_completed=1, sessions_planned=7, load_done=55.0, load_planned=448.0, compliance=50.0
    )


def test_scheduled_plan_is_listed_and_an_ended_one_is_not(cast: Cast):
    plan = create_test_plan(cast.harbour, *list_daily_sessions())
    follow_plan(cast.ada, plan, get_day(20))
    follow_plan(cast.ada, plan, get_day(-20), ended_as="cancelled", ended_on=get_day(-10))
    assert [plan.status for plan in assess(cast.ada).plans] == ["scheduled"]


def test_assessment_is_recomputed_at_the_athletes_midnight(cast: Cast):
    create_race(cast.ben, 3)
    today, tomorrow = assess(cast.ben), assess(cast.ben, NOON + timedelta(hours=4))  # 01:00 in Tokyo
    assert tomorrow.local_date == today.local_date + timedelta(days=1)
    days_to_race = [
        assessment.races[0].days_to_race(assessment.local_date) for assessment in (today, tomorrow)
    ]
    assert days_to_race == [3, 2]


def test_signals_do_not_depend_on_the_hour(cast: Cast):
    create_daily_runs(cast.ada, 28, first_back=3)
    morning = assess(cast.ada, NOON - timedelta(hours=6))
    bump_data_version(cast.ada)
    evening = assess(cast.ada, NOON + timedelta(hours=6))
    assert (morning.signals, morning.data_quality_parts) == (evening.signals, evening.data_quality_parts)


def test_recomputed_assessment_also_recomputes_a_stale_snapshot(cast: Cast):
    create_daily_runs(cast.ada, 3)
    assessment = load_stored_assessment(cast.ada)
    snapshot = Snapshot.objects.get(pk=cast.ada.pk)
    assert (snapshot.data_version, snapshot.local_date) == (assessment.data_version, assessment.local_date)
    assert snapshot.current_week_load == 180.0


# Withheld data


def test_assessment_without_withheld_data_is_not_stored(cast: Cast):
    plan: Plan = create_test_plan(cast.harbour, *list_daily_sessions())
    follow_plan(cast.ada, plan, get_day(-9))
    create_race(cast.ada, 20)
    create_daily_runs(cast.ada, 28, first_back=14)
    stored = assess(cast.ada)
    assert {"INACTIVITY", "COMPLIANCE_LOW"} <= get_codes(stored)

    def assess_without(*withheld: str) -> AssessmentData:
        return assessments_for_viewer({cast.ada.pk: Visibility.without(withheld)}, NOON)[cast.ada.pk]

    without_activities = assess_without("activities")
    assert not {"INACTIVITY", "COMPLIANCE_LOW"} & get_codes(without_activities)
    assert (without_activities.plans[0].week_progress, len(without_activities.races)) == (None, 1)
    without_plans = assess_without("goals_and_plans")
    assert get_codes(without_plans) >= {"INACTIVITY"}
    assert (without_plans.plans, without_plans.races, without_plans.next_a_race) == ([], [], None)
    assert assess_without().signals == stored.signals
    assert encode_signals(stored.signals) == Assessment.objects.get(pk=cast.ada.pk).signals
    assert without_activities.priority < stored.priority


def test_withheld_activities_give_no_forecast(cast: Cast):
    Threshold.objects.create(athlete=cast.ada.athlete, kind="vdot", value=50.0, valid_from=get_day(0))
    create_race(cast.ada, 20)
    bump_data_version(cast.ada)
    create_run(cast.ada, NOON - timedelta(days=9), is_race=True)
    create_race(cast.ada, -8, distance_m=5_000.0, result_time_s=1_300.0)
    stored = assess(cast.ada).races[0].forecast
    assert [effort.distance_m for effort in stored.based_on] == [5_000.0, 10_000.0]
    (race,) = assessments_for_viewer({cast.ada.pk: Visibility(activities=False)}, NOON)[cast.ada.pk].races
    assert race.forecast == GoalForecast.missing("withheld")


# The data quality


def test_data_quality_counts_thresholds_settings_and_the_last_sync(cast: Cast):
    for kind, value in (("threshold_pace", 250.0), ("lthr", 170.0), ("vdot", 50.0)):
        Threshold.objects.create(
            athlete=cast.ada.athlete, kind=kind, value=value, valid_from=get_day(-10), source="coach"
        )
    Athlete.objects.filter(pk=cast.ada.pk).update(timezone_confirmed=True, units_confirmed=True)
    create_daily_runs(cast.ada, 1, first_back=1)
    assessment = assess(cast.ada)
    assert assessment.data_quality_parts == {
        "pace_zones": 20.0, "hr_zones": 15.0, "vdot": 20.0,
        "integrations": 25.0, "timezone": 10.0, "units": 10.0,
    }  # fmt: skip
    assert assessment.signals == []
    assert load_stored_assessment(cast.ada).data_quality_score == 100.0


@pytest.mark.parametrize(
    ("back", "source", "points"),
    [(1, "file", 25.0), (5, "file", 15.0), (30, "file", 6.0), (1, "manual", 15.0)],
)
def test_sync_points_fall_with_age_and_manual_entries_count_for_a_week(
    cast: Cast, back: int, source: str, points: float
):
    activity = create_run(cast.ada, NOON - timedelta(days=back), source=source)
    Activity.objects.filter(pk=activity.pk).update(created_at=NOON - timedelta(days=back))
    assert assess(cast.ada).data_quality_parts["integrations"] == points


def test_health_day_of_a_device_counts_as_sync(cast: Cast):
    HealthDay.objects.create(athlete=cast.ada.athlete, date=get_day(0), source="garmin", resting_hr_bpm=50.0)
    assert assess(cast.ada).data_quality_parts["integrations"] == 25.0


@pytest.mark.parametrize(
    ("kinds", "points"), [(["hr_max"], 0.0), (["hr_max", "hr_rest"], 15.0), (["lthr"], 15.0), (["vdot"], 0.0)]
)
def test_heart_rate_zones_need_lthr_or_maximum_and_resting_hr(cast: Cast, kinds: list[str], points: float):
    for kind in kinds:
        Threshold.objects.create(athlete=cast.ada.athlete, kind=kind, value=60.0, valid_from=get_day(-10))
    assert assess(cast.ada).data_quality_parts["hr_zones"] == points


def test_threshold_valid_from_tomorrow_does_not_count_today(cast: Cast):
    Threshold.objects.create(athlete=cast.ada.athlete, kind="lthr", value=170.0, valid_from=get_day(1))
    assert assess(cast.ada).data_quality_parts["hr_zones"] == 0.0


# In bulk


@pytest.mark.parametrize("athletes", [3, 30])
def test_recomputing_takes_the_same_statements_for_3_and_30_athletes(
    cast: Cast, django_assert_num_queries, athletes: int
):
    """Reads: athletes with stored numbers; training logs; loads, health days, VDOTs; thresholds, syncs,
    races, efforts for forecasts, absences, plan instances, sessions with links, personal bests,
    check-ins, felt activities; acknowledgements; episodes of signals.
    Writes: snapshots; assessments; episodes that are new or changed: a savepoint, the locks, the episodes
    again, the changes, the events for webhooks, the end of the savepoint.
    """
    plan = create_test_plan(cast.harbour, *list_daily_sessions())
    ids = []
    for number in range(athletes):
        runner = create_person(f"runner{number}")
        create_run(runner, training_load=50.0)
        create_race(runner, 10)
        follow_plan(runner, plan)
        ids.append(runner.pk)
    with django_assert_num_queries(25):
        current_assessments(ids, NOON)
    with django_assert_num_queries(1):
        current_assessments(ids, NOON)
    with django_assert_num_queries(18):  # tomorrow: the data is the same, so personal bests are not read
        current_assessments(ids, NOON + timedelta(days=1))


def test_periodic_job_recomputes_only_stale_assessments(cast: Cast):
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="")
    context = JobContext(app=app, job=job, abort_reason=lambda: None, start_timestamp=0.0)
    refresh_assessments.func(context, timestamp=0)
    assert Assessment.objects.count() == Snapshot.objects.count() == 11
    assert recompute_stale_assessments(NOON) == 0
    bump_data_version(cast.ada)
    assert recompute_stale_assessments(NOON) == 1
