"""An athlete with something of everything that the profile and the roster tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from athletes.models import Group, Membership, Organization, Threshold, User
from metrics.models import HealthDay
from tests.coaching.plan_fixtures import day, every_day, follow, plan_of, race_of, touch
from tests.support.cast import NOON, run

PROFILE = "/api/v1/analytics/athlete_profile"
ROSTER = "/api/v1/analytics/coach_athletes_metrics"


def trained(user: User, club: Organization, days: int = 45, **fields: Any) -> None:
    """Daily runs and readings up to today, a VDOT, a race and a plan ahead, a group."""
    for back in range(days):
        run(
            user,
            NOON - timedelta(days=back),
            **({"training_load": 60.0, "source": "file", "name": "Run"} | fields),
        )
        HealthDay.objects.create(
            athlete=user.athlete,
            date=day(-back),
            source="garmin",
            hrv_rmssd_ms=50.0 + back % 7,
            resting_hr_bpm=50.0 + back % 3,
            vo2max_ml_kg_min=52.0,
        )
    Threshold.objects.create(athlete=user.athlete, kind="vdot", value=50.0, valid_from=day(-10))
    race_of(user, 20, name="Valencia")
    follow(user, plan_of(club, *every_day(zone=1)))
    in_group(user, club)
    touch(user)


def in_group(user: User, club: Organization, name: str = "Milers") -> Group:
    group, _ = Group.objects.get_or_create(organization=club, name=name)
    group.members.add(Membership.objects.get(user=user, organization=club))
    return group


def profile_of(api: Any, user: User, more: str = "") -> Any:
    answer = api.get(f"{PROFILE}?user_id={user.public_id}{more}")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def roster_of(api: Any, more: str = "") -> Any:
    answer = api.get(f"{ROSTER}?{more}")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def names(data: Any) -> list[str]:
    return [athlete["username"] for athlete in data["athletes"]]
