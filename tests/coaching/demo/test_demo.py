"""The demo club is believable: its people, its weeks, its nights, and the queue that its coach sees.

As of DEMO_NOW, an instant with its offset from UTC, where it is set: any other one must do as well.
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
from metrics.activities.manual_entry import remeasure_activity
from metrics.activities.measure import MEASURED_COLUMNS, ThresholdsOverTime
from metrics.models import Activity, HealthDay, Snapshot, Streams

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]
NOW = datetime.fromisoformat(os.environ.get("DEMO_NOW", "2026-11-22T16:00+00:00")).astimezone(UTC)  # a Sunday
# Whom coach@demo.test coaches, and the head coach of the other club: all kinds, all stories that show something.
LOADED = (
    *HARBOUR_ATHLETES,
    *(person for person in PEOPLE if person.email == EMAIL_IN_BOTH_ORGANIZATIONS),
    LANTERN_HEAD_COACH,
)
# Weekly load, the median of the last year: from a beginner's to a marathon runner's.
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
    """One athlete as the rows tell."""

    past: SimulatedHistory
    activities: list[Activity]
    health_days: list[HealthDay]
    assessment: Assessment

    @property
    def codes(self) -> list[str]:
        return [signal["code"] for signal in self.assessment.signals]


@pytest.fixture(scope="module")
def club(django_db_setup: None, django_db_blocker) -> Iterator[dict[str, Stored]]:
    """The demo, loaded once for this file and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(NOW, LOADED)
        connection.check_constraints()
        yield {person.email: _stored(person) for person in LOADED}
        transaction.set_rollback(True)


def _stored(person) -> Stored:
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
    own = Membership.objects.get(user__email=COACH_EMAIL)
    members = Membership.objects.active().athletes().filter(organization=own.organization)
    assert own.role == "head_coach"
    assert members.count() >= 30
    assert members.filter(user__email=ATHLETE_EMAIL).exists()
    assert members.filter(groups__isnull=True).exists()
    assert members.filter(assigned_coach__isnull=True).exists()
    assert members.exclude(notes="").exists()
    assert set(members.values_list("level", flat=True)) == {"beginner", "intermediate", "advanced"}


def test_somebody_leads_one_club_and_runs_in_the_other(club):
    leads = Membership.objects.filter(role="head_coach", user__memberships__role="athlete")
    assert leads.exists()


def test_only_three_people_can_sign_in_and_all_know_the_password(club):
    able = [user for user in User.objects.all() if user.has_usable_password()]
    assert sorted(user.email for user in able) == ["admin@demo.test", ATHLETE_EMAIL, COACH_EMAIL]
    assert all(check_password(PASSWORD, user.password) for user in able[:1])
    assert len({user.password for user in able}) == 1
    assert User.objects.get(is_staff=True).email == "admin@demo.test"


def test_the_athlete_has_runs_of_this_week_nights_a_race_and_a_plan(club):
    ada = club[ATHLETE_EMAIL]
    assert len([run for run in ada.activities if run.started_at > NOW - timedelta(days=7)]) >= 4
    assert Snapshot.objects.get(athlete=ada.past.athlete).hrv_state == "mature"
    (race,), (plan,) = ada.assessment.races, ada.assessment.plans
    assert race["date"] > str(NOW.date())
    assert race["goal_time_s"]
    assert race["predicted_time_s"]
    assert plan["status"] == "active"
    assert 1 < plan["current_week"] < plan["total_weeks"]
    assert plan["week_progress"]["sessions_planned"] >= 5


def test_everybody_stands_as_of_now_when_the_demo_is_loaded(club, django_assert_num_queries):
    everybody = list(Athlete.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1):
        assert len(current_assessments(everybody, NOW)) == len(everybody)
    assert Snapshot.objects.count() == len(everybody)


def test_every_signal_stands_on_somebody_of_the_coachs_roster(club):
    roster = Membership.objects.active().athletes().filter(organization__memberships__user__email=COACH_EMAIL)
    assessments = Assessment.objects.filter(athlete_id__in=roster.values("user"))
    assert assessments.count() == len(LOADED)
    assert {signal["code"] for one in assessments for signal in one.signals} == {
        signal.code for signal in SIGNAL_RULES
    }


@pytest.mark.parametrize(
    "person",
    [person for person in HARBOUR_ATHLETES if person.scenario.expected_signals],
    ids=lambda p: p.scenario_name,
)
def test_a_story_shows_what_it_is_there_for(club, person):
    assert set(club[person.email].codes) >= set(person.scenario.expected_signals)


