"""The API of races, and their forecasts."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from athletes.models import Athlete, Threshold
from athletes.organizations.consent import change_consent
from coaching.models import Race
from coaching.races.forecasts import load_race_forecasts
from coaching.science.forecast_efforts import GoalForecast
from metrics.models import Activity
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
        "goal_time_s": 11_100.0,
        "predicted_time": None,
        "predicted_low": None,
        "predicted_high": None,
        "predicted_time_s": None,
        "predicted_low_s": None,
        "predicted_high_s": None,
        "predicted_range": None,
        "prediction_reason": "no_race_or_hard_effort",
        "forecast_method": None,
        "based_on": [],
        "n_inputs": 0,
        "priority": "A",
        "result_time": None,
        "result_time_s": None,
        "days_to_race": 100,
    }
    assert get_data_version(cast.ada) == 1


def test_forecast_has_median_interval_and_the_races_it_rests_on(cast: Cast):
    recorded = create_run(
        cast.ada,
        NOON - timedelta(days=30),
        is_race=True,
        distance_m=21_100.0,
        duration_s=5_650.0,
        elapsed_s=5_700.0,
    )
    create_race(cast.ada, -8, distance_m=10_000.0, result_time_s=2_520.0)
    create_race(cast.ada, -121, distance_m=5_000.0, result_time_s=1_000.0)
    data = post(cast.ada, **MARATHON).json()["data"]
    assert data["predicted_low"] < data["predicted_time"] < data["predicted_high"]
    assert data["predicted_range"] == {
        "fastest": data["predicted_low"],
        "slowest": data["predicted_high"],
        "fastest_s": data["predicted_low_s"],
        "slowest_s": data["predicted_high_s"],
    }
    assert "3:20:00" < data["predicted_time"] < "3:45:00"  # little training
    assert (data["prediction_reason"], data["forecast_method"], data["n_inputs"]) == ("", "races", 2)
    assert data["based_on"] == [
        {
            "activity_id": None,
            "date": str(get_day(-8)),
            "distance": 10_000,
            "time": "0:42:00",
            "time_s": 2_520.0,
            "is_race": True,
        },
        {
            "activity_id": recorded.public_id,
            "date": str(get_day(-30)),
            "distance": 21_100,
            "time": "1:35:00",
            "time_s": 5_700.0,
            "is_race": True,
        },
    ]


def test_hard_training_is_a_basis_and_easy_training_is_none(cast: Cast):
    for number in range(1, 31):
        create_run(cast.ada, NOON - timedelta(days=number))
    easy = {"distance_m": 5_000.0, "duration_s": 1_490.0, "start_s": 0.0}
    run = create_run(cast.ada, NOON - timedelta(days=2, hours=3), best_efforts=[easy])
    race = create_race(cast.ada, 30)
    bump_data_version(cast.ada)
    read = partial(ApiClient(cast.ada).get, f"{RACES}/{race.public_id}")
    assert read().json()["data"]["prediction_reason"] == "no_race_or_hard_effort"
    hard = easy | {"duration_s": 1_190.0, "elapsed_s": 1_250.0}
    Activity.objects.filter(pk=run.pk).update(best_efforts=[hard])
    bump_data_version(cast.ada)
    data = read().json()["data"]
    assert (data["forecast_method"], data["prediction_reason"]) == ("efforts", "")
    (effort,) = data["based_on"]  # by the clock, as 0.2.0 has stored it
    assert (effort["activity_id"], effort["time"], effort["is_race"]) == (run.public_id, "0:20:50", False)


def test_sex_and_weekly_distance_change_the_forecast(cast: Cast):
    create_race(cast.ada, -8, result_time_s=2_520.0)
    race = create_race(cast.ada, 30, distance_m=42_195.0)

    def read_median() -> Any:
        bump_data_version(cast.ada)
        return ApiClient(cast.ada).get(f"{RACES}/{race.public_id}").json()["data"]["predicted_time"]

    unknown = read_median()
    Athlete.objects.filter(pk=cast.ada.pk).update(sex="female")
    woman = read_median()
    for number in range(90):
        create_run(cast.ada, NOON - timedelta(days=number))
    assert len({unknown, woman, read_median()}) == 3
    assert read_median() < woman


def test_vdot_is_the_basis_without_races_and_hard_training(cast: Cast):
    set_vdot(cast.ada, 50.0)
    ten = post(cast.ada, **MARATHON | {"distance": 10_000}).json()["data"]
    assert (ten["predicted_time"], ten["forecast_method"], ten["based_on"]) == ("0:41:26", "vdot", [])
    assert ten["predicted_low"] < "0:41:26" < ten["predicted_high"]


@pytest.mark.parametrize("withheld", ["activities", "goals_and_plans"])
def test_what_a_forecast_rests_on_is_withheld_with_the_activities(cast: Cast, withheld: str):
    create_run(cast.ada, NOON - timedelta(days=9), is_race=True)
    create_race(cast.ada, -8, distance_m=5_000.0, result_time_s=1_300.0)
    race = create_race(cast.ada, 30)
    bump_data_version(cast.ada)
    change_consent(cast.ada.athlete, cast.harbour, {withheld: False}, NOON)
    answer = ApiClient(cast.carl).get(f"{RACES}/{race.public_id}")
    if withheld == "goals_and_plans":
        assert answer.status_code == 403
    else:
        data = answer.json()["data"]
        assert (data["predicted_time"], data["based_on"], data["n_inputs"]) == (None, [], 0)
        assert (data["forecast_method"], data["prediction_reason"]) == (None, "withheld")
    assert ApiClient(cast.ada).get(f"{RACES}/{race.public_id}").json()["data"]["n_inputs"] == 2


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
    assert ApiClient(cast.ada).get(f"{RACES}/{race.public_id}").json()["data"]["predicted_time"] == "0:38:15"


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
    """Token with its user; visible athletes; count; page; consent; assessments."""
    for number in range(races):
        create_race((cast.ada, cast.ben, cast.carl)[number % 3], 1 + number)
    api = ApiClient(cast.carl)
    api.get(RACES)
    with django_assert_num_queries(6):
        assert len(api.get(RACES).json()["data"]) == races


def test_races_that_are_over_need_no_assessments(cast: Cast, django_assert_num_queries):
    """Token with its user; visible athletes; count; page."""
    create_race(cast.ada, -1)
    create_race(cast.ben, 5, result_time_s=2_500.0)
    api = ApiClient(cast.carl)
    with django_assert_num_queries(4):
        assert {race["prediction_reason"] for race in api.get(RACES).json()["data"]} == {"race_is_over"}


def test_race_deleted_meanwhile_has_no_forecast(cast: Cast):
    race = Race(athlete=cast.ada.athlete, date=get_day(5), distance_m=10_000.0)
    forecasts = load_race_forecasts(cast.ada, [race], NOON)
    assert forecasts == {race.pk: GoalForecast.missing("no_race_or_hard_effort")}
