"""The cast: a small fixed set of people that the tests use.

Harbour Runners: Hanna (head coach), Carl (coach), Asha (assistant coach), and the athletes Ada (assigned to
Carl), Ben (without a coach), Lea (has left) and Sam (suspended). Hill Runners: Zora (head coach) and Zoe
(athlete). Otto is in no club. Stella is staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from knox.models import AuthToken

from athletes.models import Athlete, Membership, Organization, User
from athletes.roles import Role, Status
from metrics.models import Activity

PASSWORD = "correct horse battery"
NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)  # a Wednesday


@dataclass(frozen=True, slots=True)
class Cast:
    harbour: Organization
    hill: Organization
    hanna: User
    carl: User
    asha: User
    ada: User
    ben: User
    lea: User
    sam: User
    zora: User
    zoe: User
    otto: User
    stella: User


def create_person(name: str, zone: str = "UTC", **fields: Any) -> User:
    return create_people({name: fields}, {name: zone})[name]


def create_people(named: Mapping[str, Mapping[str, Any]], zones: Mapping[str, str]) -> dict[str, User]:
    """Create people with two statements: most tests begin with the whole cast."""
    made = {
        name: User(
            email=f"{name}@example.test", username=name, display_name=name.title(), **fields
        ).fill_derived_fields()
        for name, fields in named.items()
    }
    for user in made.values():
        user.set_unusable_password()  # hashing passwords would take most of the suite's time
    User.objects.bulk_create(made.values())
    Athlete.objects.bulk_create(
        [Athlete(user=user, timezone=zones.get(name, "UTC")) for name, user in made.items()]
    )
    return made


def create_member(user: User, club: Organization, role: str = Role.ATHLETE, **fields: Any) -> Membership:
    return Membership.objects.create(user=user, organization=club, role=role, **fields)


def make_cast() -> Cast:
    clubs = [Organization(name=f"{name} Runners") for name in ("Harbour", "Hill")]
    harbour, hill = Organization.objects.bulk_create(clubs)
    names = {field.name for field in dataclass_fields(Cast)} - {"harbour", "hill"}
    named = {name: {"is_staff": name == "stella"} for name in sorted(names)}
    cast = Cast(harbour, hill, **create_people(named, {"ada": "Europe/Madrid", "ben": "Asia/Tokyo"}))
    Membership.objects.bulk_create(
        [
            Membership(user=cast.hanna, organization=harbour, role=Role.HEAD_COACH),
            Membership(user=cast.carl, organization=harbour, role=Role.COACH),
            Membership(user=cast.asha, organization=harbour, role=Role.ASSISTANT_COACH),
            Membership(user=cast.ada, organization=harbour, assigned_coach=cast.carl),
            Membership(user=cast.ben, organization=harbour),
            Membership(user=cast.lea, organization=harbour, status=Status.LEFT),
            Membership(user=cast.sam, organization=harbour, status=Status.SUSPENDED),
            Membership(user=cast.zora, organization=hill, role=Role.HEAD_COACH),
            Membership(user=cast.zoe, organization=hill),
        ]
    )
    return cast


class ApiClient(Client):
    """Django's test client with the token of one user and JSON bodies."""

    def __init__(self, user: User | None = None, **options: Any) -> None:
        self.token = AuthToken.objects.create(user)[1] if user else ""
        headers = {"Authorization": f"Bearer {self.token}"} if user else None
        super().__init__(headers=headers, raise_request_exception=False, **options)

    def send_json(self, method: str, path: str, body: Any = None) -> Any:
        return getattr(self, method)(path, body, content_type="application/json")


def create_run(user: User, started_at: datetime = NOON, **fields: Any) -> Activity:
    """Store a run; by default 10 km in 50 minutes."""
    stored = {
        "activity_type": "run",
        "distance_m": 10_000.0,
        "duration_s": 3_000.0,
        "source": "manual",
    } | fields
    stored.setdefault("local_date", started_at.astimezone(user.athlete.zone).date())
    totals = {name: stored[name] for name in ("distance_m", "duration_s") if stored[name] is not None}
    stored.setdefault("recorded", totals | {"elapsed_s": stored["duration_s"]})
    return Activity.objects.create(athlete=user.athlete, started_at=started_at, **stored)
