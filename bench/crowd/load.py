"""Load thousands of runners in organizations of all sizes: `manage.py demo --athletes 10000 --years 3`.

Equal counts give equal people. The rows are copied in one transaction, so an interruption leaves nothing. A
second crowd is refused. Afterwards `complete_crowd` makes the assessments in batches; after an interruption
it continues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, cycle, islice, repeat

import numpy as np
from django.db import connection, transaction

from athletes.models import Athlete, Group, Membership, Organization, Threshold, User
from athletes.roles import Role
from bench.crowd.copy_lines import copy_lines
from bench.crowd.days import (
    ACTIVITY_COLUMNS,
    HEALTH_COLUMNS,
    Runner,
    build_activity_lines,
    build_health_lines,
)
from bench.crowd.index_free_load import index_free_load
from coaching.assessments.current import recompute_stale_assessments
from coaching.demo.climate import CLIMATE
from coaching.demo.copy_rows import copy_rows
from metrics.models import Activity, HealthDay
from metrics.science.vdot import threshold_speed

EMAIL_DOMAIN = "crowd.test"
BATCH_SIZE = 100
LARGEST_ORGANIZATION, MIN_LARGE_CROWD = 5_000, 6_000
ORGANIZATION_SIZES = (200, 80, 1, 30, 50, 12, 3)  # of the other organizations, in turns
GROUP_SIZE = 40  # athletes
DEVICE_SHARE = 0.7
GIVEN_NAMES = (
    "Aino",
    "Bao",
    "Cleo",
    "Dov",
    "Enid",
    "Femi",
    "Gia",
    "Hugo",
    "Ilse",
    "Juno",
    "Kaya",
    "Liv",
    "Mo",
    "Nia",
    "Odd",
)
FAMILY_NAMES = (
    "Ashbrook",
    "Birchmere",
    "Coldwell",
    "Duneshore",
    "Elmridge",
    "Foxglove",
    "Greenholt",
    "Hazelwick",
    "Ironbay",
)
CROWD_MODELS = (User, Athlete, Membership, Threshold, Activity, HealthDay)
BatchProgress = Callable[[Sequence[range]], Iterable[range]]


@dataclass(frozen=True, slots=True)
class CrowdCounts:
    athletes: int
    activities: int
    health_days: int


def crowd_exists() -> bool:
    return User.objects.filter(email__endswith=f"@{EMAIL_DOMAIN}").exists()


def load_crowd(now: datetime, count: int, years: float, show_progress: BatchProgress = iter) -> CrowdCounts:
    """Store `count` runners with their last `years`. `show_progress` iterates over the batches."""
    batches = [range(first, min(first + BATCH_SIZE, count)) for first in range(0, count, BATCH_SIZE)]
    with transaction.atomic(), index_free_load((Activity, HealthDay)):
        return _store_crowd(now, count, round(365 * years), show_progress(batches))


def complete_crowd(now: datetime) -> int:
    """Vacuum, and make the missing snapshots and assessments. Returns their number."""
    _vacuum_tables()
    return recompute_stale_assessments(now)


def _store_crowd(now: datetime, count: int, days: int, batches: Iterable[range]) -> CrowdCounts:
    places = assign_organizations(count)
    organizations = _store_organizations(max(places) + 1, now)
    stored = [
        _store_batch(now, batch, days, [organizations[places[number]] for number in batch])
        for batch in batches
    ]
    return CrowdCounts(count, sum(runs for runs, _ in stored), sum(nights for _, nights in stored))


def _vacuum_tables() -> None:
    with connection.cursor() as cursor:
        for model in CROWD_MODELS:
            cursor.execute(f"VACUUM ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def assign_organizations(count: int) -> list[int]:
    """The organization's number of each runner."""
    sizes = chain([LARGEST_ORGANIZATION] if count >= MIN_LARGE_CROWD else [], cycle(ORGANIZATION_SIZES))
    return list(islice(chain.from_iterable(repeat(number, size) for number, size in enumerate(sizes)), count))


@dataclass(frozen=True, slots=True)
class _CrowdOrganization:
    organization: Organization
    coach: User
    groups: tuple[Group, ...]


