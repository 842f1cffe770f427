"""A small club with the accounts of the demo, for programs that play the calls of the documentation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from athletes.models import Organization, User
from athletes.roles import Role
from metrics.models import HealthDay
from tests.support.cast import create_member, create_person, create_run

PASSWORD = "astral-demo"


def make_small_club(now: datetime) -> None:
    """A coach, an athlete with four weeks of runs and mornings, and the one who runs the server."""
    club = Organization.objects.create(name="Demo club")
    coach, athlete = _create_account("coach"), _create_account("athlete")
    _create_account("admin", is_staff=True, is_superuser=True)
    create_member(coach, club, Role.HEAD_COACH)
    create_member(athlete, club, Role.ATHLETE)
    for day in range(28):
        morning = now - timedelta(days=day)
        create_run(athlete, morning - timedelta(hours=2), avg_hr_bpm=140.0 + day % 7)
        HealthDay.objects.create(
            athlete=athlete.athlete,
            date=athlete.athlete.local_date(morning),
            source="watch",
            hrv_rmssd_ms=60.0 + day % 5,
            resting_hr_bpm=48.0,
        )


def _create_account(name: str, **fields: Any) -> User:
    person = create_person(name, **fields)
    person.email = f"{name}@demo.test"
    person.set_password(PASSWORD)
    person.save()
    return person
