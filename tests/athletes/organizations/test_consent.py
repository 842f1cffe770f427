"""Consent: what an athlete shares with the coaches of an organization. Changes take effect at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from athletes.models import Athlete, Consent, ConsentChange, Organization, Threshold, User
from athletes.organizations.api_keys import create_api_key
from athletes.roles import Role
from metrics.models import Activity, HealthDay
from tests.athletes.organizations.organization_requests import data_version, org_url, version
from tests.athletes.organizations.withheld_categories import load_withheld
from tests.support.cast import ApiClient, Cast, create_member, create_run
from tests.support.error_shape import assert_error

ALL = {"activities": True, "health": True, "goals_and_plans": True}
TODAY = datetime.now(UTC).date()
DAYS = {"start_date": (TODAY - timedelta(days=9)).isoformat(), "end_date": TODAY.isoformat()}
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
RANGE = {
    "from_timestamp": int((YESTERDAY - timedelta(days=5)).timestamp()),
    "to_timestamp": int(YESTERDAY.timestamp()) + 60,
}
STATISTICS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "activities": [
        ("/api/v1/analytics/fitness_stats", {}),
        ("/api/v1/analytics/running_stats", RANGE),
        ("/api/v2/analytics/activity_stats", DAYS),
        ("/api/v1/activities", {}),
    ],
    "health": [("/api/v2/analytics/health_metrics", DAYS), ("/api/v1/health/days", {})],
}


@pytest.fixture
def ada(cast: Cast) -> User:
    """Ada with a run and a health reading of yesterday."""
    create_run(cast.ada, YESTERDAY)
    HealthDay.objects.create(
        athlete=cast.ada.athlete, date=YESTERDAY.date(), source="manual", hrv_rmssd_ms=60.0
    )
    return cast.ada


def withhold(user: User, club: Organization, *categories: str) -> Any:
    answer = ApiClient(user).send_json(
        "put", org_url(club, "consent"), ALL | dict.fromkeys(categories, False)
    )
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_consent_change_is_stored_with_history(cast: Cast):
    before = version(cast.harbour), data_version(cast.ada)
    data = withhold(cast.ada, cast.harbour, "health")
    assert {name: data[name] for name in ALL} == ALL | {"health": False}
    withhold(cast.ada, cast.harbour, "health")
    data = withhold(cast.ada, cast.harbour)
    assert [(row["category"], row["granted"]) for row in data["history"]] == [
        ("health", True),
        ("health", False),
    ]
    assert ApiClient(cast.ada).get(org_url(cast.harbour, "consent")).json()["data"] == data
    assert Consent.objects.count() == 1
    assert (version(cast.harbour), data_version(cast.ada)) == (before[0] + 3, before[1] + 3)


@pytest.mark.parametrize("who", ["hanna", "carl", "asha", "ben", "zora", "lea", "otto", "stella"])
def test_others_cannot_change_an_athletes_consent(cast: Cast, who: str):
    """Ben is an athlete there, too; he changes only his own consent."""
    answer = ApiClient(getattr(cast, who)).send_json(
        "put", org_url(cast.harbour, "consent"), ALL | {"health": False}
    )
    assert answer.status_code == {"ben": 200, "stella": 404}.get(who, 403)
    assert not Consent.objects.exclude(athlete=cast.ben.pk).exists()


@pytest.mark.parametrize(
    "body", [{}, {"health": False}, ALL | {"health": "false"}, ALL | {"health": None}, ALL | {"x": True}]
)
def test_incomplete_consent_is_400(cast: Cast, body: dict[str, Any]):
    assert ApiClient(cast.ada).send_json("put", org_url(cast.harbour, "consent"), body).status_code == 400
    assert not ConsentChange.objects.exists()


@pytest.mark.parametrize("category", ["activities", "health"])
def test_withheld_category_is_403_for_coaches_and_keys_at_once(cast: Cast, ada: User, category: str):
    _, secret = create_api_key(cast.harbour, "x", ["read"], datetime(2099, 1, 1, tzinfo=UTC), cast.hanna)
    coaches = [*map(ApiClient, (cast.carl, cast.asha, cast.hanna)), Client(headers={"X-API-Key": secret})]
    for path, params in [*STATISTICS["activities"], *STATISTICS["health"]]:
        for api in coaches:
            # This fills the cache.
            assert api.get(path, params | {"user_id": ada.public_id}).status_code == 200, path
    withhold(ada, cast.harbour, category)
    for kind, calls in STATISTICS.items():
        for path, params in calls:
            for api in coaches:
                answer = api.get(path, params | {"user_id": ada.public_id})
                if kind == category:
                    assert_error(answer, 403, "WITHHELD")
                else:
                    assert answer.status_code == 200
            for who in (ada, cast.stella):
                assert ApiClient(who).get(path, params | {"user_id": ada.public_id}).status_code == 200
            assert_error(
                ApiClient(cast.zora).get(path, params | {"user_id": ada.public_id}), 403, "PERMISSION_DENIED"
            )


def test_consent_check_makes_no_extra_statement(cast: Cast, ada: User, django_assert_num_queries: Any):
    withhold(ada, cast.harbour, "goals_and_plans")
    api = ApiClient(cast.carl)
    with django_assert_num_queries(3):  # token; the athlete with permission and consent; the sums
        assert api.get("/api/v1/analytics/fitness_stats", {"user_id": ada.public_id}).status_code == 200


def test_lists_omit_athletes_who_withhold(cast: Cast, ada: User):
    create_run(cast.ben, YESTERDAY)
    assert len(ApiClient(cast.carl).get("/api/v1/activities").json()["data"]) == 2
    withhold(ada, cast.harbour, "activities", "health")
    rows = ApiClient(cast.carl).get("/api/v1/activities").json()["data"]
    assert [row["user_id"] for row in rows] == [cast.ben.public_id]
    assert ApiClient(cast.carl).get("/api/v1/health/days").json()["data"] == []


def test_coach_cannot_use_withheld_activities(cast: Cast, ada: User):
    withhold(ada, cast.harbour, "activities")
    address = f"/api/v1/activities/{Activity.objects.get(athlete=ada.pk).public_id}"
    api = ApiClient(cast.carl)
    entry = {
        "user_id": ada.public_id,
        "activity_type": "run",
        "started_at": "2026-06-10T06:00:00Z",
        "duration": 60,
    }
    for answer in (
        api.get(address),
        api.get(f"{address}/streams"),
        api.send_json("patch", address, {"name": "x"}),
        api.delete(address),
        api.send_json("post", "/api/v1/activities", entry),
    ):
        assert_error(answer, 403, "WITHHELD")
    assert Activity.objects.filter(athlete=ada.pk).count() == 1
    # An assistant coach has no right to delete anyway.
    assert ApiClient(cast.asha).delete(address).json()["details"]["code"] == "PERMISSION_DENIED"


def test_coach_cannot_write_withheld_health_days(cast: Cast, ada: User):
    withhold(ada, cast.harbour, "health")
    day = {"date": YESTERDAY.date().isoformat(), "source": "manual", "resting_heart_rate": 50}
    body = {"user_id": ada.public_id, "days": [day]}
    assert_error(ApiClient(cast.carl).send_json("put", "/api/v1/health/days", body), 403, "WITHHELD")


def test_withheld_health_hides_resting_heart_rate_and_mass(cast: Cast):
    for kind, value in (("hr_rest", 45.0), ("mass_kg", 60.0), ("lthr", 170.0)):
        Threshold.objects.create(athlete_id=cast.ada.pk, kind=kind, value=value, valid_from=date(2026, 1, 1))
    Athlete.objects.filter(pk=cast.ada.pk).update(sex="female", birth_date=date(1990, 2, 3))
    withhold(cast.ada, cast.harbour, "health")
    path = f"/api/v1/athletes/{cast.ada.public_id}"
    data = ApiClient(cast.carl).get(path).json()["data"]
    assert (data["hr_rest"], data["mass_kg"], data["lthr"], data["withheld"]) == (
        None,
        None,
        170.0,
        ["health"],
    )
    assert (data["sex"], data["birth_date"]) == (None, None)
    assert [row["kind"] for row in data["thresholds"]] == ["lthr"]
    changed = (
        ApiClient(cast.carl)
        .send_json("patch", path, {"lthr": 171, "valid_from": "2026-02-01"})
        .json()["data"]
    )
    assert (changed["hr_rest"], changed["birth_date"], changed["withheld"]) == (None, None, ["health"])
    for who in (cast.ada, cast.stella):
        own = ApiClient(who).get(path).json()["data"]
        assert (own["hr_rest"], own["mass_kg"], own["withheld"]) == (45.0, 60.0, [])
        assert (own["sex"], own["birth_date"]) == ("female", "1990-02-03")


def test_category_is_visible_if_one_organization_may_see_it(cast: Cast, ada: User):
    create_member(cast.carl, cast.hill, Role.COACH)
    create_member(ada, cast.hill)
    withhold(ada, cast.harbour, "health", "activities")
    assert load_withheld(cast.carl, ada.athlete) == frozenset()
    assert load_withheld(cast.hanna, ada.athlete) == {"health", "activities"}
    withhold(ada, cast.hill, "health")
    assert load_withheld(cast.carl, ada.athlete) == {"health"}
    path, params = STATISTICS["health"][0]
    assert_error(ApiClient(cast.carl).get(path, params | {"user_id": ada.public_id}), 403, "WITHHELD")
    path, params = STATISTICS["activities"][0]
    assert ApiClient(cast.carl).get(path, params | {"user_id": ada.public_id}).status_code == 200
    assert_error(ApiClient(cast.hanna).get(path, params | {"user_id": ada.public_id}), 403, "WITHHELD")


def test_nothing_is_withheld_from_self_and_staff_and_everything_from_strangers(cast: Cast):
    withhold(cast.ada, cast.harbour, *ALL)
    assert (
        load_withheld(cast.ada, cast.ada.athlete)
        == load_withheld(cast.stella, cast.ada.athlete)
        == frozenset()
    )
    assert (
        load_withheld(cast.zora, cast.ada.athlete)
        == load_withheld(cast.carl, cast.ada.athlete)
        == frozenset(ALL)
    )


def test_withheld_categories_of_a_roster_make_one_statement(cast: Cast, django_assert_num_queries: Any):
    withhold(cast.ada, cast.harbour, "health")
    withhold(cast.ben, cast.harbour, "activities", "goals_and_plans")
    with django_assert_num_queries(1):
        rows: list[Any] = list(
            Athlete.objects.visible_to(cast.carl).with_withheld_categories(cast.carl).select_related("user")
        )
    data = {row.user.username: row.withheld for row in rows}
    assert data == {"carl": [], "ada": ["health"], "ben": ["activities", "goals_and_plans"]}


def test_withheld_category_stays_withheld_after_leaving_and_rejoining(cast: Cast):
    withhold(cast.ada, cast.harbour, "health")
    ApiClient(cast.ada).post(org_url(cast.harbour, "leave"))
    assert ApiClient(cast.ada).get(org_url(cast.harbour, "consent")).status_code == 403
    token = (
        ApiClient(cast.hanna)
        .send_json("post", org_url(cast.harbour, "invitations"), {})
        .json()["data"]["token"]
    )
    assert (
        ApiClient(cast.ada).send_json("post", "/api/v1/invitations/accept", {"token": token}).status_code
        == 200
    )
    assert load_withheld(cast.carl, cast.ada.athlete) == {"health"}
