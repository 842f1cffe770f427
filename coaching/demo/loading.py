"""Load the demo into the database: people, clubs, histories, plans and assessments, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from astral.environment import refuse_to_start
from athletes.models import Athlete, Consent, ConsentChange, Group, Membership, Organization, User
from athletes.rights import Category
from athletes.roles import Role
from coaching.assessments.current import current_assessments
from coaching.assessments.values import AssessmentData
from coaching.demo.calendar_rows import (
    PlanRows,
    build_absences,
    build_athlete_plan,
    build_group_plan,
    build_races,
)
from coaching.demo.copy_rows import copy_rows
from coaching.demo.people.athlete import SimulatedAthlete
from coaching.demo.people.athletes import PEOPLE
from coaching.demo.people.clubs import (
    ACKNOWLEDGED_BY_SCENARIO,
    ADMIN_EMAIL,
    GROUP_WITH_PLAN,
    NEW_MEMBER_D,
    PASSWORD,
    SIGN_IN_EMAILS,
    STAFF,
    DemoOrganization,
    build_demo_organizations,
)
from coaching.demo.rows import SimulatedHistory
from coaching.models import Acknowledgement
from coaching.plan_instances.assign import find_group_athletes
from metrics.activities.measure import MEASUREMENT_FORMULA
from metrics.models import MeasurementState

IMPERIAL_ZONES = ("America/New_York",)
ACKNOWLEDGED_AGO_D, ACKNOWLEDGED_FOR_D = 1, 3
ACKNOWLEDGED_REASON = "Spoken to on the phone"
AthleteProgress = Callable[[Sequence[SimulatedAthlete]], Iterable[SimulatedAthlete]]


@dataclass(frozen=True, slots=True)
class StoredOrganization:
    """A stored club with its head coach, its groups and the emails of its athletes."""

    organization: Organization
    coach: User
    groups: tuple[Group, ...]
    emails: frozenset[str]


def refuse_in_production(production: bool) -> None:
    if production:
        refuse_to_start("the demo has passwords that everybody knows, so production does not load it.")


def is_database_empty() -> bool:
    return not User.objects.exists()


def demo_exists() -> bool:
    """Return whether any demo user is in the database."""
    return User.objects.filter(email__in=[*SIGN_IN_EMAILS, *(person.email for person in PEOPLE)]).exists()


@transaction.atomic
def load_demo(
    now: datetime, people: Sequence[SimulatedAthlete] = PEOPLE, show_progress: AthleteProgress = iter
) -> int:
    """Store the demo as of `now` for these athletes, in one transaction. Return the number of activities.

    `show_progress` iterates the people and may draw a progress bar. Raises IntegrityError if the demo exists.
    """
    users = _store_people(people, now)
    coached = [_store_organization(club, users, now) for club in build_demo_organizations()]
    athletes = Athlete.objects.filter(pk__in=[user.pk for user in users.values()]).select_related("user")
    by_email = {athlete.user.email: athlete for athlete in athletes}
    count = sum(
        _store_history(SimulatedHistory(person, by_email[person.email], now), coached)
        for person in show_progress(people)
    )
    _store_group_plans(coached, now)
    assessments = current_assessments([athlete.pk for athlete in athletes], now)
    _store_acknowledgements(coached, assessments)
    return count


def _store_people(people: Sequence[SimulatedAthlete], now: datetime) -> dict[str, User]:
    password = make_password(PASSWORD)  # only once: a hash takes longer than an athlete's whole history
    names = {person.email: person.name for person in people} | {person.email: person.name for person in STAFF}
    users = [
        _build_user(email, name, password if email in SIGN_IN_EMAILS else "") for email, name in names.items()
    ]
    User.objects.bulk_create(users)
    by_email = {user.email: user for user in users}
    athletes = [_build_athlete(by_email[person.email], person, now) for person in people]
    staff = [
        Athlete(
            user=by_email[member.email], timezone=member.zone, timezone_confirmed=True, units_confirmed=True
        )
        for member in STAFF
    ]
    Athlete.objects.bulk_create([*athletes, *staff])
    return by_email


def _build_user(email: str, name: str, password: str) -> User:
    is_admin = email == ADMIN_EMAIL
    user = User(email=email, display_name=name, password=password, is_staff=is_admin, is_superuser=is_admin)
    user.username = email.partition("@")[0]
    if not password:
        user.set_unusable_password()
    return user.fill_derived_fields()


def _build_athlete(user: User, person: SimulatedAthlete, now: datetime) -> Athlete:
    known = person.scenario.has_profile
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


def _store_consents(memberships: Sequence[Membership]) -> None:
    """The demo's athletes said yes to everything when they joined."""
    answers = [
        {
            "athlete_id": row.user_id,
            "organization_id": row.organization_id,
            "category": category,
            "granted": True,
            "changed_at": row.joined_at,
        }
        for row in memberships
        if row.role == Role.ATHLETE
        for category in Category
    ]
    Consent.objects.bulk_create(Consent(**answer) for answer in answers)
    ConsentChange.objects.bulk_create(ConsentChange(**answer) for answer in answers)


