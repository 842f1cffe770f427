"""The API of races, and the race times predicted from the VDOT."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Threshold
from coaching.models import Race
from tests.coaching.plan_fixtures import TODAY, bump_data_version, create_race, get_data_version, get_day
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.error_shape import assert_error

RACES = "/api/v1/races"
MARATHON = {
    "race_name": "Valencia",
    "race_date": str(get_day(100)),
    "distance": 42_195,
    "goal_time": "3:05:00",
}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def set_vdot(user, value: float) -> None:
    Threshold.objects.create(athlete=user.athlete, kind="vdot", value=value, valid_from=TODAY)
    bump_data_version(user)


def post(viewer, **body: Any):
    return ApiClient(viewer).send_json("post", RACES, body)


def test_create_race_answers_the_fields_of_the_contract(cast: Cast):
    answer = post(cast.ada, **MARATHON)
    race = Race.objects.get()
    assert answer.status_code == 201
    assert answer.json()["data"] == {
        "race_id": race.public_id,
        "user_id": cast.ada.public_id,
        "race_name": "Valencia",
        "race_date": str(get_day(100)),
        "distance": 42_195.0,
        "goal_time": "3:05:00",
        "predicted_time": None,
        "predicted_range": None,
        "prediction_reason": "no_vdot",
        "priority": "A",
        "result_time": None,
        "days_to_race": 100,
    }
    assert get_data_version(cast.ada) == 1


def test_marathon_prediction_has_a_range_and_ten_kilometres_has_none(cast: Cast):
    set_vdot(cast.ada, 50.0)
    marathon = post(cast.ada, **MARATHON).json()["data"]
    assert marathon["predicted_time"] == "3:10:40"
    assert marathon["predicted_range"] == {"fastest": "3:10:40", "slowest": "3:20:12"}
    ten = post(cast.ada, **MARATHON | {"distance": 10_000}).json()["data"]
    assert ten["predicted_time"] == "0:41:20"
    assert ten["predicted_range"] == {"fastest": "0:41:20", "slowest": "0:41:20"}


@pytest.mark.parametrize("distance", [400, 200_000])
def test_race_has_no_prediction_outside_the_formulas_range(cast: Cast, distance: int):
    set_vdot(cast.ada, 50.0)
    race = post(cast.ada, **MARATHON | {"distance": distance}).json()["data"]
    assert (race["predicted_time"], race["prediction_reason"]) == (None, "distance_out_of_range")


def test_prediction_uses_the_vdot_of_a_new_race(cast: Cast):
    set_vdot(cast.ada, 50.0)
    race = create_race(cast.ada, 30)
    create_run(cast.ada, NOON - timedelta(days=1), race_vdot=55.0)
    bump_data_version(cast.ada)
    assert ApiClient(cast.ada).get(f"{RACES}/{race.public_id}").json()["data"]["predicted_time"] == "0:38:06"


def test_race_with_a_result_has_no_prediction(cast: Cast):
    set_vdot(cast.ada, 50.0)
    race = create_race(cast.ada, 0)
    answer = ApiClient(cast.ada).send_json("patch", f"{RACES}/{race.public_id}", {"result_time": "0:40:59"})
    data = answer.json()["data"]
    assert (data["result_time"], data["predicted_time"]) == ("0:40:59", None)
    assert data["prediction_reason"] == "race_is_over"


def test_race_update_changes_sent_fields_and_null_clears_the_goal(cast: Cast):
    race = create_race(cast.ada, 30, goal_time_s=2_400.0)
    api, path = ApiClient(cast.ada), f"{RACES}/{race.public_id}"
    assert api.send_json("patch", path, {"priority": "B"}).json()["data"]["goal_time"] == "0:40:00"
    assert api.send_json("patch", path, {"goal_time": None}).json()["data"]["goal_time"] is None
    assert api.send_json("patch", path, {}).status_code == 200
    assert (Race.objects.get().priority, get_data_version(cast.ada)) == ("B", 2)


def test_race_can_be_deleted(cast: Cast):
    race = create_race(cast.ada, 30)
    assert ApiClient(cast.carl).delete(f"{RACES}/{race.public_id}").status_code == 204
    assert (Race.objects.exists(), get_data_version(cast.ada)) == (False, 1)


def test_races_are_listed_by_date_and_filtered(cast: Cast):
    late, early = create_race(cast.ada, 60, priority="B"), create_race(cast.ben, 10)
    create_race(cast.zoe, 5)
    api = ApiClient(cast.carl)

    def list_ids(**query: str) -> list[str]:
        return [race["race_id"] for race in api.get(RACES, query).json()["data"]]

    assert list_ids() == [early.public_id, late.public_id]
    assert list_ids(user_id=cast.ada.public_id) == [late.public_id]
    assert list_ids(start_date=str(get_day(11))) == [late.public_id]
    assert list_ids(end_date=str(get_day(59))) == [early.public_id]
    assert list_ids(priority="B") == [late.public_id]


@pytest.mark.parametrize(
    ("viewer", "status"),
    [("ada", 201), ("carl", 201), ("hanna", 201), ("stella", 201)]
    + [(name, 403) for name in ("asha", "ben", "zora", "otto", "lea")],
)
def test_race_create_needs_the_right_to_record(cast: Cast, viewer: str, status: int):
    answer = post(getattr(cast, viewer), user_id=cast.ada.public_id, **MARATHON)
    assert (answer.status_code, Race.objects.count()) == (status, int(status == 201))


def test_assistant_coach_can_read_races_but_not_change_them(cast: Cast):
    path = f"{RACES}/{create_race(cast.ada, 30).public_id}"
    api = ApiClient(cast.asha)
    assert api.get(path).status_code == 200
    assert_error(api.send_json("patch", path, {"priority": "C"}), 403, "PERMISSION_DENIED")
    assert_error(api.delete(path), 403, "PERMISSION_DENIED")


def test_race_answers_the_same_403_for_foreign_and_unknown_ids(cast: Cast):
    foreign = create_race(cast.zoe, 30).public_id
    api = ApiClient(cast.hanna)
    refused = api.get(f"{RACES}/{foreign}"), api.get(f"{RACES}/race_01h00000000000000000000000")
    assert [answer.status_code for answer in refused] == [403, 403]
    assert refused[0].content == refused[1].content


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"goal_time": "3:5:00"}, "INVALID", "goal_time"),
        ({"goal_time": "185:00"}, "INVALID", "goal_time"),
        ({"goal_time": "٣:05:00"}, "INVALID", "goal_time"),
        ({"goal_time": "0:00:00"}, "RANGE", "goal_time"),
        ({"goal_time": "999:00:00"}, "RANGE", "goal_time"),
        ({"goal_time": 11_100}, "INVALID", "goal_time"),
        ({"distance": 99}, "MIN_VALUE", "distance"),
        ({"distance": "42195"}, "INVALID", "distance"),
        ({"race_date": "2027-02-30"}, "INVALID", "race_date"),
        ({"race_name": "a\0b"}, "NOT_PLAIN", "race_name"),
        ({"race_name": ""}, "BLANK", "race_name"),
        ({"priority": "D"}, "INVALID_CHOICE", "priority"),
        ({"predicted_time": "0:10:00"}, "UNKNOWN_FIELD", "predicted_time"),
        ({"user_id": "usr_x"}, "MALFORMED_ID", "user_id"),
    ],
)
def test_race_api_names_invalid_fields_and_stores_nothing(
    cast: Cast, body: dict[str, Any], code: str, field: str
):
    assert_error(post(cast.ada, **MARATHON | body), 400, code, field)
    assert not Race.objects.exists()


@pytest.mark.parametrize("races", [3, 30])
def test_list_takes_the_same_statements_for_3_and_30_races(cast: Cast, django_assert_num_queries, races: int):
    """Token with its user; count; page; consent; snapshots."""
    for number in range(races):
        create_race((cast.ada, cast.ben, cast.carl)[number % 3], 1 + number)
    api = ApiClient(cast.carl)
    api.get(RACES)
    with django_assert_num_queries(5):
        assert len(api.get(RACES).json()["data"]) == races
