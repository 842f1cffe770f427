"""An ETag, or the age of an answer, does not tell a viewer that withheld data changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import User
from athletes.organizations.consent import change_consent
from metrics.models import HealthDay
from tests.coaching.plan_fixtures import bump_data_version, get_day
from tests.coaching.training_fixtures import PROFILE_URL, ROSTER_URL, create_training
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_people, create_run

FITNESS_STATS_URL = "/api/v1/analytics/fitness_stats"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(cast: Cast) -> User:
    """Ada, who does not share her health."""
    create_training(cast.ada, cast.harbour, days=10)
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    return cast.ada


def store_night(user: User) -> None:
    """A health day whose VO2max would take the place of the estimate."""
    HealthDay.objects.create(
        athlete=user.athlete, date=get_day(0), source="ring", hrv_rmssd_ms=20.0, vo2max_ml_kg_min=61.0
    )
    bump_data_version(user)


def ask(viewer: User, url: str, etag: str = "", **query: str) -> Any:
    return ApiClient(viewer).get(url, query, headers={"If-None-Match": etag} if etag else {})


@pytest.mark.parametrize("url", [PROFILE_URL, FITNESS_STATS_URL, ROSTER_URL])
def test_etag_matches_after_withheld_data_changed(cast: Cast, ada: User, clock: Any, url: str):
    query = {} if url == ROSTER_URL else {"user_id": ada.public_id}
    before = ask(cast.carl, url, **query)
    clock.shift(5)
    store_night(ada)
    after = ask(cast.carl, url, **query)
    assert before.status_code == after.status_code == 200
    for answer in (before, after):
        assert (answer.headers["X-Cache"], answer.headers["Age"]) == ("off", "0")
    assert ask(cast.carl, url, before.headers["ETag"], **query).status_code == 304


@pytest.mark.parametrize("url", [PROFILE_URL, FITNESS_STATS_URL, ROSTER_URL])
def test_etag_changes_with_what_is_shared(cast: Cast, ada: User, url: str):
    query = {} if url == ROSTER_URL else {"user_id": ada.public_id}
    etag = ask(cast.carl, url, **query).headers["ETag"]
    create_run(ada, NOON, distance_m=9_000.0)
    bump_data_version(ada)
    answer = ask(cast.carl, url, etag, **query)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != etag


@pytest.mark.parametrize("viewer", ["ada", "stella"])
def test_viewers_from_whom_nothing_is_withheld_keep_the_cache(cast: Cast, ada: User, viewer: str):
    answers = [ask(getattr(cast, viewer), PROFILE_URL, user_id=ada.public_id) for _ in range(2)]
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "hit"]
    store_night(ada)
    again = ask(getattr(cast, viewer), PROFILE_URL, answers[0].headers["ETag"], user_id=ada.public_id)
    assert again.status_code == 200


def test_athlete_who_shares_everything_keeps_the_cache(cast: Cast, ada: User):
    create_training(cast.ben, cast.harbour, days=10)
    states = [ask(cast.carl, PROFILE_URL, user_id=cast.ben.public_id).headers["X-Cache"] for _ in range(2)]
    assert states == ["miss", "hit"]


def test_roster_of_a_large_club_keeps_the_cache_and_its_etag_shows_only_what_is_shared(
    cast: Cast, ada: User, clock: Any
):
    for person in create_people({f"runner{i}": {} for i in range(10)}, {}).values():
        create_member(person, cast.harbour, "athlete")
    answers = [ask(cast.carl, ROSTER_URL) for _ in range(2)]
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "hit"]
    clock.shift(5)
    store_night(ada)
    assert ask(cast.carl, ROSTER_URL, answers[0].headers["ETag"]).status_code == 304


def test_vo2max_reading_changes_nothing_for_a_coach_without_health(cast: Cast, ada: User):
    for back in range(1, 9):
        create_run(ada, NOON - timedelta(days=back), vo2max_ml_kg_min=50.0)
    HealthDay.objects.filter(athlete=ada.pk).update(vo2max_ml_kg_min=None)
    bump_data_version(ada)
    assert get_metrics(ada, ada)["fitness"]["current"]["vo2_max"] == 50.0  # our estimate
    before = get_metrics(cast.carl, ada)
    store_night(ada)
    assert get_metrics(ada, ada)["fitness"]["current"]["vo2_max"] == 61.0
    assert get_metrics(cast.carl, ada) == before


def get_metrics(viewer: User, athlete: User) -> Any:
    return ask(viewer, PROFILE_URL, user_id=athlete.public_id).json()["data"]["metrics"]