def test_steady_athletes_have_nothing_to_flag(club):
    flagged = {
        stored.past.person.name: [
            one["message"] for one in stored.assessment.signals if one["severity"] != "positive"
        ]
        for stored in club.values()
        if stored.past.person.scenario_name == "steady"
    }
    assert len(flagged) >= 5
    assert not any(flagged.values()), flagged


def test_the_queue_is_one_that_a_coach_would_believe(club):
    assessments = [club[person.email].assessment for person in HARBOUR_ATHLETES]
    critical = sum(one.critical > 0 for one in assessments)
    warned = sum(one.warning > 0 and not one.critical for one in assessments)
    calm = len(assessments) - critical - warned
    assert 4 <= critical <= len(assessments) / 5
    assert warned <= len(assessments) / 2
    assert calm >= len(assessments) / 3
    assert len({one.priority for one in assessments}) > 10  # who comes first is a question of degree


def test_what_prevents_somebody_is_an_absence_and_no_signal(club):
    for person in LOADED:
        stored = club[person.email]
        rows = Absence.objects.filter(athlete=stored.past.athlete)
        today = stored.past.training.today
        if any(row.first_day <= today <= row.last_day for row in rows):
            domains = {signal["domain"] for signal in stored.assessment.signals}
            assert not domains & {"adherence", "load", "race"}, person.name
    now = Absence.objects.filter(first_day__lte=NOW, last_day__gte=NOW).values_list("kind", flat=True)
    assert set(now) == {"injured", "holiday"}
    assert set(Absence.objects.values_list("kind", flat=True)) == {"injured", "ill", "holiday"}


def test_everybody_has_run_races_and_has_one_ahead(club):
    for stored in club.values():
        races = Race.objects.filter(athlete=stored.past.athlete)
        today = stored.past.training.today
        assert races.get(result_time_s=None).date > today
        run = races.exclude(result_time_s=None)
        days = {activity.local_date for activity in stored.activities if activity.is_race}
        assert {race.date for race in run} == days
        assert all(1.5 < race.distance_m / (race.result_time_s or 1.0) < 7 for race in run), "metres a second"


def test_plans_are_made_of_sessions_as_a_coach_writes_them(club):
    own = PlanInstance.objects.filter(group=None)
    assert own.count() == len([person for person in LOADED if person.scenario.plan])
    sessions = PlanSession.objects.filter(plan__in=own.values("plan"))
    assert set(sessions.values_list("sport", flat=True)) >= {"run", "bike", "swim"}
    intervals = sessions.filter(title__regex=r"^\d+ × \d+ min$")[0]
    warm_up, work, cool_down = intervals.steps
    assert work["repeat"] == int(intervals.title.split()[0])
    assert (warm_up["zone"], work["zone"] > 3, cool_down["zone"]) == (1, True, 1)
    assert all(one.zone == 1 and not one.steps for one in sessions.filter(title="Easy run"))


def test_a_plan_was_given_to_a_group_before_the_newcomer_joined(club):
    given = PlanInstance.objects.exclude(group=None)
    group = Group.objects.get(plan_instances__in=given[:1])
    without = User.objects.filter(memberships__groups=group).exclude(pk__in=given.values("athlete"))
    assert given.count() >= 3
    assert [user.email for user in without] == ["nils.havsbris@demo.test"]


def test_the_coach_has_seen_some_signals_which_then_weigh_less(club):
    assert Acknowledgement.objects.filter(coach__email=COACH_EMAIL).count() == len(
        [person for person in HARBOUR_ATHLETES if person.scenario_name in ACKNOWLEDGED_BY_SCENARIO]
    )
    for row in Acknowledgement.objects.filter(coach__email=COACH_EMAIL).select_related("athlete__assessment"):
        assessment = decode_assessment(row.athlete.assessment)
        assert apply_acknowledgements(assessment, [row]).priority < assessment.priority


def test_nothing_is_in_the_future(club):
    for stored in club.values():
        ends = [run.started_at + timedelta(seconds=run.elapsed_s) for run in stored.activities]
        assert max(ends) <= NOW
        today = NOW.astimezone(ZoneInfo(stored.past.person.zone)).date()
        assert all(row.date <= today for row in stored.health_days)


@pytest.mark.parametrize("kind", WEEKLY_LOAD)
def test_weekly_loads_are_those_of_such_an_athlete(club, kind):
    low, high = WEEKLY_LOAD[kind]
    alike = [stored for stored in club.values() if stored.past.person.kind.name == kind]
    settled = [stored for stored in alike if stored.past.person.scenario.history_d > 500]
    assert settled
    for stored in settled:
        loads = weekly_loads(stored.activities)[-52:]
        assert low < median(loads) < high, stored.past.person.name
        assert max(loads) < 2.6 * median(loads), stored.past.person.name