def _store_organizations(count: int, now: datetime) -> list[_CrowdOrganization]:
    coaches = [_build_user(f"coach-{number:04d}", f"Coach {number + 1}", now) for number in range(count)]
    copy_rows(coaches)
    copy_rows([Athlete(user=coach, timezone="Europe/Madrid", timezone_confirmed=True) for coach in coaches])
    places = []
    for number, coach in enumerate(coaches):
        organization = Organization.objects.create(name=f"Crowd {number + 1:04d}")
        groups = [Group(organization=organization, name=f"Group {letter}") for letter in "ABCD"]
        places.append(_CrowdOrganization(organization, coach, tuple(Group.objects.bulk_create(groups))))
        Membership.objects.create(user=coach, organization=organization, role=Role.HEAD_COACH)
    return places


def _store_batch(
    now: datetime, numbers: range, days: int, places: list[_CrowdOrganization]
) -> tuple[int, int]:
    """Store runners with thresholds, activities and health days. Returns (activities, health days)."""
    users = [_build_user(f"runner-{number:05d}", _build_name(number), now) for number in numbers]
    runners = [_build_runner(user, number) for user, number in zip(users, numbers, strict=True)]
    copy_rows(users)
    copy_rows([_build_athlete(user, runner) for user, runner in zip(users, runners, strict=True)])
    _store_memberships(users, numbers, places, now)
    copy_rows([row for runner in runners for row in _build_thresholds(runner, now, days)])
    runs = [line for runner in runners for line in build_activity_lines(runner, now, days)]
    nights = [line for runner in runners for line in build_health_lines(runner, now, days)]
    copy_lines(Activity, ACTIVITY_COLUMNS, runs)
    copy_lines(HealthDay, HEALTH_COLUMNS, nights)
    return len(runs), len(nights)


def _build_name(number: int) -> str:
    family_number, given_number = divmod(number, len(GIVEN_NAMES))
    return f"{GIVEN_NAMES[given_number]} {FAMILY_NAMES[family_number % len(FAMILY_NAMES)]} {number}"


def _build_user(word: str, name: str, now: datetime) -> User:
    user = User(email=f"{word}@{EMAIL_DOMAIN}", username=word, display_name=name, created_at=now)
    user.set_unusable_password()
    return user.fill_derived_fields()


def _build_runner(user: User, number: int) -> Runner:
    random = np.random.default_rng(2 * 10**6 + number)
    return Runner(
        athlete_id=user.pk,
        number=number,
        zone=tuple(CLIMATE)[number % len(CLIMATE)],
        threshold_mps=1000 / round(1000 / threshold_speed(min(62.0, max(30.0, random.normal(44, 6)))), 1),
        hr_max_bpm=float(round(random.normal(186, 8))),
        device=bool(random.random() < DEVICE_SHARE),
    )


def _build_athlete(user: User, runner: Runner) -> Athlete:
    born = date(1960 + runner.number % 45, 1 + runner.number % 12, 1 + runner.number % 28)
    sex = "female" if runner.number % 2 else "male"
    return Athlete(
        user=user,
        timezone=runner.zone,
        timezone_confirmed=True,
        units_confirmed=True,
        sex=sex,
        birth_date=born,
        data_version=1,
    )


def _store_memberships(
    users: list[User], numbers: range, places: list[_CrowdOrganization], now: datetime
) -> None:
    rows = [
        Membership(
            user=user,
            organization=place.organization,
            assigned_coach=place.coach if number % 3 else None,
            level=("beginner", "intermediate", "advanced")[number % 3],
            labels=["marathon"] if number % 5 == 0 else [],
            joined_at=now - timedelta(days=number % 900),
        )
        for user, number, place in zip(users, numbers, places, strict=True)
    ]
    copy_rows(rows)
    through = Group.members.through
    inside = [
        through(group_id=place.groups[number // GROUP_SIZE % 4].pk, membership_id=row.pk)
        for row, number, place in zip(rows, numbers, places, strict=True)
        if number % 6
    ]
    through.objects.bulk_create(inside)


def _build_thresholds(runner: Runner, now: datetime, days: int) -> list[Threshold]:
    first = now.date() - timedelta(days=days + 1)
    values = {
        Threshold.Kind.THRESHOLD_PACE: round(1000 / runner.threshold_mps, 1),
        Threshold.Kind.HR_MAX: runner.hr_max_bpm,
        Threshold.Kind.LTHR: float(round(0.915 * runner.hr_max_bpm)),
    }
    return [
        Threshold(athlete_id=runner.athlete_id, kind=kind, value=value, valid_from=first, recorded_at=now)
        for kind, value in values.items()
    ]
