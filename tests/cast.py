"""The cast: a small fixed set of people that every test knows.

Harbour Runners: Hanna (head coach), Carl (coach), Asha (assistant coach), and the athletes Ada (assigned to Carl),
Ben (assigned to nobody), Lea (has left) and Sam (suspended). Hill Runners: Zora (head coach) and Zoe (athlete).
Otto belongs nowhere. Stella is staff.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.test.client import ClientHandler
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


def person(name: str, zone: str = "UTC", **fields: Any) -> User:
    user = User(email=f"{name}@example.test", username=name, display_name=name.title(), **fields)
    # A password nobody can use: hashing one for each would be most of the suite's time.
    user.set_unusable_password()
    user.save()
    Athlete.objects.filter(pk=user.pk).update(timezone=zone)
    return User.objects.select_related("athlete").get(pk=user.pk)


def member(user: User, club: Organization, role: str = Role.ATHLETE, **fields: Any) -> Membership:
    return Membership.objects.create(user=user, organization=club, role=role, **fields)


def make_cast() -> Cast:
    harbour, hill = (Organization.objects.create(name=f"{name} Runners") for name in ("Harbour", "Hill"))
    cast = Cast(
        harbour,
        hill,
        hanna=person("hanna"),
        carl=person("carl"),
        asha=person("asha"),
        ada=person("ada", "Europe/Madrid"),
        ben=person("ben", "Asia/Tokyo"),
        lea=person("lea"),
        sam=person("sam"),
        zora=person("zora"),
        zoe=person("zoe"),
        otto=person("otto"),
        stella=person("stella", is_staff=True),
    )
    member(cast.hanna, harbour, Role.HEAD_COACH)
    member(cast.carl, harbour, Role.COACH)
    member(cast.asha, harbour, Role.ASSISTANT_COACH)
    member(cast.ada, harbour, assigned_coach=cast.carl)
    member(cast.ben, harbour)
    member(cast.lea, harbour, status=Status.LEFT)
    member(cast.sam, harbour, status=Status.SUSPENDED)
    member(cast.zora, hill, Role.HEAD_COACH)
    member(cast.zoe, hill)
    return cast


_MIDDLEWARE = ClientHandler(enforce_csrf_checks=False)  # loaded once, as by a server, and not for each client


class Api(Client):
    """Django's test client, speaking JSON with one person's token."""

    def __init__(self, user: User | None = None, **options: Any) -> None:
        self.token = AuthToken.objects.create(user)[1] if user else ""
        headers = {"Authorization": f"Bearer {self.token}"} if user else None
        super().__init__(headers=headers, raise_request_exception=False, **options)
        if not self.handler.enforce_csrf_checks:
            self.handler = _MIDDLEWARE

    def send(self, method: str, path: str, body: Any = None) -> Any:
        return getattr(self, method)(path, body, content_type="application/json")


def run(user: User, started_at: datetime = NOON, **fields: Any) -> Activity:
    """A stored run of 10 km in 50 minutes, unless told otherwise."""
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
