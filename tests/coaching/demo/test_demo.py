"""The demo club is believable: its people, their weeks and nights, and the queue that its coach sees.

The environment variable DEMO_NOW sets the instant (with UTC offset); the tests must pass at any instant.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from math import floor
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db import connection, transaction

from athletes.models import Athlete, Group, Membership, Organization, Threshold, User
from coaching.assessments.acknowledgements import apply_acknowledgements
from coaching.assessments.current import current_assessments
from coaching.assessments.stored_facts import decode_assessment
from coaching.attention import SIGNAL_RULES
from coaching.demo import ATHLETE_EMAIL, COACH_EMAIL, PASSWORD, PEOPLE, load_demo
from coaching.demo.loading import demo_exists
from coaching.demo.people.athletes import EMAIL_IN_BOTH_ORGANIZATIONS, HARBOUR_ATHLETES, LANTERN_HEAD_COACH
from coaching.demo.people.clubs import ACKNOWLEDGED_BY_SCENARIO
from coaching.demo.rows import SimulatedHistory
from coaching.demo.simulated_recordings import OCEAN_POSITIONS
from coaching.models import Absence, Acknowledgement, Assessment, PlanInstance, PlanSession, Race
from metrics.activities import streams as columns
from metrics.activities.changes import remeasure_activity
from metrics.activities.measure import MEASURED_COLUMNS, ThresholdsOverTime
from metrics.models import Activity, HealthDay, Snapshot, Streams
from metrics.remeasurement.upgrade import filter_outdated

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]
NOW = datetime.fromisoformat(os.environ.get("DEMO_NOW", "2026-11-22T16:00+00:00")).astimezone(UTC)  # a Sunday
# The athletes of coach@demo.test and the head coach of the other club: every kind, every expected signal.
LOADED = (
    *HARBOUR_ATHLETES,
    *(person for person in PEOPLE if person.email == EMAIL_IN_BOTH_ORGANIZATIONS),
    LANTERN_HEAD_COACH,
)
# Least and greatest plausible weekly load (median of the last year) of each kind.
WEEKLY_LOAD = {
    "Beginner": (60, 160),
    "10 km runner": (140, 300),
    "Masters runner who also swims": (150, 320),
    "Half-marathon runner": (170, 380),
    "Triathlete": (230, 480),
    "Trail runner": (200, 450),
    "Marathon runner": (250, 560),
}


@dataclass(frozen=True)
class Stored:
    """The stored rows of one athlete."""

    past: SimulatedHistory
    activities: list[Activity]
    health_days: list[HealthDay]
    assessment: Assessment

    @property
    def signal_codes(self) -> list[str]:
        return [signal["code"] for signal in self.assessment.signals]


@pytest.fixture(scope="module")
def club(django_db_setup: None, django_db_blocker) -> Iterator[dict[str, Stored]]:
    """The demo, loaded once for this file and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(NOW, LOADED)
        connection.check_constraints()
        yield {person.email: _read_stored(person) for person in LOADED}
        transaction.set_rollback(True)


def _read_stored(person) -> Stored:
    athlete = Athlete.objects.select_related("user", "assessment").get(user__email=person.email)
    activities = list(Activity.objects.filter(athlete=athlete).order_by("started_at"))
    health_days = list(HealthDay.objects.filter(athlete=athlete).order_by("date"))
    return Stored(SimulatedHistory(person, athlete, NOW), activities, health_days, athlete.assessment)


def test_there_are_two_clubs_five_groups_and_six_time_zones(club):
    assert Organization.objects.count() == 2
    assert Group.objects.count() == 5
    running = Athlete.objects.filter(activities__isnull=False).distinct()
    assert running.count() == len(LOADED)
    assert len(PEOPLE) >= 60
    zones = set(running.values_list("timezone", flat=True))
    assert len(zones) == 6
    assert zones >= {"Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"}


def test_the_coach_leads_one_club_of_at_least_thirty_athletes(club):
    coach = Membership.objects.get(user__email=COACH_EMAIL)
    members = Membership.objects.active().athletes().filter(organization=coach.organization)
    assert coach.role == "head_coach"
    assert members.count() >= 30
    assert members.filter(user__email=ATHLETE_EMAIL).exists()
    assert members.filter(groups__isnull=True).exists()
    assert members.filter(assigned_coach__isnull=True).exists()
    assert members.exclude(notes="").exists()
    assert set(members.values_list("level", flat=True)) == {"beginner", "intermediate", "advanced"}


