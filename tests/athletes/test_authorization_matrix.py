"""Every endpoint × method × persona × owner: what the policy table says against what is answered.

What should happen is worked out here, from the table and from who is what (`BELONG`), in plain Python that has no part
in the queries under test. Each call is taken back. Every answer is looked through for what its caller may not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from athletes.policy import Over, Row, whole_policy
from athletes.policy_page import Endpoint, endpoints
from athletes.rights import OWN, Scope
from athletes.roles import COACHING, Role, Status
from metrics.files.writing import gpx_bytes
from tests.athletes.world import BELONG, CLUBS, KEYS, LOCKED_OUT, MISSING, PERSONAS, YESTERDAY, World, make_world
from tests.recordings import steady_run

CANARY = re.compile(r"canary-([a-z]+)")
ASKS_NOBODY = {"healthz", "schema", "docs", "auth-login", "home-page", "sign-in-page"}  # they answer everybody alike
UNNAMED = "unnamed"
OWNERS = ("ada", "ben", "sam", "lea", "zoe", "cora", "carl", MISSING)  # and the caller
KEPT = {
    "fitness-stats", "running-stats", "activity-stats", "health-metrics", "athlete-profile", "coach-athletes-metrics",
}  # fmt: skip  # answers that are cached
ASKED_OF_CLUB = {"training-plans", "coach-athletes-metrics"}  # org_id is asked, not in the address
DAY = YESTERDAY.date().isoformat()
ENTRY = {"activity_type": "run", "started_at": "2026-06-10T06:00:00Z", "duration": 60}
ASKED: dict[str, dict[str, Any]] = {
    "GET running-stats": {
        "from_timestamp": int(YESTERDAY.timestamp()) - 86_400,
        "to_timestamp": int(YESTERDAY.timestamp()) + 60,
    },
    "GET activity-stats": {"start_date": DAY, "end_date": DAY},
    "GET health-metrics": {"start_date": DAY, "end_date": DAY},
    "POST activities": ENTRY,
    "PATCH activity": {"name": "x"},
    "PATCH athlete": {"lthr": 165},
    "PUT health-days": {"days": [{"date": DAY, "source": "x", "resting_heart_rate": 50}]},
    "POST organizations": {"name": "x"},
    "PATCH organization": {"name": "x"},
    "PATCH organization-member": {"notes": "x"},
    "POST organization-groups": {"name": "x"},
    "PATCH organization-group": {"name": "x"},
    "POST organization-invite": {"email": "x@example.test"},
    "POST organization-keys": {"name": "x", "scopes": ["read"]},
    "PUT organization-consent": {"activities": True, "health": True, "goals_and_plans": False},
    "POST invitation-accept": {"token": "x"},
    "POST races": {"race_name": "x", "race_date": DAY, "distance": 5_000},
    "PATCH race": {"priority": "B"},
    "POST absences": {"kind": "ill", "from_date": DAY},
    "PATCH absence": {"kind": "injured"},
    "POST training-plans": {"name": "x", "weeks": [{"week": 1, "days": []}]},
    "PATCH training-plan": {"name": "x"},
    "POST plan-instances": {"start_date": DAY},
    "PATCH plan-instance": {"status": "cancelled"},
    "POST signal-acknowledge": {"days": 3},
    "POST settings-page": {"display_name": "x", "timezone": "UTC", "unit_system": "metric"},
    "POST password-page": {"password": "x"},
    "POST consent-page": {"activities": "on"},
    "POST token-end-page": {"token_key": "x"},
}
OWN_CONSENT = {"organization-consent", "consent-page"}
LEADS_OUT = {"sign-out-page", "sign-out-everywhere-page"}
CANNOT = {
    "USER_REQUIRED",
    "HEAD_COACH",
    "INVITATION_INVALID",
    "REQUIRED",
    "VALIDATION_ERROR",
    "NOT_SIGNALLED",
    "NO_COACH",
    "NOT_A_MEMBER",
    "PLAN_ASSIGNED",
}
FILE = gpx_bytes(steady_run(duration_s=60))


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose the thing is that a call names: a person, in a club, with a thing of that club or of another one."""

    who: str = UNNAMED
    club: str = ""
    thing: str = ""