def weekly_loads(activities: list[Activity]) -> list[float]:
    weeks = groupby(activities, lambda run: run.local_date.isocalendar()[:2])
    return [sum(run.training_load or 0.0 for run in week) for _, week in weeks]


def test_the_week_of_the_snapshot_is_the_sum_of_its_activities(club):
    for stored in club.values():
        today = stored.past.training.today
        monday = today - timedelta(days=today.weekday())
        week = sum(run.training_load or 0.0 for run in stored.activities if run.local_date >= monday)
        shown = Snapshot.objects.get(athlete=stored.past.athlete)
        assert shown.current_week_load == pytest.approx(week)


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


def test_measuring_again_gives_the_same(club):
    for stored in list(club.values())[::9]:
        yardsticks = ThresholdsOverTime(stored.past.athlete, stored.past.athlete.thresholds.all())
        streams = Streams.objects.filter(athlete=stored.past.athlete).in_bulk()
        for run in stored.activities[-40:]:
            before = {name: getattr(run, name) for name in MEASURED_COLUMNS}
            remeasure_activity(run, yardsticks, streams.get(run.pk))
            assert {name: getattr(run, name) for name in MEASURED_COLUMNS} == before


def test_everybody_runs_on_an_ocean_or_on_a_treadmill(club):
    for stored in list(club.values())[::6]:
        ocean = OCEAN_POSITIONS[stored.past.person.zone]
        for streams in Streams.objects.filter(athlete=stored.past.athlete).select_related("activity")[:12]:
            samples = columns.decode(bytes(streams.content))
            if streams.activity.sub_type == "treadmill":
                assert not samples.has("latitude_deg")
            else:
                assert np.nanmax(np.abs(samples.latitude_deg - ocean[0])) < 0.1
                assert np.nanmax(np.abs(samples.longitude_deg - ocean[1])) < 0.1


def test_hearts_beat_as_hearts_do(club):
    for stored in club.values():
        highest = stored.past.person.body.hr_max_bpm
        pulses = [run.avg_hr_bpm for run in stored.activities if run.avg_hr_bpm]
        assert all(85 < pulse < highest for pulse in pulses), stored.past.person.name
        nights = [row.resting_hr_bpm for row in stored.health_days if row.resting_hr_bpm]
        assert all(33 <= pulse <= 85 for pulse in nights), stored.past.person.name


def test_two_kinds_of_device_read_the_nights(club):
    full = HealthDay.objects.filter(source="garmin")
    assert full.filter(
        hrv_rmssd_ms__isnull=False, sleep_s__isnull=False, vo2max_ml_kg_min__isnull=False
    ).exists()
    assert HealthDay.objects.filter(source="apple_health", hrv_sdnn_ms__isnull=False).exists()
    assert not HealthDay.objects.filter(source="polar").exclude(hrv_rmssd_ms=None, hrv_sdnn_ms=None).exists()


def test_thresholds_have_a_history_that_begins_before_the_first_run(club):
    for stored in club.values():
        paces = Threshold.objects.filter(athlete=stored.past.athlete, kind="threshold_pace").order_by(
            "valid_from"
        )
        if stored.past.person.scenario.has_profile:
            assert paces[0].valid_from <= stored.activities[0].local_date
    assert Threshold.objects.filter(kind="threshold_pace").count() > 4 * len(LOADED)


def test_the_same_clock_gives_the_same_past(club):
    for person in LOADED[::11]:
        again = SimulatedHistory(person, club[person.email].past.athlete, NOW)
        assert digest(activity for activity, _ in again.activities) == digest(club[person.email].activities)
        assert digest(again.health_days) == digest(club[person.email].health_days)


def digest(rows) -> str:
    """Of every column but the ids."""
    whole = hashlib.sha256()
    for row in rows:
        fields = [
            field.attname for field in row._meta.concrete_fields if field.attname not in ("id", "original_id")
        ]
        values = {name: plain(getattr(row, name)) for name in fields}
        whole.update(json.dumps(values, sort_keys=True, default=str).encode())
    return whole.hexdigest()


def plain(value):
    """A column of whole seconds is the same as a number or as a fraction."""
    return float(value) if isinstance(value, int) else value


def test_a_second_demo_changes_nothing(club):
    assert demo_exists()
    before = Activity.objects.count(), User.objects.count()
    said = io.StringIO()
    call_command("demo", stdout=said)
    assert "already there" in said.getvalue()
    assert (Activity.objects.count(), User.objects.count()) == before


def test_production_refuses_the_demo(settings):
    settings.PRODUCTION = True
    with pytest.raises(SystemExit, match="production does not load it"):
        call_command("demo")


def test_names_are_nobodys_twice():
    assert len({person.name for person in PEOPLE}) == len({person.email for person in PEOPLE}) == len(PEOPLE)