def test_one_head_coach_is_an_athlete_of_the_other_club(club):
    assert Membership.objects.filter(role="head_coach", user__memberships__role="athlete").exists()


def test_only_three_people_can_sign_in_with_the_same_password(club):
    users = [user for user in User.objects.all() if user.has_usable_password()]
    assert sorted(user.email for user in users) == ["admin@demo.test", ATHLETE_EMAIL, COACH_EMAIL]
    assert check_password(PASSWORD, users[0].password)
    assert len({user.password for user in users}) == 1
    assert User.objects.get(is_staff=True).email == "admin@demo.test"


def test_demo_athlete_has_recent_runs_mature_hrv_a_race_and_a_plan(club):
    ada = club[ATHLETE_EMAIL]
    assert len([run for run in ada.activities if run.started_at > NOW - timedelta(days=7)]) >= 4
    assert Snapshot.objects.get(athlete=ada.past.athlete).hrv_state == "mature"
    (race,), (plan,) = ada.assessment.races, ada.assessment.plans
    assert race["date"] > str(NOW.date())
    assert race["goal_time_s"]
    assert race["forecast"]["low_s"] < race["forecast"]["median_s"] < race["forecast"]["high_s"]
    assert plan["status"] == "active"
    assert 1 < plan["current_week"] < plan["total_weeks"]
    assert plan["week_progress"]["sessions_planned"] >= 5


def test_assessments_are_current_after_loading(club, django_assert_num_queries):
    athlete_ids = list(Athlete.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1):
        assert len(current_assessments(athlete_ids, NOW)) == len(athlete_ids)
    assert Snapshot.objects.count() == len(athlete_ids)


def test_every_signal_is_active_for_an_athlete_of_the_coachs_roster(club):
    roster = Membership.objects.active().athletes().filter(organization__memberships__user__email=COACH_EMAIL)
    assessments = Assessment.objects.filter(athlete_id__in=roster.values("user"))
    assert assessments.count() == len(LOADED)
    assert {signal["code"] for assessment in assessments for signal in assessment.signals} == {
        signal.code for signal in SIGNAL_RULES
    }


@pytest.mark.parametrize(
    "person",
    [person for person in HARBOUR_ATHLETES if person.scenario.expected_signals],
    ids=lambda person: person.scenario_name,
)
def test_scenario_produces_its_expected_signals(club, person):
    assert set(club[person.email].signal_codes) >= set(person.scenario.expected_signals)


def test_steady_athletes_have_no_negative_signals(club):
    flagged = {
        stored.past.person.name: [
            signal["message"] for signal in stored.assessment.signals if signal["severity"] != "positive"
        ]
        for stored in club.values()
        if stored.past.person.scenario_name == "steady"
    }
    assert len(flagged) >= 5
    assert not any(flagged.values()), flagged


def test_attention_queue_has_a_believable_mix_of_severities(club):
    assessments = [club[person.email].assessment for person in HARBOUR_ATHLETES]
    critical = sum(assessment.critical > 0 for assessment in assessments)
    warned = sum(assessment.warning > 0 and not assessment.critical for assessment in assessments)
    calm = len(assessments) - critical - warned
    assert 4 <= critical <= len(assessments) / 5
    assert warned <= len(assessments) / 2
    assert calm >= len(assessments) / 3
    assert len({assessment.priority for assessment in assessments}) > 10


def test_absent_athletes_have_no_training_signals(club):
    for person in LOADED:
        stored = club[person.email]
        rows = Absence.objects.filter(athlete=stored.past.athlete)
        today = stored.past.training.today
        if any(row.first_day <= today <= row.last_day for row in rows):
            domains = {signal["domain"] for signal in stored.assessment.signals}
            assert not domains & {"adherence", "load", "race"}, person.name
    current = Absence.objects.filter(first_day__lte=NOW, last_day__gte=NOW).values_list("kind", flat=True)
    assert set(current) == {"injured", "holiday"}
    assert set(Absence.objects.values_list("kind", flat=True)) == {"injured", "ill", "holiday"}