def owners(endpoint: Endpoint, row: Row, persona: str) -> Iterator[Owner]:
    named = set(re.findall(r"{(\w+)}", endpoint.address))
    people = sorted({*OWNERS, *({persona} & BELONG.keys())})
    if row.over is Over.ATHLETE:
        yield from (Owner(who) for who in (people if named or not row.right.own else (UNNAMED, *people)))
    elif "user_id" in named:
        yield from (Owner(who, club, club) for club in CLUBS for who in people)
        yield Owner("ada", MISSING, "harbour")
    elif named & {"group_id", "invitation_id", "key_id"}:
        yield from (Owner(club=club, thing=thing) for club in (*CLUBS, MISSING) for thing in (*CLUBS, MISSING))
    elif "plan_id" in named:
        yield from (Owner(club=club, thing=club) for club in (*CLUBS, MISSING))
    elif "org_id" in named or endpoint.name in ASKED_OF_CLUB:
        yield from (Owner(club=club) for club in (*CLUBS, MISSING))
    else:
        yield Owner()


# What should happen


def acting(persona: str) -> dict[str, str]:
    """The role a persona actively has in each club; a key is a coach of its own."""
    if persona in KEYS:
        return {KEYS[persona][0]: Role.COACH}
    return {club: role for club, (role, status, _) in BELONG[persona].items() if status == Status.ACTIVE}


def holds(persona: str, row: Row) -> bool:
    if persona not in KEYS:
        return True
    scopes = KEYS[persona][1]
    return row.right.scope in scopes or (row.right.scope == Scope.READ and "write" in scopes)


def supervises(persona: str, row: Row, club: str, coach: str) -> bool:
    role = acting(persona).get(club)
    return role in row.right.roles or (role in row.right.assigned and coach == persona)


def reaches_athlete(persona: str, row: Row, who: str) -> bool:
    if who == UNNAMED or (who == persona and persona != "stella"):
        return row.right.own
    return (persona == "stella" and who in BELONG) or any(
        role == Role.ATHLETE and status == Status.ACTIVE and supervises(persona, row, club, coach)
        for club, (role, status, coach) in BELONG.get(who, {}).items()
    )


def reaches_club(persona: str, row: Row, club: str) -> bool:
    if persona == "stella" and row.right.staff:
        return club in CLUBS
    role = acting(persona).get(club)
    return role in row.right.roles | row.right.assigned or (row.right.own and role is not None)


def reaches_member(persona: str, row: Row, endpoint: str, owner: Owner) -> bool:
    if row.right == OWN:  # the own membership, also a suspended one
        role, status, _ = BELONG[persona].get(owner.club, ("", Status.LEFT, ""))
        return status != Status.LEFT and (endpoint not in OWN_CONSENT or role == Role.ATHLETE)
    if owner.who == UNNAMED or not reaches_club(persona, row, owner.club):
        return reaches_club(persona, row, owner.club)
    role, status, coach = BELONG.get(owner.who, {}).get(owner.club, ("", Status.LEFT, ""))
    if status == Status.LEFT or (endpoint == "organization-group-member" and role != Role.ATHLETE):
        return False
    own = row.right.own and owner.who == persona
    return own or persona == "stella" or supervises(persona, row, owner.club, coach)


def expected(endpoint: Endpoint, row: Row, persona: str, owner: Owner) -> int:
    """401, 403, 404, 302 to the sign-in page; 200 for whatever else."""
    if endpoint.is_page and (persona in LOCKED_OUT or persona in KEYS):
        return 302
    return _expected(endpoint.name, row, persona, owner)


def _expected(endpoint: str, row: Row, persona: str, owner: Owner) -> int:
    if persona in LOCKED_OUT:
        return 200 if row.right.anybody and persona == "anonymous" else 401
    if not holds(persona, row):
        return 403
    may = row.right.anybody or row.over is Over.YOURSELF or endpoint == "organizations"
    if row.over is Over.ATHLETE:
        may = reaches_athlete(persona, row, owner.who)
    elif row.over is Over.MEMBER:
        may = reaches_member(persona, row, endpoint, owner)
    elif owner.club:
        may = reaches_club(persona, row, owner.club) and owner.thing in ("", owner.club)
    return 200 if may else 404 if persona == "stella" else 403


def may_know(persona: str) -> set[str]:
    """Whose canaries may sing to this persona."""
    if persona == "stella":
        return {*BELONG, *CLUBS}
    roles = {} if persona in LOCKED_OUT else acting(persona)
    coached = {club for club, role in roles.items() if role in COACHING}
    members = {
        who
        for who, places in BELONG.items()
        for club, (_, status, _) in places.items()
        if club in coached and status != Status.LEFT
    }
    return {persona, *coached, *members, *BELONG.get(persona, {})}


# What is answered