def _store_organization(club: DemoOrganization, users: dict[str, User], now: datetime) -> StoredOrganization:
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
    _store_consents(rows)
    groups = {name: Group.objects.create(organization=organization, name=name) for name in club.groups}
    for name, group in groups.items():
        inside = [row for member, row in zip(members, rows, strict=True) if name in member.groups]
        group.members.set(inside)
    coach = next(users[member.email] for member in members if member.role == Role.HEAD_COACH)
    emails = frozenset(member.email for member in members if member.role == Role.ATHLETE)
    return StoredOrganization(organization, coach, tuple(groups.values()), emails)


def _store_history(past: SimulatedHistory, coached: Iterable[StoredOrganization]) -> int:
    """Store the rows of one athlete by COPY. Return the number of activities."""
    copy_rows(past.thresholds)
    copy_rows([activity for activity, _ in past.activities])
    copy_rows([streams for _, streams in past.activities if streams])
    copy_rows(past.health_days)
    MeasurementState.objects.create(athlete=past.athlete, formula=MEASUREMENT_FORMULA)
    copy_rows(build_races(past))
    copy_rows(build_absences(past))
    club = next((club for club in coached if past.person.email in club.emails), None)
    if club and (plan := build_athlete_plan(past, club.organization, club.coach)):
        _store_plan(plan)
    return len(past.activities)


def _store_plan(rows: PlanRows) -> None:
    copy_rows([rows.plan])
    copy_rows(rows.sessions)
    copy_rows(rows.instances)
    copy_rows(rows.calendar)


def _store_group_plans(coached: Iterable[StoredOrganization], now: datetime) -> None:
    """Assign the group plans. New members joined after the plan was assigned, so they do not have it."""
    for club in coached:
        for group in club.groups:
            if group.name == GROUP_WITH_PLAN:
                joined_by = now - timedelta(days=NEW_MEMBER_D)
                members = group.members.filter(joined_at__lt=joined_by).values("user")
                athletes = list(find_group_athletes(group).filter(pk__in=members).order_by("pk"))
                _store_plan(build_group_plan(group, athletes, club.coach, now))


def _store_acknowledgements(
    coached: Iterable[StoredOrganization], assessments: Mapping[UUID, AssessmentData]
) -> None:
    """Store the head coaches' acknowledgements of active signals."""
    code_by_email = {
        person.email: ACKNOWLEDGED_BY_SCENARIO[person.scenario_name]
        for person in PEOPLE
        if person.scenario_name in ACKNOWLEDGED_BY_SCENARIO
    }
    users = User.objects.filter(email__in=code_by_email).in_bulk()
    rows = [
        Acknowledgement(
            athlete_id=user.pk,
            organization=club.organization,
            coach=club.coach,
            code=signal.code,
            severity=signal.severity,
            since=assessments[user.pk].local_date - timedelta(days=ACKNOWLEDGED_AGO_D),
            until=assessments[user.pk].local_date + timedelta(days=ACKNOWLEDGED_FOR_D),
            reason=ACKNOWLEDGED_REASON,
        )
        for club in coached
        for user in users.values()
        if user.email in club.emails
        for signal in assessments[user.pk].signals
        if signal.code == code_by_email[user.email]
    ]
    Acknowledgement.objects.bulk_create(rows)