def test_every_athlete_has_past_races_and_one_next_race(club):
    for stored in club.values():
        races = Race.objects.filter(athlete=stored.past.athlete)
        today = stored.past.training.today
        assert races.get(result_time_s=None).date > today
        finished = races.exclude(result_time_s=None)
        days = {activity.local_date for activity in stored.activities if activity.is_race}
        assert {race.date for race in finished} == days
        assert all(1.5 < race.distance_m / (race.result_time_s or 1.0) < 7 for race in finished), "m/s"


def test_plan_sessions_have_zones_and_steps_that_fit_their_titles(club):
    individual = PlanInstance.objects.filter(group=None)
    assert individual.count() == len([person for person in LOADED if person.scenario.plan])
    sessions = PlanSession.objects.filter(plan__in=individual.values("plan"))
    assert set(sessions.values_list("sport", flat=True)) >= {"run", "bike", "swim"}
    intervals = sessions.filter(title__regex=r"^\d+ × \d+ min$")[0]
    warm_up, work, cool_down = intervals.steps
    assert work["repeat"] == int(intervals.title.split()[0])
    assert (warm_up["zone"], work["zone"] > 3, cool_down["zone"]) == (1, True, 1)
    easy_runs = sessions.filter(title="Easy run")
    assert all(session.zone == 1 and not session.steps for session in easy_runs)


def test_newcomer_does_not_have_the_group_plan(club):
    instances = PlanInstance.objects.exclude(group=None)
    group = Group.objects.get(plan_instances__in=instances[:1])
    without_plan = User.objects.filter(memberships__groups=group).exclude(pk__in=instances.values("athlete"))
    assert instances.count() >= 3
    assert [user.email for user in without_plan] == ["nils.havsbris@demo.test"]


def test_acknowledged_signals_lower_the_priority(club):
    assert Acknowledgement.objects.filter(coach__email=COACH_EMAIL).count() == len(
        [person for person in HARBOUR_ATHLETES if person.scenario_name in ACKNOWLEDGED_BY_SCENARIO]
    )
    for row in Acknowledgement.objects.filter(coach__email=COACH_EMAIL).select_related("athlete__assessment"):
        assessment = decode_assessment(row.athlete.assessment)
        assert apply_acknowledgements(assessment, [row]).priority < assessment.priority


def test_no_activity_or_health_day_is_in_the_future(club):
    for stored in club.values():
        ends = [run.started_at + timedelta(seconds=run.elapsed_s) for run in stored.activities]
        assert max(ends) <= NOW
        today = NOW.astimezone(ZoneInfo(stored.past.person.zone)).date()
        assert all(row.date <= today for row in stored.health_days)


@pytest.mark.parametrize("kind", WEEKLY_LOAD)
def test_weekly_loads_fit_the_kind_of_athlete(club, kind):
    low, high = WEEKLY_LOAD[kind]
    same_kind = [stored for stored in club.values() if stored.past.person.kind.name == kind]
    long_histories = [stored for stored in same_kind if stored.past.person.scenario.history_d > 500]
    assert long_histories
    for stored in long_histories:
        loads = sum_weekly_loads(stored.activities)[-52:]
        assert low < median(loads) < high, stored.past.person.name
        assert max(loads) < 2.6 * median(loads), stored.past.person.name


def sum_weekly_loads(activities: list[Activity]) -> list[float]:
    weeks = groupby(activities, lambda run: run.local_date.isocalendar()[:2])
    return [sum(run.training_load or 0.0 for run in week) for _, week in weeks]


def test_week_load_of_the_snapshot_is_the_sum_of_its_activities(club):
    for stored in club.values():
        today = stored.past.training.today
        monday = today - timedelta(days=today.weekday())
        week = sum(run.training_load or 0.0 for run in stored.activities if run.local_date >= monday)
        snapshot = Snapshot.objects.get(athlete=stored.past.athlete)
        assert snapshot.current_week_load == pytest.approx(week)


def test_zones_of_recorded_runs_sum_to_their_moving_time(club):
    runs = [run for stored in club.values() for run in stored.activities if run.zone1_s is not None]
    assert len(runs) > 500
    for run in runs:
        assert sum(getattr(run, f"zone{number}_s") for number in range(1, 6)) == floor(
            run.moving_time_s + 1e-6
        )


def test_the_last_three_weeks_are_recorded_second_by_second(club):
    since = NOW - timedelta(days=20)
    recent = Activity.objects.filter(started_at__gt=since).exclude(activity_type="swim")
    assert recent.count() > 10 * len(LOADED)
    assert not recent.filter(streams__isnull=True).exists()