def call(world: World, endpoint: Endpoint, method: str, persona: str, owner: Owner) -> Any:
    names = {
        "user_id": world.user_id(owner.who),
        "activity_id": world.activity_id(owner.who),
        "org_id": world.club_id(owner.club),
        **{kind: world.thing_id(kind, owner.thing) for kind in ("group_id", "invitation_id", "key_id", "plan_id")},
        **{kind: world.planned_id(kind, owner.who) for kind in ("race_id", "absence_id", "plan_instance_id")},
        "session_id": world.plan_of(owner.who).sessions.get().public_id,
        "code": "PROFILE_INCOMPLETE",
    }
    path = endpoint.address.format(**names)
    asked = dict(ASKED.get(f"{method} {endpoint.name}", {}))
    if endpoint.name == "organization-hand-over":
        asked["user_id"] = world.user_id("zack" if owner.club == "hill" else "carl")
    elif endpoint.name in ASKED_OF_CLUB:
        asked["org_id"] = names["org_id"]
    elif endpoint.name == "plan-instance-activity" and method == "PUT":
        asked["activity_id"] = names["activity_id"]
    elif owner.who != UNNAMED and "{" not in endpoint.address:
        asked["athlete" if endpoint.is_page else "user_id"] = names["user_id"]
    if (endpoint.name, method) == ("plan-instances", "POST"):
        asked["plan_id"] = world.plan_of(owner.who).public_id
    with transaction.atomic():
        if endpoint.is_page:
            answer = _submitted(world.browser(persona), method, path, asked)
        else:
            answer = _sent(world.clients[persona], method, path, asked, upload=endpoint.name == "activities-upload")
        transaction.set_rollback(True)
    return answer


def _sent(client: Client, method: str, path: str, asked: dict[str, Any], *, upload: bool) -> Any:
    if method == "GET":
        return client.get(path, asked)
    if upload:
        return client.post(path, asked | {"file": SimpleUploadedFile("run.gpx", FILE)})
    return client.generic(method, path, json.dumps(asked) if asked else "", "application/json")


def _submitted(browser: Client, method: str, path: str, asked: dict[str, Any]) -> Any:
    """As a browser would: whose page it is stands in the address, also of a form."""
    if method == "GET":
        return browser.get(path, asked)
    if path == reverse("upload-page"):
        return browser.post(path, {"files": SimpleUploadedFile("run.gpx", FILE)}, query_params=asked)
    return browser.post(path, asked)


ROWS = [
    pytest.param(endpoint, method, row, id=f"{method} {endpoint.address}")
    for endpoint in endpoints()
    for method, row in whole_policy().get(endpoint.name, {}).items()
    if endpoint.name not in ASKS_NOBODY
]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once: every call is taken back, and in the end the whole of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize(("endpoint", "method", "row"), ROWS)
def test_every_cell_of_the_matrix(world: World, endpoint: Endpoint, method: str, row: Row):
    wrong, refusals, cells = [], set(), 0
    for again in ("cold", "warm")[: 2 if endpoint.name in KEPT else 1]:
        for persona in PERSONAS:
            for owner in owners(endpoint, row, persona):
                answer, cells = call(world, endpoint, method, persona, owner), cells + 1
                cell = f"{again} {persona} {owner}"
                told = set(CANARY.findall(answer.content.decode()))
                wrong += [f"{cell} is told of {name}" for name in told - may_know(persona)]
                if problem := _wrong(answer, expected(endpoint, row, persona, owner), endpoint):
                    wrong.append(f"{cell}: {problem}")
                if answer.status_code == 403:
                    refusals.add(answer.content)
    assert wrong == []
    assert len(refusals) <= 1  # foreign and missing, never told apart
    assert cells >= len(PERSONAS)


def _wrong(answer: Any, status: int, endpoint: Endpoint) -> str | None:
    """What is wrong with an answer, if anything; what one may but cannot do at the moment is 400 with a reason."""
    if status in (401, 403, 404):
        return None if answer.status_code == status else f"{answer.status_code} instead of {status}"
    if endpoint.is_page:
        led_out = answer.status_code == 302 and answer.headers["Location"].startswith(reverse("sign-in-page"))
        right = led_out == (status == 302 or endpoint.name in LEADS_OUT) and answer.status_code in (200, 302)
        return None if right else f"{answer.status_code} instead of {status}"
    if answer.status_code < 300:
        return None
    reason = answer.json()["details"]["code"]
    return None if reason in CANNOT else f"{answer.status_code} {reason} instead of an answer"


def test_a_row_that_nobody_has_is_not_forgotten():
    assert len(ROWS) > 45
