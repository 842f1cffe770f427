"""Organization keys: what the club's own programs sign in with, and how little they may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.models import ApiKey, Membership, Organization
from athletes.organizations.api_keys import ApiKeyUser
from athletes.roles import Role
from tests.athletes.organizations.test_organizations import of
from tests.support.cast import ApiClient, Cast, create_member, create_run
from tests.support.error_shape import assert_error

STATS = "/api/v1/analytics/fitness_stats?days=365"


def make(cast: Cast, *scopes: str, **asked: Any) -> dict[str, Any]:
    body = {"name": "dashboard", "scopes": scopes or ["read"], **asked}
    answer = ApiClient(cast.hanna).send_json("post", of(cast.harbour, "api_keys"), body)
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()["data"]
    return told


def with_key(secret: str) -> Client:
    return Client(headers={"X-API-Key": secret}, raise_request_exception=False)


def test_a_secret_is_shown_once_and_stored_as_a_digest(cast: Cast):
    told = make(cast, "read", "write")
    assert told["secret"].startswith("astral_live_")
    assert told["secret"].startswith(told["prefix"])
    assert len(told["prefix"]) < len(told["secret"]) / 2
    assert told["secret"] not in str(ApiKey.objects.values().get())
    [listed] = ApiClient(cast.hanna).get(of(cast.harbour, "api_keys")).json()["data"]
    assert listed == {name: value for name, value in told.items() if name != "secret"}
    assert listed.keys() == {"key_id", "name", "prefix", "scopes", "expires_at", "last_used_at"}


@pytest.mark.parametrize("scheme", ["X-API-Key", "Bearer"])
def test_a_key_sees_what_a_coach_of_its_organization_sees(cast: Cast, scheme: str):
    secret = make(cast)["secret"]
    given = {"X-API-Key": secret} if scheme == "X-API-Key" else {"Authorization": f"Bearer {secret}"}
    client = Client(headers=given)
    people = ("ada", "ben", "lea", "sam", "hanna", "zoe", "otto")
    seen = {n: client.get(f"/api/v1/athletes/{getattr(cast, n).public_id}").status_code for n in people}
    assert seen == dict.fromkeys(people, 403) | {"ada": 200, "ben": 200}


def test_a_key_costs_one_statement(cast: Cast, django_assert_num_queries: Any):
    create_run(cast.ada, datetime.now(UTC) - timedelta(days=1))
    client = with_key(make(cast)["secret"])
    client.get(STATS)  # the first use in a minute is noted
    with django_assert_num_queries(3):  # the key; the athlete under the visibility rule; the sums
        assert client.get(f"{STATS}&user_id={cast.ada.public_id}").status_code == 200


def test_a_use_is_noted_to_the_minute(cast: Cast, django_assert_num_queries: Any):
    client, address = with_key(make(cast)["secret"]), f"/api/v1/organizations/{cast.harbour.public_id}"
    with time_machine.travel(datetime(2026, 11, 22, 12, 0, tzinfo=UTC), tick=False) as clock:
        for seconds, statements in ((0, 3), (30, 2), (29, 2), (2, 3)):
            clock.shift(seconds)
            with django_assert_num_queries(statements):  # the key; sometimes its use; the organization
                assert client.get(address).status_code == 200
        assert ApiKey.objects.get().last_used_at == datetime(2026, 11, 22, 12, 1, 1, tzinfo=UTC)


def test_a_key_must_say_whom_it_means(cast: Cast):
    client = with_key(make(cast, "read", "write")["secret"])
    assert_error(client.get(STATS), 400, "USER_REQUIRED", "user_id")
    entry = {"activity_type": "run", "started_at": "2026-06-10T06:00:00Z", "duration": 60}
    answer = client.post("/api/v1/activities", entry, content_type="application/json")
    assert_error(answer, 400, "USER_REQUIRED", "user_id")


def test_a_key_that_reads_writes_nothing_and_one_that_writes_reads_too(cast: Cast):
    reads, writes = (with_key(make(cast, scope)["secret"]) for scope in ("read", "write"))
    entry = {"activity_type": "run", "started_at": "2026-06-10T06:00:00Z", "duration": 60}
    entry["user_id"] = cast.ada.public_id
    made = [
        c.post("/api/v1/activities", entry, content_type="application/json").status_code
        for c in (reads, writes)
    ]
    assert made == [403, 201]
    assert [c.get(f"/api/v1/athletes/{cast.ada.public_id}").status_code for c in (reads, writes)] == [
        200,
        200,
    ]


@pytest.mark.parametrize("path", ["me", "logout", "logout_all"])
def test_a_key_is_nobody_who_could_sign_in_or_out(cast: Cast, path: str):
    client = with_key(make(cast, "read", "write")["secret"])
    call = client.get if path == "me" else client.post
    assert_error(call(f"/api/v1/auth/{path}"), 403, "PERMISSION_DENIED")


def test_a_key_neither_runs_the_organization_nor_founds_one(cast: Cast):
    client = with_key(make(cast, "read", "write")["secret"])
    calls = [
        client.get(of(cast.harbour, "api_keys")),
        client.post(
            of(cast.harbour, "api_keys"), {"name": "x", "scopes": ["read"]}, content_type="application/json"
        ),
        client.post("/api/v1/organizations", {"name": "x"}, content_type="application/json"),
        client.patch(of(cast.harbour), {"name": "x"}, content_type="application/json"),
        client.post("/api/v1/invitations/accept", {"token": "x"}, content_type="application/json"),
    ]
    assert [call.status_code for call in calls] == [403] * 5
    assert [row["org_id"] for row in client.get("/api/v1/organizations").json()["data"]] == [
        cast.harbour.public_id
    ]


def test_a_key_that_is_ended_is_401_on_the_next_call(cast: Cast):
    told = make(cast)
    client, address = with_key(told["secret"]), of(cast.harbour)
    assert client.get(address).status_code == 200
    assert ApiClient(cast.zora).delete(of(cast.hill, "api_keys", told["key_id"])).status_code == 403
    assert ApiClient(cast.hanna).delete(of(cast.harbour, "api_keys", told["key_id"])).status_code == 204
    assert_error(client.get(address), 401, "INVALID_KEY")


def test_a_key_ends_at_its_instant(cast: Cast):
    client = with_key(make(cast, expires_at="2027-01-01T00:00:00Z")["secret"])
    for instant, status in (("2026-12-31T23:59:59+00:00", 200), ("2027-01-01T00:00:00+00:00", 401)):
        with time_machine.travel(datetime.fromisoformat(instant), tick=False):
            assert client.get(of(cast.harbour)).status_code == status


def test_a_key_of_another_organization_gets_nothing_here(cast: Cast):
    secret = ApiClient(cast.zora).send_json(
        "post", of(cast.hill, "api_keys"), {"name": "x", "scopes": ["read", "write"]}
    )
    client = with_key(secret.json()["data"]["secret"])
    foreign = client.get(f"/api/v1/athletes/{cast.ada.public_id}")
    missing = client.get(f"/api/v1/athletes/{Organization().public_id.replace('org', 'usr')}")
    assert foreign.status_code == missing.status_code == 403
    assert foreign.content == missing.content
    assert client.get(of(cast.harbour, "members")).status_code == 403


@pytest.mark.parametrize(
    "secret", ["", "x", "astral_live_", "astral_live_" + "x" * 43, "\u00e9" * 20, "x" * 5000]
)
def test_what_is_no_key_is_401(db: None, secret: str):
    answer = Client(raise_request_exception=False).get("/api/v1/organizations", HTTP_X_API_KEY=secret)
    assert_error(answer, 401, "INVALID_KEY")


def test_two_ways_to_sign_in_at_once_are_refused(cast: Cast):
    secret = make(cast)["secret"]
    both = {"X-API-Key": secret, "Authorization": f"Bearer {ApiClient(cast.ada).token}"}
    assert_error(Client(headers=both).get("/api/v1/auth/me"), 401, "INVALID_KEY")


@pytest.mark.parametrize(
    "asked",
    [
        {"scopes": []},
        {"scopes": ["admin"]},
        {"scopes": "read"},
        {"name": ""},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2099-01-01T00:00:00Z"},
        {"expires_at": None},
        {"secret": "astral_live_mine"},
    ],
)
def test_a_key_that_is_not_as_documented_is_400(cast: Cast, asked: dict[str, Any]):
    body = {"name": "x", "scopes": ["read"]} | asked
    assert ApiClient(cast.hanna).send_json("post", of(cast.harbour, "api_keys"), body).status_code == 400
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("who", ["carl", "asha", "ada", "zora", "sam"])
def test_the_head_coach_makes_keys_and_nobody_else(cast: Cast, who: str):
    api, body = ApiClient(getattr(cast, who)), {"name": "x", "scopes": ["read"]}
    assert api.send_json("post", of(cast.harbour, "api_keys"), body).status_code == 403
    assert api.get(of(cast.harbour, "api_keys")).status_code == 403


def test_a_key_acts_as_a_coach_also_when_nobody_coaches(cast: Cast):
    client = with_key(make(cast)["secret"])
    Membership.objects.exclude(role=Role.ATHLETE).delete()
    create_member(cast.otto, cast.harbour)
    assert client.get(f"/api/v1/athletes/{cast.otto.public_id}").status_code == 200


def test_a_key_acts_as_a_coach_and_as_nothing_else(cast: Cast):
    holder = ApiKeyUser(cast.harbour.pk, frozenset({"read", "write"}))
    assert list(holder.organization_ids(frozenset({Role.COACH, Role.HEAD_COACH}))) == [cast.harbour.pk]
    for role in (Role.HEAD_COACH, Role.ASSISTANT_COACH, Role.ATHLETE):
        assert list(holder.organization_ids(frozenset({role}))) == []
