"""An athlete with some data for every part of the profile and the roster."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from athletes.models import Athlete, Group, Membership, Organization, Threshold, User
from metrics.models import HealthDay
from tests.coaching.plan_fixtures import (
    bump_data_version,
    create_race,
    create_test_plan,
    follow_plan,
    get_day,
    list_daily_sessions,
)
from tests.support.cast import NOON, create_run

PROFILE_URL = "/api/v1/analytics/athlete_profile"
ROSTER_URL = "/api/v1/analytics/coach_athletes_metrics"


def create_training(user: User, club: Organization, days: int = 45, **fields: Any) -> None:
    """Create daily runs and readings up to today, a VDOT, a race, a plan and a group."""
    for back in range(days):
        create_run(
            user,
            NOON - timedelta(days=back),
            **({"training_load": 60.0, "source": "file", "name": "Run"} | fields),
        )
        HealthDay.objects.create(
            athlete=user.athlete,
            date=get_day(-back),
            source="garmin",
            hrv_rmssd_ms=50.0 + back % 7,
            resting_hr_bpm=50.0 + back % 3,
            vo2max_ml_kg_min=52.0,
        )
    Threshold.objects.create(athlete=user.athlete, kind="vdot", value=50.0, valid_from=get_day(-10))
    create_race(user, 20, name="Valencia")
    follow_plan(user, create_test_plan(club, *list_daily_sessions(zone=1)))
    add_to_training_group(user, club)
    bump_data_version(user)


def add_to_training_group(user: User, club: Organization, name: str = "Milers") -> Group:
    group, _ = Group.objects.get_or_create(organization=club, name=name)
    group.members.add(Membership.objects.get(user=user, organization=club))
    return group


def get_profile(api: Any, user: User, more: str = "") -> Any:
    answer = api.get(f"{PROFILE_URL}?user_id={user.public_id}{more}")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def get_roster(api: Any, more: str = "") -> Any:
    answer = api.get(f"{ROSTER_URL}?{more}")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def list_usernames(data: Any) -> list[str]:
    return [athlete["username"] for athlete in data["athletes"]]


def stop_running(user: User, days: int, now: datetime = NOON) -> None:
    """Create a daily run for four weeks, then none for the given number of days: INACTIVITY is active."""
    Athlete.objects.filter(pk=user.pk).update(timezone="UTC")
    for back in range(days, days + 28):
        create_run(user, now - timedelta(days=back), source="file")
    Athlete.objects.filter(pk=user.pk).bump_version()
