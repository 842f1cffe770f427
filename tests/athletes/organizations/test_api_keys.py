"""API keys: how programs of an organization sign in, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.models import ApiKey, Membership, Organization, User
from athletes.organizations.api_keys import ApiKeyUser
from athletes.organizations.membership import hand_over_organization, leave_organization
from athletes.roles import Role, Status
from tests.athletes.organizations.organization_requests import org_url
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_run
from tests.support.error_shape import assert_error

STATS = "/api/v1/analytics/fitness_stats?days=365"


def create_key(cast: Cast, *scopes: str, by: User | None = None, **fields: Any) -> dict[str, Any]:
    body = {"name": "dashboard", "scopes": scopes or ["read"], **fields}
    answer = ApiClient(by or cast.hanna).send_json("post", org_url(cast.harbour, "api_keys"), body)
    assert answer.status_code == 201, answer.content
    key: dict[str, Any] = answer.json()["data"]
    return key


def with_key(secret: str) -> Client:
    return Client(headers={"X-API-Key": secret}, raise_request_exception=False)


def test_key_secret_is_shown_once_and_stored_as_digest(cast: Cast):
    key = create_key(cast, "read", "write")
    assert key["secret"].startswith("astral_live_")
    assert key["secret"].startswith(key["prefix"])
    assert len(key["prefix"]) < len(key["secret"]) / 2
    assert key["secret"] not in str(ApiKey.objects.values().get())
    [listed] = ApiClient(cast.hanna).get(org_url(cast.harbour, "api_keys")).json()["data"]
    assert listed == {name: value for name, value in key.items() if name != "secret"}
    assert listed.keys() == {
        "key_id",
        "name",
        "prefix",
        "scopes",
        "expires_at",
        "last_used_at",
        "created_by",
        "is_confirmed",
    }


@pytest.mark.parametrize(
    ("expires_at", "status"), [("2027-06-10T11:59:59Z", 201), ("2027-06-10T12:00:01Z", 400)]
)
def test_key_is_valid_for_a_year_at_most(cast: Cast, expires_at: str, status: int):
    body = {"name": "dashboard", "scopes": ["read"], "expires_at": expires_at}
    with time_machine.travel(NOON, tick=False):
        answer = ApiClient(cast.hanna).send_json("post", org_url(cast.harbour, "api_keys"), body)
    assert answer.status_code == status


@pytest.mark.parametrize("scheme", ["X-API-Key", "Bearer"])
def test_key_sees_the_athletes_of_its_organization(cast: Cast, scheme: str):
    secret = create_key(cast)["secret"]
    given = {"X-API-Key": secret} if scheme == "X-API-Key" else {"Authorization": f"Bearer {secret}"}
    client = Client(headers=given)
    people = ("ada", "ben", "lea", "sam", "hanna", "zoe", "otto")
    statuses = {n: client.get(f"/api/v1/athletes/{getattr(cast, n).public_id}").status_code for n in people}
    assert statuses == dict.fromkeys(people, 403) | {"ada": 200, "ben": 200}


def test_key_authentication_makes_one_statement(cast: Cast, django_assert_num_queries: Any):
    create_run(cast.ada, datetime.now(UTC) - timedelta(days=1))
    client = with_key(create_key(cast)["secret"])
    client.get(STATS)  # the first use in a minute also stores last_used_at
    with django_assert_num_queries(3):  # the key; the visible athlete; the sums
        assert client.get(f"{STATS}&user_id={cast.ada.public_id}").status_code == 200


def test_key_stores_its_last_use_once_a_minute(cast: Cast, django_assert_num_queries: Any):
    client, address = with_key(create_key(cast)["secret"]), f"/api/v1/organizations/{cast.harbour.public_id}"
    with time_machine.travel(datetime(2026, 11, 22, 12, 0, tzinfo=UTC), tick=False) as clock:
        for seconds, statements in ((0, 3), (30, 2), (29, 2), (2, 3)):
            clock.shift(seconds)
            # The key, once a minute last_used_at, and the organization.
            with django_assert_num_queries(statements):
                assert client.get(address).status_code == 200
        assert ApiKey.objects.get().last_used_at == datetime(2026, 11, 22, 12, 1, 1, tzinfo=UTC)


def test_key_must_send_user_id(cast: Cast):
    client = with_key(create_key(cast, "read", "write")["secret"])
    assert_error(client.get(STATS), 400, "USER_REQUIRED", "user_id")
    entry = {"activity_type": "run", "started_at": "2026-06-10T06:00:00Z", "duration": 60}
    answer = client.post("/api/v1/activities", entry, content_type="application/json")
    assert_error(answer, 400, "USER_REQUIRED", "user_id")


def test_read_key_cannot_write_and_write_key_can_read(cast: Cast):
    read_client, write_client = (with_key(create_key(cast, scope)["secret"]) for scope in ("read", "write"))
    entry = {"activity_type": "run", "started_at": "2026-06-10T06:00:00Z", "duration": 60}
    entry["user_id"] = cast.ada.public_id
    statuses = [
        c.post("/api/v1/activities", entry, content_type="application/json").status_code
        for c in (read_client, write_client)
    ]
    assert statuses == [403, 201]
    assert [
        c.get(f"/api/v1/athletes/{cast.ada.public_id}").status_code for c in (read_client, write_client)
    ] == [200, 200]


@pytest.mark.parametrize("path", ["me", "logout", "logout_all"])
def test_key_cannot_use_auth_calls(cast: Cast, path: str):
    client = with_key(create_key(cast, "read", "write")["secret"])
    call = client.get if path == "me" else client.post
    assert_error(call(f"/api/v1/auth/{path}"), 403, "PERMISSION_DENIED")


def test_key_cannot_manage_or_create_organizations(cast: Cast):
    client = with_key(create_key(cast, "read", "write")["secret"])
    calls = [
        client.get(org_url(cast.harbour, "api_keys")),
        client.post(
            org_url(cast.harbour, "api_keys"),
            {"name": "x", "scopes": ["read"]},
            content_type="application/json",
        ),
        client.post("/api/v1/organizations", {"name": "x"}, content_type="application/json"),
        client.patch(org_url(cast.harbour), {"name": "x"}, content_type="application/json"),
        client.post("/api/v1/invitations/accept", {"token": "x"}, content_type="application/json"),
    ]
    assert [call.status_code for call in calls] == [403] * 5
    assert [row["org_id"] for row in client.get("/api/v1/organizations").json()["data"]] == [
        cast.harbour.public_id
    ]


def test_ended_key_is_401_on_the_next_call(cast: Cast):
    key = create_key(cast)
    client, address = with_key(key["secret"]), org_url(cast.harbour)
    assert client.get(address).status_code == 200
    assert ApiClient(cast.zora).delete(org_url(cast.hill, "api_keys", key["key_id"])).status_code == 403
    assert ApiClient(cast.hanna).delete(org_url(cast.harbour, "api_keys", key["key_id"])).status_code == 204
    assert_error(client.get(address), 401, "INVALID_KEY")


def test_key_expires_at_its_instant(cast: Cast):
    client = with_key(create_key(cast, expires_at="2027-01-01T00:00:00Z")["secret"])
    for instant, status in (("2026-12-31T23:59:59+00:00", 200), ("2027-01-01T00:00:00+00:00", 401)):
        with time_machine.travel(datetime.fromisoformat(instant), tick=False):
            assert client.get(org_url(cast.harbour)).status_code == status


def test_key_of_another_organization_is_403(cast: Cast):
    secret = ApiClient(cast.zora).send_json(
        "post", org_url(cast.hill, "api_keys"), {"name": "x", "scopes": ["read", "write"]}
    )
    client = with_key(secret.json()["data"]["secret"])
    foreign = client.get(f"/api/v1/athletes/{cast.ada.public_id}")
    missing = client.get(f"/api/v1/athletes/{Organization().public_id.replace('org', 'usr')}")
    assert foreign.status_code == missing.status_code == 403
    assert foreign.content == missing.content
    assert client.get(org_url(cast.harbour, "members")).status_code == 403


@pytest.mark.parametrize(
    "secret", ["", "x", "astral_live_", "astral_live_" + "x" * 43, "\u00e9" * 20, "x" * 5000]
)
def test_unknown_key_is_401(db: None, secret: str):
    answer = Client(raise_request_exception=False).get("/api/v1/organizations", HTTP_X_API_KEY=secret)
    assert_error(answer, 401, "INVALID_KEY")


def test_key_and_token_together_are_401(cast: Cast):
    secret = create_key(cast)["secret"]
    both = {"X-API-Key": secret, "Authorization": f"Bearer {ApiClient(cast.ada).token}"}
    assert_error(Client(headers=both).get("/api/v1/auth/me"), 401, "INVALID_KEY")


@pytest.mark.parametrize(
    "fields",
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
def test_key_with_invalid_fields_is_400(cast: Cast, fields: dict[str, Any]):
    body = {"name": "x", "scopes": ["read"]} | fields
    assert ApiClient(cast.hanna).send_json("post", org_url(cast.harbour, "api_keys"), body).status_code == 400
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("who", ["carl", "asha", "ada", "zora", "sam"])
def test_only_the_head_coach_manages_keys(cast: Cast, who: str):
    api, body = ApiClient(getattr(cast, who)), {"name": "x", "scopes": ["read"]}
    assert api.send_json("post", org_url(cast.harbour, "api_keys"), body).status_code == 403
    assert api.get(org_url(cast.harbour, "api_keys")).status_code == 403


def test_key_of_staff_works_in_an_organization_without_coaches(cast: Cast):
    client = with_key(create_key(cast, by=cast.stella)["secret"])
    Membership.objects.exclude(role=Role.ATHLETE).delete()
    create_member(cast.otto, cast.harbour)
    assert client.get(f"/api/v1/athletes/{cast.otto.public_id}").status_code == 200


def hand_over(cast: Cast) -> None:
    hand_over_organization(cast.harbour, cast.carl.pk, cast.hanna, NOON)


def remove_head_coach(cast: Cast) -> None:
    hand_over(cast)
    leave_organization(Membership.objects.get(user=cast.hanna))


def suspend_head_coach(cast: Cast) -> None:
    Membership.objects.filter(user=cast.hanna).update(status=Status.SUSPENDED)


def switch_off_account(cast: Cast) -> None:
    User.objects.filter(pk=cast.hanna.pk).update(is_active=False)


def delete_account(cast: Cast) -> None:
    User.objects.filter(pk=cast.hanna.pk).delete()


ENDED_RIGHTS = [hand_over, remove_head_coach, suspend_head_coach, switch_off_account, delete_account]


@pytest.mark.parametrize("end_right", ENDED_RIGHTS)
def test_key_stops_when_its_maker_no_longer_leads(cast: Cast, end_right: Callable[[Cast], None]):
    client, path = with_key(create_key(cast, "write")["secret"]), f"/api/v1/athletes/{cast.ada.public_id}"
    assert client.get(path).status_code == 200
    end_right(cast)
    assert client.get(path).status_code == 401
    assert client.patch(path, {"lthr": 160}, content_type="application/json").status_code == 401


@pytest.mark.parametrize("end_right", ENDED_RIGHTS)
def test_open_invitation_ends_when_its_maker_no_longer_leads(cast: Cast, end_right: Callable[[Cast], None]):
    link = ApiClient(cast.hanna).send_json("post", org_url(cast.harbour, "invitations"), {"role": "coach"})
    end_right(cast)
    accepted = ApiClient(cast.otto).send_json(
        "post", "/api/v1/invitations/accept", {"token": link.json()["data"]["token"]}
    )
    assert_error(accepted, 400, "INVITATION_INVALID", "token")


def test_invitations_end_at_a_hand_over_and_stay_ended(cast: Cast):
    link = ApiClient(cast.hanna).send_json("post", org_url(cast.harbour, "invitations"), {"role": "coach"})
    hand_over(cast)
    assert ApiClient(cast.carl).get(org_url(cast.harbour, "invitations")).json()["data"] == []
    hand_over_organization(cast.harbour, cast.hanna.pk, cast.carl, NOON)
    accepted = ApiClient(cast.otto).send_json(
        "post", "/api/v1/invitations/accept", {"token": link.json()["data"]["token"]}
    )
    assert_error(accepted, 400, "INVITATION_INVALID", "token")


def test_head_coach_sees_and_ends_an_invitation_whose_maker_is_suspended(cast: Cast):
    ApiClient(cast.stella).send_json("post", org_url(cast.harbour, "invitations"), {"role": "coach"})
    User.objects.filter(pk=cast.stella.pk).update(is_active=False)
    invitations = org_url(cast.harbour, "invitations")
    [listed] = ApiClient(cast.hanna).get(invitations).json()["data"]
    assert ApiClient(cast.hanna).delete(f"{invitations}/{listed['invitation_id']}").status_code == 204


def test_new_head_coach_sees_the_maker_and_confirms_the_key(cast: Cast):
    key = create_key(cast)
    client, path = with_key(key["secret"]), f"/api/v1/athletes/{cast.ada.public_id}"
    hand_over(cast)
    keys, leader = org_url(cast.harbour, "api_keys"), ApiClient(cast.carl)
    [listed] = leader.get(keys).json()["data"]
    assert (listed["created_by"], listed["is_confirmed"]) == (cast.hanna.public_id, False)
    confirmed = leader.send_json("post", f"{keys}/{key['key_id']}/confirm", {})
    assert confirmed.json()["data"] == listed | {"created_by": cast.carl.public_id, "is_confirmed": True}
    assert client.get(path).status_code == 200


def test_only_the_head_coach_confirms_a_key(cast: Cast):
    key = create_key(cast)
    hand_over(cast)
    for who in ("hanna", "asha", "ada", "zora"):
        path = f"{org_url(cast.harbour, 'api_keys')}/{key['key_id']}/confirm"
        assert ApiClient(getattr(cast, who)).send_json("post", path, {}).status_code == 403


def test_key_has_the_role_coach_and_no_other(cast: Cast):
    key_user = ApiKeyUser(cast.harbour.pk, frozenset({"read", "write"}))
    assert list(key_user.organization_ids(frozenset({Role.COACH, Role.HEAD_COACH}))) == [cast.harbour.pk]
    for role in (Role.HEAD_COACH, Role.ASSISTANT_COACH, Role.ATHLETE):
        assert list(key_user.organization_ids(frozenset({role}))) == []
