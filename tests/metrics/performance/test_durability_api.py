"""The API of durability: the long runs of a span, cached, consent before the cache."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Athlete, User
from athletes.organizations.consent import change_consent
from metrics.models import Activity
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.error_shape import assert_error

LONG = {"decoupling": 1.0833333, "onset_m": 21_500.0, "efficiency_m": 1.3}


def create_long_run(user: User, back: float, durability: Any) -> Activity:
    return create_run(
        user,
        NOON - timedelta(days=back),
        distance_m=30_000.0,
        duration_s=9_100.0,
        moving_time_s=9_000.0,
        durability=durability,
    )


@pytest.fixture(autouse=True)
def _stop_clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def get_durability(viewer: User, athlete: User, query: str = "") -> Any:
    return ApiClient(viewer).get(f"/api/v1/athletes/{athlete.public_id}/durability{query}")


def test_long_runs_have_a_value_or_a_reason(cast: Cast):
    run = create_long_run(cast.ada, 3, LONG)
    create_long_run(cast.ada, 30, {"reason": "no_heart_rate"})
    create_long_run(cast.ada, 2, None)
    create_long_run(cast.ada, 400, LONG)
    data = get_durability(cast.carl, cast.ada).json()["data"]
    assert data["span"] == {"from_date": "2025-06-11", "to_date": "2026-06-10"}
    assert data["median_decoupling"] == 1.0833
    assert data["runs"][0] == {
        "activity_id": run.public_id,
        "date": "2026-06-07",
        "distance": 30_000.0,
        "moving_time": 9_000.0,
        "decoupling": 1.0833,
        "onset": 21_500.0,
        "efficiency": 1.3,
        "durability_reason": "",
    }
    assert [run["durability_reason"] for run in data["runs"]] == ["", "no_heart_rate"]
    assert data["runs"][1]["decoupling"] is None


def test_the_span_can_be_chosen(cast: Cast):
    create_long_run(cast.ada, 400, LONG)
    create_long_run(cast.ada, 3, LONG)
    data = get_durability(cast.ada, cast.ada, "?from=2025-01-01&to=2025-12-31").json()["data"]
    assert [run["date"] for run in data["runs"]] == ["2025-05-06"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?from=2026-01-02&to=2026-01-01", "to"),
        ("?from=yesterday", "from"),
        ("?period=90d", "period"),
        ("?user_id=x", "user_id"),
    ],
)
def test_wrong_parameters_are_refused(cast: Cast, query: str, field: str):
    answer = get_durability(cast.ada, cast.ada, query)
    assert_error(answer, 400, answer.json()["details"]["code"], field)


def test_a_withheld_category_is_refused_and_strangers_see_nothing(cast: Cast):
    create_long_run(cast.ada, 3, LONG)
    assert get_durability(cast.zora, cast.ada).status_code == 403
    assert get_durability(cast.carl, cast.ada).status_code == 200
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    assert_error(get_durability(cast.carl, cast.ada), 403, "WITHHELD")


def test_an_answer_is_cached_until_the_data_changes(cast: Cast):
    create_long_run(cast.ada, 3, LONG)
    client = ApiClient(cast.ada)
    path = f"/api/v1/athletes/{cast.ada.public_id}/durability"
    first = client.get(path)
    again = client.get(path)
    assert (first["X-Cache"], again["X-Cache"]) == ("miss", "hit")
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    Athlete.objects.filter(pk=cast.ada.pk).update(data_version=99)
    assert client.get(path)["X-Cache"] == "miss"
