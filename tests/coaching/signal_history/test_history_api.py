"""Coaches read what was done about signals, and which signals were of use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Membership, Organization, User
from athletes.organizations.api_keys import create_api_key
from athletes.organizations.consent import change_consent
from tests.coaching.plan_fixtures import get_day
from tests.coaching.signal_history.episode_fixtures import act, backdate_memberships, raise_signal
from tests.support.cast import NOON, ApiClient, Cast, create_member
from tests.support.error_shape import assert_error


@pytest.fixture(autouse=True)
def _noon(cast: Cast):
    backdate_memberships()
    with time_machine.travel(NOON, tick=False):
        yield


def read_history(viewer: User, athlete: User, query: str = "") -> Any:
    answer = ApiClient(viewer).get(f"/api/v1/athletes/{athlete.public_id}/signals/history{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def read_usefulness(viewer: User, club: Organization, **query: Any) -> dict[str, dict[str, Any]]:
    answer = ApiClient(viewer).get(f"/api/v1/organizations/{club.public_id}/signals/usefulness", query)
    assert answer.status_code == 200, answer.content
    return {row["code"]: row for row in answer.json()["data"]["signals"]}


def test_history_says_what_was_done_and_when_the_signal_cleared(cast: Cast):
    old = raise_signal(cast.ada, back=20, days=9)
    load_jump = raise_signal(cast.ada, "LOAD_JUMP", back=1)
    act(old, cast.harbour, cast.carl, 2, until=get_day(-15), reason="A cold")
    act(old, cast.harbour, cast.asha, 4, "commented")
    act(old, cast.harbour, cast.asha, 9)  # on the day without it
    act(old, cast.harbour, cast.carl, 3, undone_at=NOON)
    answer = read_history(cast.hanna, cast.ada)
    assert answer["pagination"]["total"] == 2
    jump, falling = answer["data"]
    assert jump == {
        "signal_id": load_jump.public_id, "code": "LOAD_JUMP", "domain": "load", "severity": "warning",
        "raised_on": str(get_day(-1)),
        "cleared_on": None, "days_to_clear": None, "actions": [],
    }  # fmt: skip
    assert (falling["raised_on"], falling["cleared_on"], falling["days_to_clear"]) == (
        str(get_day(-20)), str(get_day(-11)), 9,
    )  # fmt: skip
    assert falling["actions"] == [
        {
            "kind": "acknowledged", "date": str(get_day(-18)), "until": str(get_day(-15)), "reason": "A cold",
            "by": {"user_id": cast.carl.public_id, "display_name": "Carl"},
            "org_id": cast.harbour.public_id, "days_to_clear": 7,
        },
        {
            "kind": "commented", "date": str(get_day(-16)), "until": None, "reason": None,
            "by": {"user_id": cast.asha.public_id, "display_name": "Asha"},
            "org_id": cast.harbour.public_id, "days_to_clear": 5,
        },
    ]  # fmt: skip


def test_actions_stay_with_their_organization(cast: Cast):
    create_member(cast.ada, cast.hill)
    act(raise_signal(cast.ada), cast.hill, cast.zora, reason="Between us")
    assert read_history(cast.carl, cast.ada)["data"][0]["actions"] == []
    assert read_history(cast.zora, cast.ada)["data"][0]["actions"][0]["reason"] == "Between us"
    assert len(read_history(cast.stella, cast.ada)["data"][0]["actions"]) == 1


@pytest.mark.parametrize(
    ("withheld", "shown"),
    [
        ("health", {"LOAD_JUMP", "INTENSITY_HEAVY"}),
        ("goals_and_plans", {"HRV_FALLING", "INTENSITY_HEAVY"}),
        ("activities", set()),
    ],
)
def test_signals_of_withheld_categories_are_neither_shown_nor_counted(
    cast: Cast, withheld: str, shown: set[str]
):
    create_member(cast.ada, cast.hill)
    backdate_memberships()
    codes = {"HRV_FALLING", "LOAD_JUMP", "INTENSITY_HEAVY", "INACTIVITY", "PROFILE_INCOMPLETE"}
    for code in codes:
        raise_signal(cast.ada, code)
    change_consent(cast.ada.athlete, cast.harbour, {withheld: False}, NOON)
    assert {row["code"] for row in read_history(cast.carl, cast.ada)["data"]} == shown
    assert read_usefulness(cast.carl, cast.harbour).keys() == shown
    assert {row["code"] for row in read_history(cast.zora, cast.ada)["data"]} == codes
    assert read_usefulness(cast.zora, cast.hill).keys() == codes


def test_history_takes_the_same_statements_for_1_and_9_episodes(cast: Cast, django_assert_num_queries):
    """The token with its user; the athlete; visibility; number of episodes, episodes, actions."""
    api = ApiClient(cast.carl)
    path = f"/api/v1/athletes/{cast.ada.public_id}/signals/history"
    act(raise_signal(cast.ada, back=50, days=1), cast.harbour, cast.carl)
    for count in range(2):
        with django_assert_num_queries(6):
            assert api.get(path).status_code == 200
        for back in range(8 * (1 - count)):
            act(raise_signal(cast.ada, back=back + 2, days=1), cast.harbour, cast.asha)


def test_usefulness_counts_what_was_raised_seen_and_cleared(cast: Cast):
    quick, slow = raise_signal(cast.ada, back=40, days=7), raise_signal(cast.ben, back=40, days=12)
    raise_signal(cast.ada, back=2)
    act(quick, cast.harbour, cast.carl, 1)
    act(quick, cast.harbour, cast.carl, 2)
    act(slow, cast.harbour, cast.asha, 3, "session_eased")
    raise_signal(cast.ben, "LOAD_JUMP", back=3)
    assert read_usefulness(cast.hanna, cast.harbour) == {
        "HRV_FALLING": {
            "code": "HRV_FALLING", "domain": "recovery", "raised": 3, "acknowledged": 1, "acted_on": 1,
            "cleared_within_7_days": 1, "median_days_to_clear": 9.5,
        },
        "LOAD_JUMP": {
            "code": "LOAD_JUMP", "domain": "load", "raised": 1, "acknowledged": 0, "acted_on": 0,
            "cleared_within_7_days": 0, "median_days_to_clear": None,
        },
    }  # fmt: skip


def test_usefulness_counts_the_organizations_athletes_since_they_joined(cast: Cast):
    raise_signal(cast.zoe)
    raise_signal(cast.lea)
    raise_signal(cast.ada, back=30)
    own = raise_signal(cast.ada, back=5)
    act(own, cast.hill, cast.zora)
    Membership.objects.filter(user=cast.ada).update(joined_at=NOON - timedelta(days=20))
    (row,) = read_usefulness(cast.carl, cast.harbour).values()
    assert (row["raised"], row["acknowledged"]) == (1, 0)


def test_usefulness_counts_signals_that_were_raised_in_the_range(cast: Cast):
    raise_signal(cast.ada, back=100)
    assert read_usefulness(cast.carl, cast.harbour) == {}
    assert read_usefulness(cast.carl, cast.harbour, **{"from": str(get_day(-100))}).keys() == {"HRV_FALLING"}
    assert read_usefulness(cast.carl, cast.harbour, to=str(get_day(-90))).keys() == {"HRV_FALLING"}


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"from": "2026-06-02", "to": "2026-06-01"}, "RANGE", "to"),
        ({"from": "2025-01-01", "to": "2026-06-01"}, "RANGE", "to"),
        ({"from": "2025-01-01"}, "RANGE", "to"),
        ({"from": "yesterday"}, "INVALID", "from"),
        ({"days": "7"}, "UNKNOWN_FIELD", "days"),
    ],
)
def test_usefulness_names_invalid_parameters(cast: Cast, query: dict[str, str], code: str, field: str):
    answer = ApiClient(cast.carl).get(
        f"/api/v1/organizations/{cast.harbour.public_id}/signals/usefulness", query
    )
    assert_error(answer, 400, code, field)


@pytest.mark.parametrize(
    ("viewer", "status"),
    [(name, 200) for name in ("carl", "hanna", "asha", "stella")]
    + [(name, 403) for name in ("ada", "ben", "zora", "otto", "lea")],
)
def test_only_coaches_read_the_history_not_the_athlete(cast: Cast, viewer: str, status: int):
    api = ApiClient(getattr(cast, viewer))
    history = api.get(f"/api/v1/athletes/{cast.ada.public_id}/signals/history")
    usefulness = api.get(f"/api/v1/organizations/{cast.harbour.public_id}/signals/usefulness")
    assert (history.status_code, usefulness.status_code) == (status, status)


def test_key_reads_history_and_usefulness(cast: Cast):
    raise_signal(cast.ada)
    secret = create_api_key(cast.harbour, "x", ["read"], NOON + timedelta(days=9), cast.hanna)[1]
    api = ApiClient()
    for path in (
        f"/api/v1/athletes/{cast.ada.public_id}/signals/history",
        f"/api/v1/organizations/{cast.harbour.public_id}/signals/usefulness",
    ):
        assert api.get(path, headers={"X-API-Key": secret}).status_code == 200
