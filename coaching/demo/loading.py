"""The demo into the database: people and clubs, everybody's past, and the numbers of today. All or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from astral.environment import refuse
from athletes.models import Athlete, Group, Membership, Organization, User
from coaching.demo.clubs import ADMIN, PASSWORD, SIGN_IN, STAFF, Club, clubs
from coaching.demo.copying import copy_rows
from coaching.demo.people import PEOPLE
from coaching.demo.person import Person
from coaching.demo.rows import Past
from metrics.snapshots import BATCH, renew

IMPERIAL_ZONES = ("America/New_York",)
Shown = Callable[[Sequence[Person]], Iterable[Person]]


def refuse_in_production(production: bool) -> None:
    if production:
        refuse("the demo has passwords that everybody knows, so production does not load it.")


def is_empty() -> bool:
    return not User.objects.exists()


def is_there() -> bool:
    """Whether somebody of the demo is in the database."""
    return User.objects.filter(email__in=[*SIGN_IN, *(person.email for person in PEOPLE)]).exists()


@transaction.atomic
def load(now: datetime, people: Sequence[Person] = PEOPLE, shown: Shown = iter) -> int:
    """Store the demo as of `now`, for these athletes, in one transaction. Returns the number of activities.

    `shown` goes through the people and may draw a progress bar. Raises IntegrityError if they are already there.
    """
    users = _store_people(people, now)
    for club in clubs():
        _store_club(club, users, now)
    athletes = Athlete.objects.filter(pk__in=[user.pk for user in users.values()]).select_related("user")
    by_email = {athlete.user.email: athlete for athlete in athletes}
    count = sum(_store_past(Past(person, by_email[person.email], now)) for person in shown(people))
    renew_all(list(by_email.values()), now)
    return count


def renew_all(athletes: Sequence[Athlete], now: datetime) -> None:
    for first in range(0, len(athletes), BATCH):
        renew(athletes[first : first + BATCH], now)


def _store_people(people: Sequence[Person], now: datetime) -> dict[str, User]:
    password = make_password(PASSWORD)  # once: a hash takes longer than an athlete's season
    named = [*((person.email, person.name) for person in people), *((one.email, one.name) for one in STAFF)]
    users = [_user(email, name, password if email in SIGN_IN else "") for email, name in named]
    User.objects.bulk_create(users)
    by_email = {user.email: user for user in users}
    runners = [_athlete(by_email[person.email], person, now) for person in people]
    others = [
        Athlete(user=by_email[one.email], timezone=one.zone, timezone_confirmed=True, units_confirmed=True)
        for one in STAFF
    ]
    Athlete.objects.bulk_create([*runners, *others])
    return by_email


def _user(email: str, name: str, password: str) -> User:
    is_admin = email == ADMIN
    user = User(email=email, display_name=name, password=password, is_staff=is_admin, is_superuser=is_admin)
    user.username = email.partition("@")[0]
    if not password:
        user.set_unusable_password()
    return user.with_keys()


def _athlete(user: User, person: Person, now: datetime) -> Athlete:
    known = person.story.has_profile
    today = now.date()
    return Athlete(
        user=user,
        timezone=person.zone,
        timezone_confirmed=known,
        unit_system="imperial" if person.zone in IMPERIAL_ZONES else "metric",
        units_confirmed=known,
        sex=person.sex if known else "",
        birth_date=date(today.year - person.age, 1 + person.age % 12, 1 + person.age % 28) if known else None,
        data_version=1,
    )


def _store_club(club: Club, users: dict[str, User], now: datetime) -> None:
    organization = Organization.objects.create(name=club.name)
    members = [member for member in club.members if member.email in users]
    rows = [
        Membership(
            user=users[member.email],
            organization=organization,
            role=member.role,
            status=member.status,
            assigned_coach=users.get(member.coach),
            level=member.level,
            labels=list(member.labels),
            notes=member.notes,
            joined_at=now - timedelta(days=member.joined),
        )
        for member in members
    ]
    Membership.objects.bulk_create(rows)
    groups = {name: Group.objects.create(organization=organization, name=name) for name in club.groups}
    for name, group in groups.items():
        inside = [row for member, row in zip(members, rows, strict=True) if name in member.groups]
        group.members.set(inside)


def _store_past(past: Past) -> int:
    """One athlete's rows, by COPY."""
    copy_rows(past.thresholds)
    copy_rows([activity for activity, _ in past.activities])
    copy_rows([streams for _, streams in past.activities if streams])
    copy_rows(past.health_days)
    return len(past.activities)