def test_remeasuring_gives_the_same_values(club):
    for stored in list(club.values())[::9]:
        thresholds = ThresholdsOverTime(stored.past.athlete, stored.past.athlete.thresholds.all())
        streams = Streams.objects.filter(athlete=stored.past.athlete).in_bulk()
        for run in stored.activities[-40:]:
            before = {name: getattr(run, name) for name in MEASURED_COLUMNS}
            remeasure_activity(run, thresholds, streams.get(run.pk))
            assert {name: getattr(run, name) for name in MEASURED_COLUMNS} == before


def test_every_position_is_in_an_ocean_and_treadmill_runs_have_none(club):
    for stored in list(club.values())[::6]:
        ocean = OCEAN_POSITIONS[stored.past.person.zone]
        for streams in Streams.objects.filter(athlete=stored.past.athlete).select_related("activity")[:12]:
            samples = columns.decode(bytes(streams.content))
            if streams.activity.sub_type == "treadmill":
                assert not samples.has("latitude_deg")
            else:
                assert np.nanmax(np.abs(samples.latitude_deg - ocean[0])) < 0.1
                assert np.nanmax(np.abs(samples.longitude_deg - ocean[1])) < 0.1


def test_heart_rates_are_plausible(club):
    for stored in club.values():
        highest = stored.past.person.body.hr_max_bpm
        pulses = [run.avg_hr_bpm for run in stored.activities if run.avg_hr_bpm]
        assert all(85 < pulse < highest for pulse in pulses), stored.past.person.name
        nights = [row.resting_hr_bpm for row in stored.health_days if row.resting_hr_bpm]
        assert all(33 <= pulse <= 85 for pulse in nights), stored.past.person.name


def test_devices_store_only_the_readings_they_can_measure(club):
    garmin = HealthDay.objects.filter(source="garmin")
    assert garmin.filter(
        hrv_rmssd_ms__isnull=False, sleep_s__isnull=False, vo2max_ml_kg_min__isnull=False
    ).exists()
    assert HealthDay.objects.filter(source="apple_health", hrv_sdnn_ms__isnull=False).exists()
    assert not HealthDay.objects.filter(source="polar").exclude(hrv_rmssd_ms=None, hrv_sdnn_ms=None).exists()


def test_threshold_history_begins_by_the_first_run(club):
    for stored in club.values():
        paces = Threshold.objects.filter(athlete=stored.past.athlete, kind="threshold_pace").order_by(
            "valid_from"
        )
        if stored.past.person.scenario.has_profile:
            assert paces[0].valid_from <= stored.activities[0].local_date
    assert Threshold.objects.filter(kind="threshold_pace").count() > 4 * len(LOADED)


def test_same_clock_gives_the_same_history(club):
    for person in LOADED[::11]:
        again = SimulatedHistory(person, club[person.email].past.athlete, NOW)
        stored = club[person.email]
        assert hash_rows(activity for activity, _ in again.activities) == hash_rows(stored.activities)
        assert hash_rows(again.health_days) == hash_rows(stored.health_days)


def hash_rows(rows) -> str:
    """Hash every column except the ids."""
    digest = hashlib.sha256()
    for row in rows:
        fields = [
            field.attname for field in row._meta.concrete_fields if field.attname not in ("id", "original_id")
        ]
        values = {name: normalize(getattr(row, name)) for name in fields}
        digest.update(json.dumps(values, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def normalize(value):
    """Return integers as floats: whole seconds are stored as either."""
    return float(value) if isinstance(value, int) else value


def test_loading_the_demo_again_changes_nothing(club):
    assert demo_exists()
    before = Activity.objects.count(), User.objects.count()
    output = io.StringIO()
    call_command("demo", stdout=output)
    assert "already there" in output.getvalue()
    assert (Activity.objects.count(), User.objects.count()) == before


def test_production_refuses_the_demo(settings):
    settings.PRODUCTION = True
    with pytest.raises(SystemExit, match="production does not load it"):
        call_command("demo")


def test_names_and_emails_are_unique():
    assert len({person.name for person in PEOPLE}) == len({person.email for person in PEOPLE}) == len(PEOPLE)


def test_demo_needs_no_measuring_after_the_upgrade(club):
    assert not filter_outdated(Athlete.objects.all()).exists()
