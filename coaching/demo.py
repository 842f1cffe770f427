"""A first demo: one organization, its head coach, a runner with three months behind her and a newcomer.

The same on every machine, and relative to the day it is loaded on.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import transaction

from astral.environment import refuse
from athletes.models import Athlete, Membership, Organization, User
from athletes.roles import Role
from metrics.models import Activity

PASSWORD = "astral-demo"  # noqa: S105
COACH, ATHLETE, NEWCOMER, ADMIN = (f"{who}@demo.test" for who in ("coach", "athlete", "newcomer", "admin"))
DAYS = 91


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A kind of run: what it is called, how far and how fast, and how hard the heart works at it."""

    name: str
    distance_m: float
    speed_mps: float
    hr_bpm: float


# Monday to Sunday; None is a day of rest.
WEEK = (
    None,
    PlannedRun("Intervals", 10_500, 3.35, 158),
    PlannedRun("Easy run", 8_000, 2.85, 138),
    None,
    PlannedRun("Tempo run", 11_000, 3.25, 155),
    PlannedRun("Recovery run", 6_000, 2.70, 131),
    PlannedRun("Long run", 19_000, 2.90, 143),
)


def refuse_in_production(production: bool) -> None:
    if production:
        refuse("the demo has passwords that everybody knows, so production does not load it.")


def is_empty() -> bool:
    return not User.objects.exists()


@transaction.atomic
def load(now: datetime) -> int:
    """Create the demo's people and runs; those already there stay as they are. Returns the number of runs."""
    club, _ = Organization.objects.get_or_create(name="Harbour Runners")
    coach = _person(COACH, "Carla Coach", "Europe/Madrid", club, Role.HEAD_COACH)
    runner = _person(ATHLETE, "Ada Athlete", "Europe/Madrid", club, Role.ATHLETE, coach)
    newcomer = _person(NEWCOMER, "Noor Newcomer", "America/New_York", club, Role.ATHLETE)
    _person(ADMIN, "Alex Admin", "Europe/Madrid", is_staff=True, is_superuser=True)
    return _run(runner, now, DAYS, 1.0) + _run(newcomer, now, 10, 0.6)


def _person(
    email: str,
    name: str,
    zone: str,
    club: Organization | None = None,
    role: str = Role.ATHLETE,
    coach: User | None = None,
    **flags: bool,
) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, username=email.partition("@")[0], display_name=name, **flags)
        Athlete.objects.filter(pk=user.pk).update(timezone=zone, timezone_confirmed=True, units_confirmed=True)
        user.refresh_from_db()
    if club is not None:
        Membership.objects.get_or_create(
            user=user, organization=club, defaults={"role": role, "assigned_coach": coach}
        )
    return user


def _run(user: User, now: datetime, days: int, share: float) -> int:
    athlete = user.athlete
    if athlete.activities.exists():
        return 0
    chance = random.Random(user.email)  # noqa: S311  the same demo everywhere
    today = athlete.local_date(now)
    runs = []
    for back in reversed(range(days)):
        day = today - timedelta(days=back)
        planned = WEEK[day.weekday()]
        if planned is None or chance.random() < 0.08:
            continue
        start = datetime.combine(day, time(7, chance.randrange(60)), athlete.zone).astimezone(UTC)
        if start < now - timedelta(hours=2):
            runs.append(_activity(athlete, planned, start, share * chance.uniform(0.93, 1.07)))
    Activity.objects.bulk_create(runs)
    Athlete.objects.filter(pk=athlete.pk).touch()
    return len(runs)


def _activity(athlete: Athlete, planned: PlannedRun, start: datetime, share: float) -> Activity:
    distance_m = round(planned.distance_m * share)
    duration_s = round(distance_m / planned.speed_mps / (0.97 + 0.03 * share))
    return Activity(
        athlete=athlete,
        name=planned.name,
        activity_type=Activity.Type.RUN,
        started_at=start,
        local_date=start.astimezone(athlete.zone).date(),
        distance_m=distance_m,
        duration_s=duration_s,
        moving_time_s=duration_s,
        elapsed_s=duration_s,
        elevation_gain_m=round(distance_m * 0.006),
        avg_hr_bpm=planned.hr_bpm,
        source=Activity.Source.DEMO,
    )
